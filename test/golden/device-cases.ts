/** Stories of devices: each scan's inputs as letters would be hard to read, so each step says what changes and for how long. */
import type { Settings } from './evaluator/block.ts'
import { type Case, MODE, ST, type Step } from './script.ts'

type Told = readonly [change: Readonly<Record<string, number>>, scans: number]

/** What is written is in capitals with `!` before it; all else is a wire. */
function tell(told: readonly Told[]): Step[] {
  return told.flatMap(([change, scans]) =>
    Array.from({ length: scans }, (_, i): Step => {
      if (i > 0) return { drive: {}, write: [] }
      const entries = Object.entries(change)
      return {
        drive: Object.fromEntries(
          entries.filter(([name]) => !name.startsWith('!')).map(([name, x]) => [name, [x, ST.good] as const]),
        ),
        write: entries.filter(([name]) => name.startsWith('!')).map(([name, x]) => [name.slice(1), x] as const),
      }
    }),
  )
}

/** As told, and in the scans of this list these wires are Bad. */
function spoilt(steps: readonly Step[], wires: readonly string[], from: number, to: number): Step[] {
  const last: Record<string, readonly [number, number]> = {}
  return steps.map((step, n) => {
    Object.assign(last, step.drive)
    if (n !== from && n !== to + 1 && !(n > from && n <= to)) return step
    const status = n <= to ? ST.noComm : ST.good
    const drive = Object.fromEntries(wires.map((name) => [name, [last[name]?.[0] ?? 0, status] as const]))
    return { ...step, drive: { ...step.drive, ...drive } }
  })
}

const AUTO: Settings = { MODE_TARGET: MODE.auto }
/** How the confirms of a device stand: passive, on the way, active. */
interface Confirms {
  readonly passive: Readonly<Record<string, number>>
  readonly between: Readonly<Record<string, number>>
  readonly active: Readonly<Record<string, number>>
}
const VALVE: Confirms = {
  passive: { CONFIRM1: 0, CONFIRM2: 1 },
  between: { CONFIRM1: 0, CONFIRM2: 0 },
  active: { CONFIRM1: 1, CONFIRM2: 0 },
}
const MOTOR: Confirms = { passive: { CONFIRM1: 0 }, between: { CONFIRM1: 0 }, active: { CONFIRM1: 1 } }

const stories = (
  c: Confirms,
): Readonly<Record<string, { readonly set: Settings; readonly told: readonly Told[] }>> => ({
  'there and back': {
    set: AUTO,
    told: [
      [c.passive, 3],
      [{ '!SP': 1 }, 2],
      [c.between, 2],
      [c.active, 5],
      [{ '!SP': 0 }, 2],
      [c.between, 2],
      [c.passive, 4],
      [{ '!SP': 3 }, 2],
      [{ '!MODE': MODE.man }, 2],
    ],
  },
  'not there in time': {
    set: { ...AUTO, CFM_ACTIVE1_TIME: 4, CFM_PASSIVE_TIME: 3 },
    told: [
      [c.passive, 3],
      [{ '!SP': 1 }, 8],
      [c.active, 4],
      [{ '!SP': 0 }, 6],
      [c.passive, 4],
    ],
  },
  'interlock, set point tracks': {
    set: AUTO,
    told: [
      [{ ...c.passive, INTERLOCK: 1, SHUTDOWN: 0 }, 3],
      [{ '!SP': 1 }, 2],
      [c.active, 4],
      [{ INTERLOCK: 0 }, 3],
      [c.passive, 3],
      [{ SHUTDOWN: 1 }, 2],
      [{ INTERLOCK: 1 }, 2],
      [{ SHUTDOWN: 0 }, 3],
      [{ '!SP': 1 }, 2],
      [c.active, 3],
    ],
  },
  'permissive: to begin, not to stay': {
    set: AUTO,
    told: [
      [{ ...c.passive, PERMISSIVE: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [c.active, 4],
      [{ PERMISSIVE: 0 }, 4],
      [{ '!SP': 0 }, 2],
      [c.passive, 4],
      [{ PERMISSIVE: 1 }, 4],
      [{ '!SP': 1 }, 2],
      [c.active, 3],
    ],
  },
  'of a sequence, in Cas': {
    set: {},
    told: [
      [{ ...c.passive, CAS_IN: 0 }, 4],
      [{ CAS_IN: 1 }, 3],
      [c.active, 5],
      [{ '!SP': 0 }, 3],
      [{ CAS_IN: 0 }, 3],
      [c.passive, 5],
    ],
  },
  'a reset is required': {
    set: { ...AUTO, RESET_REQUIRED: 1 },
    told: [
      [{ ...c.passive, INTERLOCK: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [c.active, 4],
      [{ INTERLOCK: 0 }, 3],
      [c.passive, 3],
      [{ '!RESET_D': 1 }, 2],
      [{ INTERLOCK: 1 }, 3],
      [{ '!RESET_D': 1 }, 3],
      [{ '!SP': 1 }, 2],
      [c.active, 3],
    ],
  },
})

/** Of a valve alone: what needs both switches, and every option. */
const VALVE_STORIES: ReturnType<typeof stories> = {
  'does not leave': {
    set: { ...AUTO, CRACK_TIME: 2, CFM_ACTIVE1_TIME: 6 },
    told: [
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 5],
      [VALVE.between, 3],
      [VALVE.active, 4],
      [{ '!SP': 0 }, 1],
      [VALVE.between, 2],
      [VALVE.passive, 4],
    ],
  },
  'confirm lost: trips, and is let go by the set point': {
    set: { ...AUTO, TRIP_TIME: 2 },
    told: [
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 3],
      [VALVE.between, 3],
      [VALVE.passive, 4],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 4],
    ],
  },
  'confirm lost: a failure only': {
    set: { ...AUTO, TRIP_TIME: 3, TRIP: 0 },
    told: [
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 3],
      [VALVE.between, 6],
      [VALVE.active, 4],
      [{ '!SP': 0 }, 2],
      [VALVE.passive, 3],
    ],
  },
  'given up where it is not there in time': {
    set: { ...AUTO, PASSIVE_ON_TIMEOUT: 1, CFM_ACTIVE1_TIME: 3 },
    told: [
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 1],
      [VALVE.between, 6],
      [VALVE.passive, 4],
      [{ '!SP': 1 }, 1],
      [VALVE.between, 1],
      [VALVE.active, 5],
    ],
  },
  'without tracking it starts again by itself': {
    set: { ...AUTO, SP_TRACK: 0 },
    told: [
      [{ ...VALVE.passive, INTERLOCK: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 4],
      [{ INTERLOCK: 0 }, 3],
      [VALVE.passive, 4],
      [{ INTERLOCK: 1 }, 3],
      [VALVE.active, 4],
    ],
  },
  'reset by its wire': {
    set: { ...AUTO, RESET_REQUIRED: 1, TRIP_TIME: 1 },
    told: [
      [{ ...VALVE.passive, SHUTDOWN: 0, RESET: 0 }, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 3],
      [{ SHUTDOWN: 1 }, 2],
      [VALVE.passive, 2],
      [{ RESET: 1 }, 2],
      [{ SHUTDOWN: 0 }, 3],
      [{ RESET: 0 }, 2],
      [{ RESET: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.active, 3],
      [VALVE.between, 4],
      [{ RESET: 0 }, 2],
      [{ ...VALVE.passive, RESET: 1 }, 3],
    ],
  },
  'a pulse until it is confirmed': {
    set: { ...AUTO, PASSIVE_WHEN_CONFIRMED: 1 },
    told: [
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 2],
      [VALVE.between, 2],
      [VALVE.active, 6],
      [{ '!SP': 0 }, 2],
      [VALVE.between, 2],
      [VALVE.passive, 4],
    ],
  },
  'starts where it stands': {
    set: AUTO,
    told: [
      [VALVE.active, 4],
      [{ '!SP': 0 }, 2],
      [VALVE.between, 2],
      [VALVE.active, 3],
      [VALVE.passive, 4],
      [{ '!SP': 1 }, 3],
      [{ '!SP': 0 }, 6],
    ],
  },
}

const RUNS: readonly Told[] = [
  [{ ...VALVE.passive, INTERLOCK: 1, SHUTDOWN: 0, TRK_IN: 0 }, 3],
  [{ '!SP': 1 }, 2],
  [VALVE.active, 12],
  [{ '!SP': 0 }, 2],
  [VALVE.passive, 3],
]
const valve = (name: string, set: Settings, steps: Step[]): Case => ({ type: 'VALVE', name, dt_s: 1, set, steps })
const VALVE_MORE: readonly Case[] = [
  valve('a Bad interlock trips', AUTO, spoilt(tell(RUNS), ['INTERLOCK'], 9, 12)),
  valve('a Bad interlock is held', { ...AUTO, BAD_INTERLOCK: 0 }, spoilt(tell(RUNS), ['INTERLOCK'], 9, 12)),
  valve('a Bad shutdown trips', AUTO, spoilt(tell(RUNS), ['SHUTDOWN'], 9, 12)),
  valve('a Bad confirm proves nothing', { ...AUTO, TRIP_TIME: 1 }, spoilt(tell(RUNS), ['CONFIRM1'], 9, 12)),
  valve(
    'tracks what is done by hand',
    AUTO,
    tell([
      [{ ...VALVE.passive, TRK_IN: 0 }, 4],
      [{ TRK_IN: 1 }, 3],
      [VALVE.between, 2],
      [VALVE.active, 4],
      [{ TRK_IN: 0 }, 4],
      [{ '!SP': 0 }, 2],
      [VALVE.passive, 4],
    ]),
  ),
  valve(
    'accepted without its confirms',
    { ...AUTO, CFM_ACTIVE1_TIME: 3 },
    tell([
      [VALVE.passive, 3],
      [{ '!SP': 1 }, 1],
      [VALVE.between, 5],
      [{ '!ACCEPT': 1 }, 5],
      [{ '!SP': 0 }, 2],
      [VALVE.passive, 6],
    ]),
  ),
]

const FORWARD = { CONFIRM1: 1, CONFIRM2: 0 }
const REVERSE = { CONFIRM1: 0, CONFIRM2: 1 }
const STILL = { CONFIRM1: 0, CONFIRM2: 0 }
const GENERAL_STORIES: ReturnType<typeof stories> = {
  'three states, a permissive for each change of direction': {
    set: { ...AUTO, STATES: 3, CFM_ACTIVE2_TIME: 3 },
    told: [
      [{ ...STILL, PERMISSIVE: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [FORWARD, 3],
      [{ '!SP': 2 }, 2],
      [STILL, 4],
      [REVERSE, 3],
      [{ PERMISSIVE: 0 }, 2],
      [{ '!SP': 1 }, 3],
      [{ '!SP': 0 }, 2],
      [STILL, 3],
      [{ '!SP': 2 }, 2],
    ],
  },
  'commands of four, one left as it was': {
    set: {
      ...AUTO,
      STATES: 3,
      CMD_ACTIVE1: [1, -1, 1, 0],
      CMD_ACTIVE2: [-1, 1, 0, 1],
      CFM_PASSIVE: [0, 0, 0, -1],
      CFM_ACTIVE1: [1, 0, -1, 1],
      CFM_ACTIVE2: [0, 1, -1, 1],
    },
    told: [
      [{ CONFIRM1: 0, CONFIRM2: 0, CONFIRM3: 0, CONFIRM4: 0 }, 3],
      [{ '!SP': 1 }, 2],
      [{ CONFIRM1: 1 }, 2],
      [{ CONFIRM4: 1, CONFIRM3: 1 }, 3],
      [{ '!SP': 2 }, 2],
      [{ CONFIRM1: 0, CONFIRM2: 1 }, 3],
      [{ '!SP': 1 }, 2],
      [{ CONFIRM1: 1, CONFIRM2: 0 }, 3],
      [{ '!SP': 0 }, 2],
      [{ CONFIRM1: 0, CONFIRM3: 0 }, 3],
    ],
  },
}

const casesOf = (type: string, confirms: Confirms, more: ReturnType<typeof stories> = {}): Case[] =>
  Object.entries({ ...stories(confirms), ...more }).map(
    ([name, { set, told }]): Case => ({ type, name, dt_s: 1, set, steps: tell(told) }),
  )

export const DEVICE_CASES: readonly Case[] = [
  ...casesOf('VALVE', VALVE, VALVE_STORIES),
  ...VALVE_MORE,
  ...casesOf('MOTOR', MOTOR),
  ...casesOf('DEVICE_CONTROL', { ...MOTOR, passive: { CONFIRM1: 0, CONFIRM2: 0 } }, GENERAL_STORIES),
]
