import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { FLAG, LIMIT, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

/** What an input says: on, off, Bad, or not wired. */
type Says = 1 | 0 | 'bad' | 'open'

interface Inputs {
  readonly cas: number
  readonly shutdown: Says
  readonly interlock: Says
  readonly permissive: Says
  readonly track: Says
  readonly reset: 0 | 1
  readonly c1: Says
  readonly c2: Says
}

interface Options {
  readonly trip: boolean
  readonly giveUp: boolean
  readonly resetRequired: boolean
  readonly spTrack: boolean
  readonly pulse: boolean
  readonly badTrips: boolean
}

const TRAVEL = 4
const CRACK = 2
const TRIP_AFTER = 2

// ---------------------------------------------------------------- the second evaluator

/**
 * The rules of function-blocks 2.8 on plain records: times are tick numbers, latches a set of words. One open-and-close
 * valve with the limit switches c1 (open) and c2 (closed), in Cas from a source that does not shake hands.
 */
interface Memory {
  tick: number
  alive: boolean
  sp: number
  out: number
  pv: number
  from: number
  left: boolean
  moved_at: number
  confirmed: boolean
  lost_at: number | undefined
  fail: '' | 'travel' | 'crack' | 'lost'
  latches: string[]
  holding: string[]
  first: string
  shutdown: boolean
  interlock: boolean
  reset: 0 | 1 | undefined
}

const cold = (): Memory => ({
  tick: 0,
  alive: false,
  sp: 0,
  out: 0,
  pv: 0,
  from: 0,
  left: false,
  moved_at: 0,
  confirmed: false,
  lost_at: undefined,
  fail: '',
  latches: [],
  holding: [],
  first: '',
  shutdown: false,
  interlock: true,
  reset: undefined,
})

const ORDER = ['shutdown', 'interlock', 'lost', 'timeout', 'reset']

function switches(i: Inputs, out: number): number | 'blind' {
  const wired = [i.c1, i.c2].filter((c) => c !== 'open')
  if (wired.includes('bad')) return 'blind'
  const fits = (state: number): boolean | undefined => {
    const asks = [[i.c1, state === 1] as const, [i.c2, state === 0] as const].filter(([c]) => c !== 'open')
    return asks.length === 0 ? undefined : asks.every(([c, want]) => (c === 1) === want)
  }
  const other = 1 - out
  if (fits(out) === true) return out
  if (fits(other) === true) return other
  return fits(out) === undefined ? out : 3
}

function judge(before: Memory, i: Inputs, o: Options): Memory & { mode: number; cmd: number } {
  const m: Memory = { ...before }
  m.tick++
  const edge = m.reset === 0 && i.reset === 1
  m.reset = i.reset
  let seen = switches(i, m.out)
  if (!m.alive) {
    if (seen === 'blind') return { ...m, mode: MODE.iman, cmd: Number.NaN }
    m.alive = true
    m.out = seen === 3 ? 0 : seen
    m.sp = m.out
    m.from = m.out
    m.confirmed = seen !== 3
    m.left = false
    m.moved_at = m.tick
    m.lost_at = undefined
  }
  if (i.shutdown === 0 || i.shutdown === 1) m.shutdown = i.shutdown === 1
  if (i.interlock === 0 || i.interlock === 1) m.interlock = i.interlock === 1
  const causes: string[] = []
  if (m.shutdown || (i.shutdown === 'bad' && o.badTrips)) causes.push('shutdown')
  if (!m.interlock || (i.interlock === 'bad' && o.badTrips)) causes.push('interlock')
  m.sp = i.cas
  // A failure of its own waits for the set point to go passive; a reset latch for the reset, which a cause forbids.
  m.latches = m.latches.filter((l) => !((l === 'lost' || l === 'timeout') && m.sp === 0))
  if (causes.length > 0 && o.resetRequired) m.latches = [...new Set([...m.latches, 'reset'])]
  if (edge && causes.length === 0) {
    m.latches = m.latches.filter((l) => l !== 'reset')
    m.fail = ''
    m.first = ''
  }
  const holding = [...causes, ...m.latches]
  const firstOf = (list: readonly string[]): string => ORDER.find((w) => list.includes(w)) ?? ''
  if (holding.length > 0 && m.holding.length === 0) m.first = firstOf(holding)
  const forced = holding.length > 0
  const tracking = !forced && i.track === 1
  const permitted = i.permissive === 'open' || i.permissive === 1
  const want = forced
    ? 0
    : tracking
      ? seen === 'blind' || seen === 3
        ? m.out
        : seen
      : m.sp !== 0 && m.sp !== m.out && !permitted
        ? m.out
        : m.sp
  if (o.spTrack && (forced || tracking)) m.sp = want
  if (want !== m.out) {
    m.from = m.out
    m.out = want
    m.moved_at = m.tick
    m.confirmed = false
    m.left = false
    m.lost_at = undefined
    if (!forced) {
      m.fail = ''
      if (want !== 0) m.first = ''
    }
  }
  seen = switches(i, m.out)
  if (seen !== 'blind') m.pv = seen
  const fresh: string[] = []
  if (!m.confirmed) {
    if (seen === m.out) {
      m.confirmed = true
      if (m.fail !== 'lost') m.fail = ''
    } else {
      if (seen !== 'blind' && m.pv !== m.from) m.left = true
      const since = m.tick - m.moved_at
      if (since >= TRAVEL) {
        m.fail = 'travel'
        if (m.out === 1 && o.giveUp) fresh.push('timeout')
      } else if (!m.left && since >= CRACK) m.fail = 'crack'
    }
  } else if (seen === 'blind') m.lost_at = undefined
  else if (seen === m.out) {
    m.lost_at = undefined
    if (m.fail === 'lost' && !forced) m.fail = ''
  } else {
    m.lost_at ??= m.tick
    if (m.tick - m.lost_at >= TRIP_AFTER) {
      m.fail = 'lost'
      if (m.out === 1 && o.trip) fresh.push('lost')
    }
  }
  m.latches = [...new Set([...m.latches, ...fresh])]
  if (fresh.length > 0 && !forced) {
    m.first = firstOf(fresh)
    if (o.resetRequired) m.latches = [...m.latches, 'reset']
  }
  m.holding = [...new Set([...causes, ...m.latches])]
  const cmd = o.pulse && m.confirmed ? 0 : m.out
  return { ...m, mode: forced || tracking ? MODE.lo : MODE.cas, cmd }
}

// ---------------------------------------------------------------- both side by side

const rigOf = (o: Options): Rig =>
  createRig({
    tick_ms: 500,
    blocks: [
      {
        id: 'V',
        type: 'VALVE',
        set: {
          CFM_PASSIVE_TIME: TRAVEL / 2,
          CFM_ACTIVE1_TIME: TRAVEL / 2,
          CRACK_TIME: CRACK / 2,
          TRIP_TIME: TRIP_AFTER / 2,
          TRIP: Number(o.trip),
          PASSIVE_ON_TIMEOUT: Number(o.giveUp),
          RESET_REQUIRED: Number(o.resetRequired),
          SP_TRACK: Number(o.spTrack),
          PASSIVE_WHEN_CONFIRMED: Number(o.pulse),
          BAD_INTERLOCK: Number(o.badTrips),
        },
      },
    ],
    writable: ['V.MODE', 'V.SP', 'V.RESET_D', 'V.ACCEPT'],
  })

const word = (says: Says): number =>
  says === 'bad' ? STATUS.badNoComm : says === 'open' ? STATUS.badNotConnected : STATUS.good

function drive(rig: Rig, i: Inputs): void {
  rig.drive('V.CAS_IN', i.cas)
  rig.drive('V.RESET', i.reset)
  const wires = { SHUTDOWN: i.shutdown, INTERLOCK: i.interlock, PERMISSIVE: i.permissive, TRK_IN: i.track }
  for (const [name, says] of Object.entries({ ...wires, CONFIRM1: i.c1, CONFIRM2: i.c2 })) {
    rig.drive(`V.${name}`, says === 1 ? 1 : 0, word(says))
  }
  rig.scan()
}

const FAILS = ['', 'travel', 'crack', 'lost']
const bits = (list: readonly string[]): number => list.reduce((sum, w) => sum + (1 << ORDER.indexOf(w)), 0)

function differences(rig: Rig, m: ReturnType<typeof judge>): string[] {
  const expected: Record<string, number> = {
    OUT: m.out,
    SP: m.sp,
    PV: m.pv,
    MODE_ACTUAL: m.mode,
    HELD: bits(m.holding),
    FIRST_OUT: m.first === '' ? 0 : bits([m.first]),
    FAIL: FAILS.indexOf(m.fail),
    ALARM: m.fail === '' ? 0 : 1,
    STATE: m.fail !== '' ? 6 : m.confirmed ? m.out : 3 + m.out,
  }
  if (m.alive) expected['CMD1'] = m.cmd
  return Object.entries(expected)
    .filter(([name, value]) => rig.get(`V.${name}`) !== value)
    .map(([name, value]) => `${name} ${rig.get(`V.${name}`)}, expected ${value}`)
}

const REST: Inputs = {
  cas: 0,
  shutdown: 0,
  interlock: 1,
  permissive: 1,
  track: 0,
  reset: 0,
  c1: 0,
  c2: 1,
}
const OPENING: Inputs = { ...REST, cas: 1, c2: 0 }
const OPEN: Inputs = { ...REST, cas: 1, c1: 1, c2: 0 }
const times = (n: number, i: Inputs): Inputs[] => new Array<Inputs>(n).fill(i)

/** Ways into every state that matters. */
const STATES: Readonly<Record<string, readonly Inputs[]>> = {
  cold: [],
  blind: times(2, { ...REST, c1: 'bad' }),
  closed: times(2, REST),
  'told to open, still closed': [REST, { ...REST, cas: 1 }],
  opening: [REST, OPENING, OPENING],
  'failed to leave': [REST, ...times(4, { ...REST, cas: 1 })],
  'failed to arrive': [REST, ...times(7, OPENING)],
  open: [REST, OPENING, OPEN, OPEN],
  'confirm just lost': [REST, OPENING, OPEN, OPEN, { ...OPEN, c1: 0 }],
  'confirm lost for long': [REST, OPENING, OPEN, OPEN, ...times(4, { ...OPEN, c1: 0 })],
  closing: [REST, OPENING, OPEN, { ...OPENING, cas: 0 }],
  'held by the interlock': [REST, OPENING, OPEN, { ...OPEN, interlock: 0 }, { ...OPENING, interlock: 0 }],
  'interlock gone': [REST, OPENING, OPEN, { ...OPEN, interlock: 0 }, { ...REST, cas: 1, interlock: 1, permissive: 0 }],
  'shut down, then interlocked': [
    REST,
    OPENING,
    OPEN,
    { ...OPEN, shutdown: 1 },
    { ...OPEN, shutdown: 1, interlock: 0 },
  ],
  tracking: [REST, { ...OPEN, cas: 0, track: 1 }],
  'waiting for the permissive': times(3, { ...REST, cas: 1, permissive: 0 }),
}

const SAYS: readonly Says[] = [0, 1, 'bad']

test('[2.8] every state x input: as the rules on plain records say, for two scans after it', () => {
  const all: string[] = []
  let cells = 0
  // Three options in all combinations and their exclusive ors: every pair of the six in all its combinations.
  for (let n = 0; n < 8; n++) {
    const [a, b, c] = [(n & 1) === 1, (n & 2) === 2, (n & 4) === 4]
    const o = { trip: a, giveUp: b, resetRequired: c, spTrack: a !== b, pulse: a !== c, badTrips: b !== c }
    const rig = rigOf(o)
    const fresh = rig.controller.save()
    const at = rig.controller.state
    for (const [name, script] of Object.entries(STATES)) {
      rig.controller.load(fresh, at)
      let memory = cold()
      for (const i of script) {
        drive(rig, i)
        memory = judge(memory, i, o)
      }
      const saved = rig.controller.save()
      const saved_at = rig.controller.state
      for (const shutdown of SAYS)
        for (const interlock of SAYS)
          for (const permissive of [1, 0, 'bad'] as const)
            for (const track of [0, 1] as const)
              for (const cas of [0, 1])
                for (const [c1, c2] of [
                  [0, 1],
                  [1, 0],
                  [0, 0],
                  ['bad', 0],
                  ['open', 'open'],
                ] as const)
                  for (const reset of [0, 1] as const) {
                    const i: Inputs = { cas, shutdown, interlock, permissive, track, reset, c1, c2 }
                    rig.controller.load(saved, saved_at)
                    let m = memory
                    for (let scan = 1; scan <= 2; scan++) {
                      drive(rig, i)
                      const next = judge(m, i, o)
                      m = next
                      cells++
                      const wrong = differences(rig, next)
                      if (wrong.length > 0 && all.length < 5) {
                        all.push(
                          `${name}, scan ${scan}, ${JSON.stringify(i)}, ${JSON.stringify(o)}: ${wrong.join('; ')}`,
                        )
                      }
                    }
                  }
    }
  }
  expect(all).toEqual([])
  expect(cells).toBeGreaterThan(100_000)
}, 60_000)

test('[2.8] random histories, as the rules on plain records say', () => {
  const says = fc.constantFrom<Says>(0, 1, 1, 'bad')
  const inputs = fc.record({
    cas: fc.constantFrom(0, 1, 1),
    shutdown: fc.constantFrom<Says>(0, 0, 0, 0, 0, 0, 1, 'bad'),
    interlock: fc.constantFrom<Says>(1, 1, 1, 1, 1, 1, 0, 'bad'),
    permissive: fc.constantFrom<Says>(1, 1, 1, 0, 'bad'),
    track: fc.constantFrom<Says>(0, 0, 0, 0, 0, 1),
    reset: fc.constantFrom<0 | 1>(0, 0, 1),
    c1: says,
    c2: says,
  })
  const flag = fc.boolean()
  const options = fc.record({
    trip: flag,
    giveUp: flag,
    resetRequired: flag,
    spTrack: flag,
    pulse: flag,
    badTrips: flag,
  })
  const history = fc.array(fc.tuple(inputs, fc.integer({ min: 1, max: 6 })), { maxLength: 30 })
  fc.assert(
    fc.property(options, history, (o, list) => {
      const rig = rigOf(o)
      let memory = cold()
      for (const [i, count] of list) {
        for (let n = 0; n < count; n++) {
          drive(rig, i)
          const next = judge(memory, i, o)
          memory = next
          expect(differences(rig, next)).toEqual([])
        }
      }
    }),
    { numRuns: 300, seed: 28 },
  )
})

// ---------------------------------------------------------------- by hand

const PLAIN: Options = { trip: true, giveUp: false, resetRequired: false, spTrack: true, pulse: false, badTrips: true }

/** A valve in Auto that stands closed. */
function inAuto(o: Options = PLAIN): Rig {
  const rig = rigOf(o)
  expect(rig.write('V.MODE', MODE.auto)).toBe(0)
  drive(rig, REST)
  return rig
}

test('[2.8] in Auto the operator opens it; without the permissive the wish is refused and does not come by itself', () => {
  const rig = inAuto()
  drive(rig, { ...REST, permissive: 0 })
  expect(rig.write('V.SP', 1)).not.toBe(0)
  drive(rig, REST)
  expect(rig.get('V.OUT')).toBe(0)
  expect(rig.write('V.SP', 1)).toBe(0)
  drive(rig, REST)
  expect([rig.get('V.OUT'), rig.get('V.CMD1'), rig.get('V.STATE')]).toEqual([1, 1, 4])
  drive(rig, OPEN)
  expect([rig.get('V.PV'), rig.get('V.STATE'), rig.get('V.CMD1_ST')]).toEqual([1, 1, STATUS.good])
  expect(rig.write('V.SP', 2)).not.toBe(0)
  expect(rig.write('V.SP', 0.5)).not.toBe(0)
})

test('[2.8] SP track in LO: on, it stays closed when the interlock clears; off, it opens again by itself', () => {
  for (const spTrack of [true, false]) {
    const rig = inAuto({ ...PLAIN, spTrack })
    rig.write('V.SP', 1)
    drive(rig, OPEN)
    drive(rig, { ...OPEN, interlock: 0 })
    expect([rig.get('V.MODE_ACTUAL'), rig.get('V.OUT'), rig.get('V.FIRST_OUT')]).toEqual([MODE.lo, 0, 2])
    drive(rig, REST)
    drive(rig, REST)
    expect(rig.get('V.OUT')).toBe(spTrack ? 0 : 1)
  }
})

test('[2.8] first-out is the first of several, and is kept until the next start', () => {
  const rig = inAuto()
  rig.write('V.SP', 1)
  drive(rig, OPEN)
  drive(rig, { ...OPEN, interlock: 0 })
  drive(rig, { ...REST, interlock: 0, shutdown: 1 })
  expect([rig.get('V.HELD'), rig.get('V.FIRST_OUT')]).toEqual([3, 2])
  drive(rig, REST)
  expect([rig.get('V.HELD'), rig.get('V.FIRST_OUT')]).toEqual([0, 2])
  rig.write('V.SP', 1)
  drive(rig, OPENING)
  expect(rig.get('V.FIRST_OUT')).toBe(0)
})

test('[2.8] reset required: refused while the cause is there, and it is the reset that lets go', () => {
  const rig = inAuto({ ...PLAIN, resetRequired: true })
  rig.write('V.SP', 1)
  drive(rig, OPEN)
  drive(rig, { ...OPEN, interlock: 0 })
  expect(rig.write('V.RESET_D', 1)).not.toBe(0)
  drive(rig, REST)
  expect([rig.get('V.MODE_ACTUAL'), rig.get('V.HELD')]).toEqual([MODE.lo, 16])
  expect(rig.write('V.RESET_D', 1)).toBe(0)
  drive(rig, REST)
  expect([rig.get('V.MODE_ACTUAL'), rig.get('V.HELD'), rig.get('V.OUT')]).toEqual([MODE.auto, 0, 0])
})

test('[2.8] in Auto a set point of passive resets a device that only waits for it; in Cas it does not', () => {
  const rig = inAuto({ ...PLAIN, resetRequired: true })
  rig.write('V.SP', 1)
  drive(rig, OPEN)
  drive(rig, { ...OPEN, interlock: 0 })
  expect(rig.write('V.SP', 0)).not.toBe(0)
  drive(rig, REST)
  expect(rig.write('V.SP', 1)).not.toBe(0)
  expect(rig.write('V.SP', 0)).toBe(0)
  drive(rig, REST)
  expect([rig.get('V.HELD'), rig.get('V.MODE_ACTUAL'), rig.get('V.OUT')]).toEqual([0, MODE.auto, 0])

  const cas = rigOf({ ...PLAIN, resetRequired: true })
  for (const i of [REST, OPENING, OPEN, { ...OPEN, interlock: 0 as const }, { ...REST, cas: 1 }]) drive(cas, i)
  expect(cas.get('V.HELD')).toBe(16)
  expect(cas.write('V.SP', 0)).not.toBe(0)
})

test('[2.8] without SP track a trip is let go by the operator who asks for passive', () => {
  const rig = inAuto({ ...PLAIN, spTrack: false })
  rig.write('V.SP', 1)
  for (const i of [OPENING, OPEN, ...times(6, { ...OPEN, c1: 0 as const })]) drive(rig, i)
  expect([rig.get('V.HELD'), rig.get('V.SP'), rig.get('V.OUT')]).toEqual([4, 1, 0])
  for (const i of times(5, REST)) drive(rig, i)
  expect(rig.get('V.HELD')).toBe(4)
  expect(rig.write('V.SP', 0)).toBe(0)
  drive(rig, REST)
  expect([rig.get('V.HELD'), rig.get('V.MODE_ACTUAL')]).toEqual([0, MODE.auto])
})

test('[2.8] accept: PV is what OUT says, shown as forced, until OUT changes', () => {
  const rig = inAuto()
  rig.write('V.SP', 1)
  for (const i of times(8, REST)) drive(rig, i)
  expect(rig.get('V.FAIL')).toBe(1)
  expect(rig.write('V.ACCEPT', 1)).toBe(0)
  drive(rig, REST)
  expect([rig.get('V.PV'), rig.get('V.PV_ST'), rig.get('V.FAIL')]).toEqual([1, STATUS.good | FLAG.forced, 0])
  rig.write('V.SP', 0)
  drive(rig, REST)
  expect([rig.get('V.PV'), rig.get('V.PV_ST'), rig.get('V.ACCEPT')]).toEqual([0, STATUS.good, 0])
})

test('[2.8] starts from what the confirms show, and writes nothing before', () => {
  const rig = rigOf(PLAIN)
  drive(rig, { ...OPEN, c1: 'bad' })
  expect([rig.get('V.CMD1_ST'), rig.get('V.MODE_ACTUAL')]).toEqual([STATUS.bad | LIMIT.constant, MODE.iman])
  drive(rig, OPEN)
  expect([rig.get('V.CMD1'), rig.get('V.OUT'), rig.get('V.STATE'), rig.get('V.CMD1_ST')]).toEqual([
    1,
    1,
    1,
    STATUS.good,
  ])
})

test('[R8] out of service nothing is written, and the way back starts from the confirms', () => {
  const rig = inAuto()
  expect(rig.write('V.MODE', MODE.oos)).toBe(0)
  drive(rig, REST)
  expect(rig.get('V.CMD1_ST')).toBe(STATUS.badOutOfService | LIMIT.constant)
  drive(rig, OPEN)
  rig.write('V.MODE', MODE.auto)
  drive(rig, OPEN)
  expect([rig.get('V.OUT'), rig.get('V.SP'), rig.get('V.CMD1')]).toEqual([1, 1, 1])
  expect(rig.write('V.MODE', MODE.man)).not.toBe(0)
})

test('[2.8] three states with masks: forward, off, reverse; a change of direction needs the permissive', () => {
  const rig = createRig({
    blocks: [{ id: 'V', type: 'MOTOR', set: { STATES: 3, MODE_TARGET: MODE.auto } }],
    writable: ['V.SP'],
  })
  const set = (permissive: number, c1: number, c2: number): void => {
    rig.drive('V.PERMISSIVE', permissive)
    rig.drive('V.CONFIRM1', c1)
    rig.drive('V.CONFIRM2', c2)
    rig.scan()
  }
  const commands = (): number[] => [rig.get('V.CMD1'), rig.get('V.CMD2')]
  set(1, 0, 0)
  expect(rig.write('V.SP', 1)).toBe(0)
  set(1, 0, 0)
  expect(commands()).toEqual([1, 0])
  set(0, 1, 0)
  expect(rig.get('V.STATE')).toBe(1)
  expect(rig.write('V.SP', 2)).not.toBe(0)
  set(1, 1, 0)
  expect(rig.write('V.SP', 2)).toBe(0)
  set(1, 1, 0)
  expect([...commands(), rig.get('V.STATE')]).toEqual([0, 1, 5])
  set(1, 1, 1)
  // Both at once is no state at all.
  expect(rig.get('V.PV')).toBe(3)
  set(1, 0, 1)
  expect([rig.get('V.PV'), rig.get('V.STATE')]).toEqual([2, 2])
})

test('[2.8] masks that cannot be told apart are refused', () => {
  const make = (): Rig =>
    createRig({
      blocks: [{ id: 'V', type: 'MOTOR', set: { CFM_PASSIVE: [1, 0, -1, -1], CFM_ACTIVE1: [1, 0, -1, -1] } }],
    })
  expect(make).toThrow(/CFM_ACTIVE1/)
})

test('[R25] saved in mid-travel it continues bit-equal', () => {
  const script = [...STATES['confirm lost for long']!, ...times(6, REST), ...times(9, OPENING)]
  const [whole, cut, other] = [rigOf(PLAIN), rigOf(PLAIN), rigOf(PLAIN)]
  for (const i of script) drive(whole, i)
  for (const i of script.slice(0, 9)) drive(cut, i)
  other.controller.load(cut.controller.save(), cut.controller.state)
  for (const i of script.slice(9)) drive(other, i)
  expect(other.controller.digest()).toBe(whole.controller.digest())
})
