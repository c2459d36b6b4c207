import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import type { OpenCommand } from '../core/command-machine.ts'
import type { JournalLine } from '../core/journal-entry.ts'
import { GatewayFault } from './gateway-fault.ts'
import { openJournal } from './journal.ts'
import { temporaryFolder } from './testing/stand-ins.ts'

const folders: { remove(): void }[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})
const newPath = (): string => {
  const folder = temporaryFolder()
  folders.push(folder)
  return join(folder.path, 'journal.sqlite')
}
const line = (text: string): JournalLine => ({ t_ms: 1, kind: 'system', station: '', tag: '', text })
const open: OpenCommand = {
  station: 0,
  station_name: 'OS-1',
  seq: 77,
  id: 'a',
  tag: 'LIC-1',
  field: 'SP',
  value: 5,
  text: 'SP 5.0 %',
  expected: null,
  epoch: 1,
  n: 2,
  ttl_ticks: 2,
  target: 0,
}

test('entries come back newest last, also after the program ended', () => {
  const path = newPath()
  const before = openJournal(path)
  before.append([line('one'), line('two'), line('three')])
  before.close()
  const journal = openJournal(path)
  journal.append([line('four')])
  expect(journal.latest(2).map((e) => [e.id, e.text])).toEqual([
    [3, 'three'],
    [4, 'four'],
  ])
  journal.close()
})

test('rows can be neither changed nor removed, and who does it anyway breaks the chain at that row', () => {
  const path = newPath()
  const journal = openJournal(path)
  journal.append(['one', 'two', 'three', 'four'].map(line))
  expect(journal.brokenAt()).toBeUndefined()
  journal.close()
  const db = new DatabaseSync(path)
  expect(() => db.exec("UPDATE journal SET text = 'x' WHERE id = 2")).toThrow(/append only/)
  expect(() => db.exec('DELETE FROM journal WHERE id = 2')).toThrow(/append only/)
  db.exec("DROP TRIGGER journal_no_update; UPDATE journal SET text = 'x' WHERE id = 3")
  db.close()
  const damaged = openJournal(path)
  expect(damaged.brokenAt()).toBe(3)
  damaged.close()
})

test('a removed row breaks the chain', () => {
  const path = newPath()
  const journal = openJournal(path)
  journal.append(['one', 'two', 'three'].map(line))
  journal.close()
  const db = new DatabaseSync(path)
  db.exec('DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE id = 2')
  db.close()
  const damaged = openJournal(path)
  expect(damaged.brokenAt()).toBe(3)
  damaged.close()
})

test('sessions rise over restarts and a clock that was set back, and start above a lost journal', () => {
  const path = newPath()
  const journal = openJournal(path)
  expect(journal.nextSession(1_700_000_000_000)).toBe(1_700_000_000)
  expect(journal.nextSession(1_700_000_000_000)).toBe(1_700_000_001)
  journal.close()
  const later = openJournal(path)
  expect(later.nextSession(1_000)).toBe(1_700_000_002)
  later.close()
})

test('an open command survives until it is closed', () => {
  const path = newPath()
  const journal = openJournal(path)
  journal.openCommand(line('sent'), open)
  journal.close()
  const later = openJournal(path)
  expect(later.openCommands()).toEqual([open])
  later.closeCommand(line('applied'), open.seq)
  expect(later.openCommands()).toEqual([])
  expect(later.latest(9).map((e) => e.text)).toEqual(['sent', 'applied'])
  later.close()
})

test('an event is journalled once, also when it comes again after a restart; an equal number in another history is not it', () => {
  const path = newPath()
  const events = [0, 1].map((ordinal) => ({ ordinal, code: 2, block: 0, a: 0, b: 0 }))
  const tick = { epoch: 1, n: 5, t_ms: 1000 }
  const journal = openJournal(path)
  expect(journal.appendEvents(tick, events, () => line('e'))).toHaveLength(2)
  journal.close()
  const later = openJournal(path)
  expect(later.appendEvents(tick, events, () => line('e'))).toHaveLength(0)
  expect(later.appendEvents({ ...tick, epoch: 2 }, events, () => line('e'))).toHaveLength(2)
  expect(later.appendEvents({ ...tick, t_ms: 9000 }, events, () => line('e'))).toHaveLength(2)
  later.close()
})

test('what cannot be written is a fault, leaves no trace, and the chain goes on when it can', () => {
  const path = newPath()
  const journal = openJournal(path)
  journal.append([line('one')])
  const other = new DatabaseSync(path)
  other.exec('BEGIN EXCLUSIVE')
  expect(() => journal.openCommand(line('sent'), open)).toThrow(GatewayFault)
  other.exec('COMMIT')
  other.close()
  journal.append([line('two')])
  expect(journal.openCommands()).toEqual([])
  expect(journal.latest(9).map((e) => e.text)).toEqual(['one', 'two'])
  expect(journal.brokenAt()).toBeUndefined()
  journal.close()
})

test('a path that is no file is a fault with a remedy', () => {
  const path = newPath()
  expect(() => openJournal(join(path, 'nowhere', 'j.sqlite'))).toThrow(/^GW_JOURNAL: .*cannot be opened/)
})
