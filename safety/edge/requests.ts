/**
 * What may be asked from outside, and how it reaches a scan: a request in words becomes a command, its meaning in the
 * solver's own words, and after the scan that carried it an outcome.
 */
import { COMMAND, EVENT, REFUSED } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import { addCommand, type SisInputs } from '../core/inputs.ts'
import type { Soe } from '../core/soe.ts'

export interface RequestWords {
  readonly command: string
  readonly target: string
  readonly channel: string
  readonly who: string
  readonly reason: string
  readonly work_order: string
  readonly compensation: string
}

export interface Request {
  /** Number of COMMAND; 0 for the channel's acknowledgement, which is the edge's own. */
  readonly kind: number
  readonly target: number
  readonly channel: number
  /** What will be done, as the solver has understood it. */
  readonly meaning: string
  /** It takes protection away: two people. */
  readonly second_person: boolean
}

/** Target of `acknowledge` that means the protected channel to the device. */
export const CHANNEL_TARGET = 'CHANNEL'
/** Target of `reset` that means every effect. */
export const ALL_TARGET = 'ALL'

type Kind = 'effect' | 'cause' | 'element' | 'sequence'

const COMMANDS: Readonly<
  Record<string, { kind: number; of: Kind; second?: boolean; papers?: boolean; words: string }>
> = {
  reset: { kind: COMMAND.reset, of: 'effect', words: 'Reset' },
  start: { kind: COMMAND.start, of: 'effect', words: 'Start' },
  mos_on: { kind: COMMAND.mosOn, of: 'cause', second: true, papers: true, words: 'Bypass for maintenance' },
  mos_off: { kind: COMMAND.mosOff, of: 'cause', words: 'Remove the maintenance bypass of' },
  startup_override: { kind: COMMAND.startupOverride, of: 'cause', second: true, words: 'Start-up override of' },
  effect_override: { kind: COMMAND.effectOverride, of: 'effect', second: true, words: 'Override' },
  // One person may always trip; to take a forced trip away needs two.
  force_trip: { kind: COMMAND.forceTrip, of: 'effect', words: 'Force to trip' },
  force_trip_off: { kind: COMMAND.forceTripOff, of: 'effect', second: true, words: 'End the forced trip of' },
  partial_stroke: { kind: COMMAND.partialStroke, of: 'element', words: 'Partial stroke of' },
  acknowledge: { kind: COMMAND.acknowledge, of: 'cause', words: 'Acknowledge' },
  sequence_start: { kind: COMMAND.sequenceStart, of: 'sequence', words: 'Start sequence' },
  sequence_stop: { kind: COMMAND.sequenceStop, of: 'sequence', words: 'Stop sequence' },
}

/** The request, or a code and why it is none. */
export function readRequest(config: SisConfig, words: RequestWords): Request | { code: string; reason: string } {
  const rule = Object.hasOwn(COMMANDS, words.command) ? COMMANDS[words.command]! : undefined
  if (rule === undefined) return { code: 'SIS_WRITE_UNKNOWN', reason: `no command '${words.command}'` }
  if (words.who.trim() === '') return { code: 'SIS_WRITE_WHO', reason: 'who asks is missing' }
  if (rule.kind === COMMAND.acknowledge && words.target === CHANNEL_TARGET)
    return {
      kind: 0,
      target: 0,
      channel: 0,
      meaning:
        'Acknowledge the errors of the protected channel to the device; outputs may be energised again after a reset',
      second_person: false,
    }
  if (rule.kind === COMMAND.reset && words.target === ALL_TARGET)
    return {
      kind: rule.kind,
      target: -1,
      channel: 0,
      meaning: 'Reset every effect that is ready for it',
      second_person: false,
    }
  const lists = {
    effect: config.effects.map((e) => ({ id: e.id, title: `${e.title} (${e.outputs.join(', ')})` })),
    cause: config.causes,
    element: config.elements.map((e) => ({ id: e.tag, title: e.service })),
    sequence: config.sequences.map((s) => ({ id: s.id, title: s.id })),
  }
  const target = lists[rule.of].findIndex((item) => item.id === words.target)
  if (target < 0) return { code: 'SIS_WRITE_UNKNOWN', reason: `no ${rule.of} '${words.target}'` }
  const { id, title } = lists[rule.of][target]!
  let channel = 0
  let of = `${id}, ${title}`
  if (rule.kind === COMMAND.mosOn || rule.kind === COMMAND.mosOff) {
    channel = config.causes[target]!.inputs.indexOf(words.channel)
    if (channel < 0) return { code: 'SIS_WRITE_UNKNOWN', reason: `cause ${id} has no input '${words.channel}'` }
    of = `${words.channel} of ${of}`
  }
  const papers =
    rule.papers === true
      ? `; at most ${Math.round(config.overrides.mos_ms / 60_000)} min; reason: ${words.reason}; work order: ${words.work_order}${
          words.compensation === '' ? '' : `; compensating measure: ${words.compensation}`
        }`
      : ''
  return {
    kind: rule.kind,
    target,
    channel,
    meaning: `${rule.words} ${of}${papers}`,
    second_person: rule.second === true,
  }
}

export interface Outcome {
  readonly outcome: 'executed' | 'refused' | 'expired'
  readonly code: string
  readonly reason: string
}

export interface Order {
  readonly request: Request
  readonly words: RequestWords
  readonly second: string
  readonly expires_ms: number
  readonly done: (outcome: Outcome) => void
}

export interface RequestDesk {
  /** False: too many wait. */
  submit(order: Order): boolean
  /** Before a scan: puts what waits into its inputs. */
  into(inputs: SisInputs, now_ms: number): void
  /** After it: tells each what became of it. */
  judge(soe: Soe): void
}

const WAITING_MAX = 16

/**
 * @param acknowledge_channel - carries out the one request that is not the logic's; false where there was nothing to
 * acknowledge
 * @param note - every order as it goes into a scan, with the number under which the record of events has its people
 * and papers
 */
export function createRequestDesk(
  acknowledge_channel: () => boolean,
  note: (entry: Readonly<Record<string, unknown>>) => void,
): RequestDesk {
  let waiting: Order[] = []
  let carried: Order[] = []
  let from = 0
  /** Texts have numbers in the record of events; the journal says which. */
  let number = 0
  const paper = (text: string): number => (text.trim() === '' ? 0 : number)
  return {
    submit(order) {
      if (waiting.length >= WAITING_MAX) return false
      waiting.push(order)
      return true
    },
    into(inputs, now_ms) {
      carried = []
      if (waiting.length === 0) return
      const orders = waiting
      waiting = []
      for (const order of orders) {
        const { request, words } = order
        if (now_ms > order.expires_ms) {
          order.done({ outcome: 'expired', code: 'SIS_WRITE_EXPIRED', reason: 'no scan came in time' })
          continue
        }
        number++
        note({ event: 'order', number, ...words, second: order.second, meaning: request.meaning })
        if (request.kind === 0) {
          order.done(
            acknowledge_channel()
              ? { outcome: 'executed', code: '', reason: '' }
              : { outcome: 'refused', code: 'SIS_WRITE_REFUSED', reason: 'the channel asks for no acknowledgement' },
          )
          continue
        }
        addCommand(
          inputs,
          request.kind,
          request.target,
          request.channel,
          number,
          paper(words.reason),
          paper(words.work_order),
          paper(words.compensation),
        )
        carried.push(order)
      }
    },
    judge(soe) {
      const begin = from
      from = soe.count
      if (carried.length === 0) return
      const orders = carried
      carried = []
      for (const order of orders) order.done(outcomeOf(order.request, soe, begin))
    },
  }
}

const REASONS: Readonly<Record<number, string>> = {
  [REFUSED.unknown]: 'unknown target',
  [REFUSED.notAllowed]: 'the configuration does not allow it',
  [REFUSED.noPermit]: 'the permit key is not closed',
  [REFUSED.noReason]: 'reason and work order are needed',
  [REFUSED.groupLimit]: 'as many bypasses as the voter group may have stand already',
  [REFUSED.unitLimit]: 'as many bypasses as the unit may have stand already',
  [REFUSED.lastVote]: 'it would take the last vote; name a compensating measure',
  [REFUSED.running]: 'one is under way already',
  [REFUSED.causeActive]: 'a cause is still active',
  [REFUSED.notHealthy]: 'not everything that belongs to it is healthy',
  [REFUSED.state]: 'not in the state for it',
  [REFUSED.key]: 'the key switch is not in the position for it',
  [REFUSED.startBlocked]: 'starts are blocked',
}

/** What the record of events says of the scan that carried it. */
function outcomeOf({ kind, target }: Request, soe: Soe, from: number): Outcome {
  let reset = false
  for (let i = Math.max(from, soe.count - soe.capacity); i < soe.count; i++) {
    const at = (i % soe.capacity) * soe.width
    const [, event, about, a, b] = soe.records.subarray(at, at + soe.width) as unknown as readonly number[]
    if (event === EVENT.latch && kind === COMMAND.reset && target === -1 && (b === 0 || b === 5)) reset = true
    if (event !== EVENT.refused || about !== kind || (target !== -1 && a !== target)) continue
    if (target === -1) continue
    return { outcome: 'refused', code: 'SIS_WRITE_REFUSED', reason: REASONS[b!] ?? `reason ${b}` }
  }
  if (target === -1 && kind === COMMAND.reset && !reset)
    return { outcome: 'refused', code: 'SIS_WRITE_REFUSED', reason: 'no effect was ready to be reset' }
  return { outcome: 'executed', code: '', reason: '' }
}
