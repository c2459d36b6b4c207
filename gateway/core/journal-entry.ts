/** What goes into the operator journal, before it has a number and a place in the chain. */
import type { JournalEntry } from '../../contracts/hmi-wire.ts'

export type JournalLine = Omit<JournalEntry, 'id'>
