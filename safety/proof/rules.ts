/** The rules of `flyball sis check`, by number. Numbers are never reused: accepted findings name them. */
import type { Finding } from './finding.ts'

export interface Rule {
  readonly id: string
  readonly title: string
  readonly remedy: string
  /** What the solver's own check of a configuration reports under this rule (docs/reference/errors.md). */
  readonly codes?: readonly string[]
  /** Somebody may accept it in writing although it is an error. */
  readonly acceptable?: true
}

export const RULES = [
  {
    id: 'SC-1',
    title: 'a tag or id that names nothing',
    remedy: 'correct the name',
    codes: ['SIS_UNKNOWN_TAG'],
  },
  {
    id: 'SC-2',
    title: 'a tag, id, safety function or intersection twice',
    remedy: 'rename or remove one',
    codes: ['SIS_DUPLICATE_TAG', 'SIS_DUPLICATE_SIF', 'SIS_DUPLICATE_CELL'],
  },
  {
    id: 'SC-3',
    title: 'a demand, final element or function without effect',
    remedy: 'mark the intersection in the matrix',
    codes: ['SIS_NO_EFFECT'],
  },
  {
    id: 'SC-4',
    title: 'an effect without cause',
    remedy: 'mark an intersection, or remove the effect',
    codes: ['SIS_NO_CAUSE'],
  },
  {
    id: 'SC-5',
    title: 'a cause that no safety function requires',
    remedy: 'name it in a function, or remove it',
    codes: ['SIS_NO_SIF'],
  },
  {
    id: 'SC-6',
    title: 'a set point outside the span, or spans that differ within a vote',
    remedy: 'a set point inside, or another span',
    codes: ['SIS_SET_POINT', 'SIS_SPAN'],
  },
  {
    id: 'SC-7',
    title: 'a set point within 5 % of the end of the span',
    remedy: 'a wider span: a transmitter that is off by its own tolerance would saturate before the trip',
  },
  {
    id: 'SC-8',
    title: 'counts that are not those of the engineering units',
    remedy: 'find out which of the two was changed, and why',
    codes: ['SIS_COUNTS'],
  },
  {
    id: 'SC-9',
    title: 'a pre-alarm that is absent, comes after the trip, or is no longer gone when the trip clears',
    remedy: 'a limit that leaves the operator time, before the trip and outside its dead band',
    codes: ['SIS_PRE_ALARM'],
  },
  {
    id: 'SC-10',
    title: 'a response that is too slow for the process',
    remedy: 'faster valves, shorter delays, an earlier set point',
    codes: ['SIS_RESPONSE_TIME'],
  },
  {
    id: 'SC-11',
    title: 'a watchdog longer than half the process safety time, or shorter than two scans',
    remedy: 'set it between the two',
    codes: ['SIS_WATCHDOG'],
  },
  {
    id: 'SC-12',
    title: 'T_SF that a healthy link cannot keep, or a fault reaction that is too slow for the process',
    remedy: 'T_SF of at least three scans; watchdog, T_SF and stroke together below the process safety time',
  },
  {
    id: 'SC-13',
    title: 'a transmitter that fails away from its trip where BAD does not vote at once',
    remedy: '`on_bad: vote_trip`, or a transmitter that fails the other way',
    codes: ['SIS_FAIL_DIRECTION'],
  },
  {
    id: 'SC-14',
    title: 'a bypass that removes the last vote',
    remedy: 'one more channel, no bypass, or a compensating measure that somebody accepts in writing',
    codes: ['SIS_LAST_VOTE'],
  },
  {
    id: 'SC-15',
    title: 'BAD inputs that could inhibit a trip, or vote by a stale value',
    remedy: '`bad_hold_ms`, or the function says who accepts it',
    codes: ['SIS_INHIBITION', 'SIS_USE_VALUE'],
  },
  {
    id: 'SC-16',
    title: 'energise to trip without acceptance',
    remedy:
      'a contact that opens on demand, an element that trips without power; or line monitoring, and who accepts it',
    acceptable: true,
  },
  {
    id: 'SC-17',
    title: 'a bypass of a push-button, or of fire and gas',
    remedy: 'remove it, and mark the cause `manual`',
    codes: ['SIS_MANUAL'],
  },
  {
    id: 'SC-18',
    title: 'bypasses without permit key, limit, reminder or waiver',
    remedy: 'name the contact of the key; a bypass ends within its shift and is announced before',
    codes: ['SIS_NO_PERMIT', 'SIS_NO_WAIVER'],
  },
  {
    id: 'SC-19',
    title: 'a start-up override where none may be, or that does not end with the start-up',
    remedy: 'remove it, or end it by stabilisation within its time',
    codes: ['SIS_STARTUP'],
  },
  {
    id: 'SC-20',
    title: 'a vote that is stricter under a bypass on an intersection that is not stored',
    remedy: '`on_bypass: keep`, or S or R: the end of the bypass would release the effect',
  },
  {
    id: 'SC-21',
    title: 'final elements that work against each other',
    remedy: 'one of them, or somebody accepts in writing which one wins and why',
    codes: ['SIS_OUTPUT_USED_TWICE'],
  },
  {
    id: 'SC-22',
    title: 'a step that cannot be reached',
    remedy: 'a move to it, or remove it',
  },
  {
    id: 'SC-23',
    title: 'a step without exit, or one that may wait for ever',
    remedy: 'a move, or a time limit',
  },
  {
    id: 'SC-24',
    title: 'a time that is no whole number of scans',
    remedy: 'a multiple of the scan: what runs is rounded up',
  },
  {
    id: 'SC-25',
    title: 'a SIL that is not achieved, or not the same in the calculation',
    remedy: 'see `flyball sis sil`: test interval, voting, better devices, or a lower target from the risk analysis',
  },
  {
    id: 'SC-26',
    title: 'a SIL calculation of other equipment than the configuration has',
    remedy: 'calculate what is installed, or install what is calculated',
  },
  {
    id: 'SC-27',
    title: 'a transmitter that is not the one installed',
    remedy: 'tag, order, range, unit, failure current and response as in the field',
  },
  {
    id: 'SC-28',
    title: 'contacts, solenoids or drop that are not the ones installed',
    remedy: 'tag, order of the bits, normal position, stroke and watchdog as in the field',
  },
  {
    id: 'SC-29',
    title: 'equipment shared with the control system',
    remedy: 'sensors, final elements and I/O of its own',
  },
  {
    id: 'SC-30',
    title: 'settings that cannot be, or do not fit together',
    remedy: 'the message names the rule',
    codes: ['SIS_RANGE', 'SIS_TOO_MANY', 'SIS_VOTE', 'SIS_INCONSISTENT', 'SIS_CELL', 'SIS_PULSE'],
  },
  {
    id: 'SC-31',
    title: 'a requirement without text or function, a text without requirement, or an acceptance of nothing',
    remedy: 'write it into the requirements file, or remove it',
  },
  {
    id: 'SC-32',
    title: 'diagnostics that are left out',
    remedy:
      'deviation between redundant transmitters, a window for stuck ones, a second way where a final element fails',
  },
  {
    id: 'SC-33',
    title: 'a stored trip that nobody at the plant can reset, or a function without process safety time',
    remedy: 'a reset button; the process safety time from the hazard study',
  },
  {
    id: 'SC-34',
    title: 'a protected channel that is no safe one',
    remedy: 'ids of its own, an interval of errors that fits the SIL, a frame with room for all channels',
    codes: ['SIS_CHANNEL'],
  },
] as const satisfies readonly Rule[]

export type RuleId = (typeof RULES)[number]['id']

const byId = new Map<string, Rule>(RULES.map((rule) => [rule.id, rule]))
const byCode = new Map<string, Rule>(
  RULES.flatMap((rule: Rule) => (rule.codes ?? []).map((code) => [code, rule] as const)),
)

export const ruleOf = (id: string): Rule | undefined => byId.get(id)
/** The rule under which a fault of the solver's own check is reported; those without stand under SC-30. */
export const ruleOfCode = (code: string): Rule => byCode.get(code) ?? byId.get('SC-30')!

/** Collects findings; the remedy is the rule's unless there is a better one. */
export type Report = (
  rule: RuleId,
  severity: Finding['severity'],
  place: string,
  cause: string,
  remedy?: string,
) => void

export function collectFindings(): { readonly list: Finding[]; readonly report: Report } {
  const list: Finding[] = []
  return {
    list,
    report: (rule, severity, place, cause, remedy = byId.get(rule)!.remedy) =>
      list.push({ rule, severity, place, cause, remedy }),
  }
}
