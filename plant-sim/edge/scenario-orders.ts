/**
 * What a scenario writes into the controllers: as an operator does, in a frame, with the refusals of the block.
 *
 * Numbers count plant time, so that two returns to one snapshot write the same bits; above them a session, which rises with each start
 * of this program in its data folder, so that a plant begun anew is not taken for an old copy of itself.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandResult, OUTCOME, REFUSAL } from '../../contracts/frame.ts'

export interface ScenarioOrders {
  write(key: string, value: number, text: string): void
  onResult(result: CommandResult): void
  /** The run stands elsewhere: what is under way is nobody's any more. */
  forget(): void
}

export interface ScenarioOrdersOptions {
  /** Keys an operator may write, in the order of the strategy's list. */
  readonly writable: readonly string[]
  readonly session: number
  /** Plant time in ticks. */
  readonly ticks: () => number
  /** False where there is no field-io to take it. */
  readonly order: (target: number, value: number, seq: number) => boolean
  readonly note: (what: string) => void
}

const PER_TICK = 64
const SESSION_SPAN = 2 ** 36
const NAME_OF_REFUSAL = Object.fromEntries(Object.entries(REFUSAL).map(([name, code]) => [code, name]))

export function scenarioOrders(options: ScenarioOrdersOptions): ScenarioOrders {
  const open = new Map<number, string>()
  let tick = -1
  let of_tick = 0
  return {
    write(key, value, text) {
      if (options.ticks() !== tick) of_tick = 0
      tick = options.ticks()
      const seq = options.session * SESSION_SPAN + tick * PER_TICK + of_tick
      const target = options.writable.indexOf(key)
      if (++of_tick >= PER_TICK) options.note(`${text} not written: more than ${PER_TICK - 1} writes in one tick`)
      else if (options.order(target, value, seq)) open.set(seq, text)
      else options.note(`${text} not written: there is no field-io`)
    },
    onResult({ seq, outcome, refusal }) {
      const text = open.get(seq)
      open.delete(seq)
      if (text === undefined || outcome === OUTCOME.applied) return
      options.note(`${text} ${outcome === OUTCOME.refused ? `refused: ${NAME_OF_REFUSAL[refusal]}` : 'expired'}`)
    },
    forget() {
      open.clear()
      // The same tick once more has the same numbers.
      tick = -1
    },
  }
}

/** Counts the starts in this folder. @param data_dir - absent: this is the first */
export function orderSession(data_dir: string | undefined): number {
  if (data_dir === undefined) return 1
  const path = join(data_dir, 'order-session')
  let last = 0
  try {
    last = Number(readFileSync(path, 'utf8'))
  } catch {
    // The first start here.
  }
  const session = Number.isSafeInteger(last) && last >= 0 ? last + 1 : 1
  mkdirSync(data_dir, { recursive: true })
  writeFileSync(path, String(session))
  return session
}
