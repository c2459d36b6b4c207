/**
 * Status of a value: one FF-style byte (quality, substatus, limits) and one byte of flags above it.
 *
 * A status word is a small integer (0..65535), so that it can stand in a Float64 beside its value:
 * bits 0-1 limits, bits 2-5 substatus, bits 6-7 quality, bits 8-12 flags.
 * @see docs/reference/status.md, rules R1-R3
 */

/** Quality, bits 6-7 of a status word. */
export const QUALITY = { bad: 0x00, uncertain: 0x40, goodNonCascade: 0x80, goodCascade: 0xc0 } as const

/** Limits, bits 0-1: the value cannot move further this way; `constant` means not at all. */
export const LIMIT = { none: 0, low: 1, high: 2, constant: 3 } as const

/** The status words in use, without limits and flags. */
export const STATUS = {
  bad: 0x00,
  badConfigError: 0x04,
  badNotConnected: 0x08,
  badDeviceFailure: 0x0c,
  badSensorFailure: 0x10,
  /** Communication lost, the value is the last usable one. */
  badNoCommLastUsable: 0x14,
  badNoComm: 0x18,
  badOutOfService: 0x1c,
  uncertain: 0x40,
  uncertainLastUsable: 0x44,
  uncertainSubstitute: 0x48,
  uncertainInitialValue: 0x4c,
  uncertainSensorInaccurate: 0x50,
  uncertainRangeViolation: 0x54,
  uncertainSubNormal: 0x58,
  good: 0x80,
  goodCascade: 0xc0,
  initAck: 0xc4,
  initRequest: 0xc8,
  notInvited: 0xcc,
  notSelected: 0xd0,
  doNotSelect: 0xd4,
  localOverride: 0xd8,
  faultStateActive: 0xdc,
  initiateFaultState: 0xe0,
} as const

/** Flags, bits 8-12: what an operator must see on the value itself whatever its quality. */
export const FLAG = { simulated: 0x100, forced: 0x200, bypassed: 0x400, stale: 0x800 } as const

export const qualityOf = (status: number): number => status & 0xc0
export const limitOf = (status: number): number => status & 0x03
/** Quality and substatus, without limits and flags: comparable with STATUS. */
export const codeOf = (status: number): number => status & 0xfc
export const isBad = (status: number): boolean => (status & 0xc0) === 0
export const isUncertain = (status: number): boolean => (status & 0xc0) === QUALITY.uncertain
export const isGood = (status: number): boolean => (status & 0x80) !== 0

/** The word an operator and the journal use. */
export type QualityWord = 'good' | 'uncertain' | 'bad' | 'stale' | 'simulated' | 'forced' | 'not connected'

/** The one word that matters most about a status: doubt about the connection first, then quality, then flags. */
export function qualityWord(status: number): QualityWord {
  const code = codeOf(status)
  if (code === STATUS.badNotConnected || code === STATUS.badNoComm) return 'not connected'
  if ((status & FLAG.stale) !== 0 || code === STATUS.badNoCommLastUsable) return 'stale'
  if (isBad(status)) return 'bad'
  if ((status & FLAG.forced) !== 0) return 'forced'
  if ((status & FLAG.simulated) !== 0) return 'simulated'
  if (isUncertain(status)) return 'uncertain'
  return 'good'
}

const WORDS: ReadonlyMap<number, string> = new Map([
  [STATUS.bad, 'Bad'],
  [STATUS.badConfigError, 'Bad: configuration error'],
  [STATUS.badNotConnected, 'Bad: not connected'],
  [STATUS.badDeviceFailure, 'Bad: device failure'],
  [STATUS.badSensorFailure, 'Bad: sensor failure'],
  [STATUS.badNoCommLastUsable, 'Bad: no communication, last usable value'],
  [STATUS.badNoComm, 'Bad: no communication'],
  [STATUS.badOutOfService, 'Bad: out of service'],
  [STATUS.uncertain, 'Uncertain'],
  [STATUS.uncertainLastUsable, 'Uncertain: last usable value'],
  [STATUS.uncertainSubstitute, 'Uncertain: substitute'],
  [STATUS.uncertainInitialValue, 'Uncertain: initial value'],
  [STATUS.uncertainSensorInaccurate, 'Uncertain: sensor inaccurate'],
  [STATUS.uncertainRangeViolation, 'Uncertain: outside range'],
  [STATUS.uncertainSubNormal, 'Uncertain: too few good sources'],
  [STATUS.good, 'Good'],
  [STATUS.goodCascade, 'Good, cascade'],
  [STATUS.initAck, 'Good, cascade: initialisation acknowledged'],
  [STATUS.initRequest, 'Good, cascade: initialisation requested'],
  [STATUS.notInvited, 'Good, cascade: not invited'],
  [STATUS.notSelected, 'Good, cascade: not selected'],
  [STATUS.doNotSelect, 'Good, cascade: do not select'],
  [STATUS.localOverride, 'Good, cascade: local override'],
  [STATUS.faultStateActive, 'Good, cascade: fault state active'],
  [STATUS.initiateFaultState, 'Good, cascade: initiate fault state'],
])

/** The full text of a status, for faceplate and journal. */
export function statusText(status: number): string {
  const text = WORDS.get(codeOf(status)) ?? `Status 0x${codeOf(status).toString(16)}`
  const limit = ['', ', limited low', ', limited high', ', constant'][limitOf(status)] ?? ''
  return text + limit
}
