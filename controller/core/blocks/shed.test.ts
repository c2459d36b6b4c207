// A supervisory host: handshake by command, loss, shedding, way back, and that none of it moves the valve. The modes of every
// case stand in test/loops/mode-table.ts, the numbers in test/golden; here are the ways between them, in a whole cascade.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EVENT, HOST_LOST } from '../../../contracts/events.ts'
import { COMMAND_KIND, type Command, type Frame, OUTCOME, REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, LIMIT, STATUS } from '../../../contracts/status.ts'
import { createController } from '../controller.ts'
import { createRig, type Rig, type RigPlan } from '../testing/rig.ts'

const ALL = 0xf9
const HOST = ['S.RCAS_IN', 'S.RCAS_IN_ST', 'S.ROUT_IN', 'S.ROUT_IN_ST']

/** Master, slave with a host, valve. */
const plan = (set: Record<string, number | readonly number[]> = {}): RigPlan => ({
  blocks: [
    { id: 'M', type: 'PID', set: { GAIN: 1, RESET: 50, SP: 50, OUT: 47.3 }, wires: { BKCAL_IN: 'S.BKCAL_OUT' } },
    {
      id: 'S',
      type: 'PID',
      set: { GAIN: 0.7, RESET: 9, OUT: 37.3, MODE_TARGET: MODE.cas, PERMITTED: ALL, SHED_TIME: 5, ...set },
      wires: { CAS_IN: 'M.OUT', BKCAL_IN: 'AO.BKCAL_OUT' },
    },
    { id: 'AO', type: 'AO', set: { SP: 37.3 }, wires: { CAS_IN: 'S.OUT' } },
  ],
  writable: ['S.MODE', 'S.SP', 'S.OUT', ...HOST],
})

function cascade(set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig(plan(set))
  rig.drive('M.IN', 50)
  rig.drive('S.IN', 47.3)
  rig.scan(12)
  expect([rig.get('M.MODE_ACTUAL'), rig.get('S.MODE_ACTUAL')]).toEqual([MODE.auto, MODE.cas])
  return rig
}

/** The host writes a field; taken. */
const says = (rig: Rig, field: string, value: number): void => expect(rig.write(`S.${field}`, value)).toBe(REFUSAL.none)
const wish = (rig: Rig, mode: number): void => says(rig, 'MODE', mode)
const out = (rig: Rig, name: 'RCAS' | 'ROUT'): number => codeOf(rig.get(`S.${name}_OUT_ST`))

/** Handshake to the end; the host's value is where it starts. */
function join(rig: Rig, name: 'RCAS' | 'ROUT'): void {
  rig.scan()
  expect(out(rig, name)).toBe(STATUS.initRequest)
  says(rig, `${name}_IN_ST`, STATUS.initAck)
  rig.scan()
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE[name === 'RCAS' ? 'rcas' : 'rout'])
  says(rig, `${name}_IN`, rig.get(`S.${name}_OUT`))
  rig.scan()
  expect(out(rig, name)).toBe(STATUS.goodCascade)
}

test('[R13, H-tv] Cas, RCas, Cas, ROut, Auto, Man, RCas, Cas by the handshake: the valve does not move at all', () => {
  const rig = cascade({ SHED_TIME: 60 })
  const at = rig.get('AO.OUT')
  let moved = 0
  const still = (scans: number): void => {
    for (let i = 0; i < scans; i++) {
      rig.scan()
      moved += Math.abs(rig.get('AO.OUT') - at)
    }
  }
  for (const mode of [MODE.rcas, MODE.cas, MODE.rout, MODE.auto, MODE.man, MODE.rcas, MODE.rout, MODE.cas]) {
    wish(rig, mode)
    if (mode === MODE.rcas) join(rig, 'RCAS')
    else if (mode === MODE.rout) join(rig, 'ROUT')
    still(6)
    expect(rig.get('S.MODE_ACTUAL')).toBe(mode)
    // The master is out of the way where a host or the operator has the slave, and back by itself.
    expect(rig.get('M.MODE_ACTUAL')).toBe(mode === MODE.cas ? MODE.auto : MODE.iman)
    expect(rig.get('AO.OUT')).toBe(at)
  }
  expect(moved).toBe(0)
})

test('[R13] until the host is in, the master keeps the slave', () => {
  const rig = cascade()
  wish(rig, MODE.rcas)
  rig.scan(4)
  expect([rig.get('S.MODE_ACTUAL'), rig.get('M.MODE_ACTUAL')]).toEqual([MODE.cas, MODE.auto])
  expect(out(rig, 'RCAS')).toBe(STATUS.initRequest)
  expect(out(rig, 'ROUT')).toBe(STATUS.notInvited)
})

test('[R13] an answer from before the request is not taken; a host that cannot shake hands is, at once', () => {
  const rig = cascade()
  says(rig, 'RCAS_IN_ST', STATUS.initAck)
  rig.scan()
  wish(rig, MODE.rcas)
  rig.scan()
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.cas)
  const other = cascade()
  says(other, 'RCAS_IN', 44)
  wish(other, MODE.rcas)
  other.scan()
  expect([other.get('S.MODE_ACTUAL'), other.get('S.SP'), other.get('S.RCAS_IN_ST')]).toEqual([
    MODE.rcas,
    44,
    STATUS.good,
  ])
})

test('[R9] every write is a refresh, of value or of status; SHED_TIME after the last one the block sheds', () => {
  const rig = cascade()
  wish(rig, MODE.rcas)
  join(rig, 'RCAS')
  for (let i = 0; i < 6; i++) {
    rig.scan(5)
    if (i % 2 === 0) says(rig, 'RCAS_IN', 47.3)
    else says(rig, 'RCAS_IN_ST', STATUS.goodCascade)
    expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.rcas)
  }
  // 5 s after it the host has still kept to SHED_TIME, 6 s after it not.
  rig.scan(6)
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.rcas)
  rig.scan()
  expect(rig.get('S.MODE_ACTUAL')).not.toBe(MODE.rcas)
  expect(rig.get('S.SHED')).toBe(HOST_LOST.silent)
  expect(rig.get('S.RCAS_IN_ST')).toBe(STATUS.goodCascade | FLAG.stale)
  rig.scan(4)
  expect([rig.get('S.MODE_ACTUAL'), rig.get('M.MODE_ACTUAL')]).toEqual([MODE.cas, MODE.auto])
  // A number that comes late is no handshake.
  says(rig, 'RCAS_IN', 90)
  rig.scan()
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.cas)
  join(rig, 'RCAS')
  expect(rig.get('S.SHED')).toBe(HOST_LOST.none)
})

test('[R9] SHED_TIME 0: never silent, but Bad is', () => {
  const rig = cascade({ SHED_TIME: 0, SHED_OPT: 6 })
  wish(rig, MODE.rcas)
  join(rig, 'RCAS')
  rig.scan(5000)
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.rcas)
  says(rig, 'RCAS_IN_ST', STATUS.bad)
  rig.scan()
  expect([rig.get('S.MODE_ACTUAL'), rig.get('S.MODE_TARGET'), rig.get('S.SHED')]).toEqual([
    MODE.man,
    MODE.man,
    HOST_LOST.bad,
  ])
})

test('[R9] a host that never comes is lost after SHED_TIME; the wish for the mode begins the wait anew', () => {
  const rig = cascade({ SHED_OPT: 4 })
  wish(rig, MODE.rcas)
  rig.scan(5)
  wish(rig, MODE.rcas)
  rig.scan(6)
  expect([rig.get('S.MODE_TARGET'), rig.get('S.SHED')]).toEqual([MODE.rcas, HOST_LOST.none])
  rig.scan()
  expect([rig.get('S.MODE_TARGET'), rig.get('S.SHED')]).toEqual([MODE.auto, HOST_LOST.silent])
})

test('[R9] the silence of a host that was never asked for does not matter, and what it wrote is not taken years later', () => {
  const rig = cascade()
  says(rig, 'RCAS_IN', 80)
  rig.scan(1000)
  expect([rig.get('S.MODE_ACTUAL'), rig.get('S.SHED')]).toEqual([MODE.cas, HOST_LOST.none])
  wish(rig, MODE.rcas)
  rig.scan(3)
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.cas)
})

test('[R11, R13] the host hears which way it may no longer push', () => {
  const rig = cascade({ OUT_LIM: [0, 37.3], SP_LIM: [20, 60] })
  wish(rig, MODE.rcas)
  join(rig, 'RCAS')
  says(rig, 'RCAS_IN', 70)
  rig.scan()
  expect([rig.get('S.SP'), rig.get('S.RCAS_OUT_ST')]).toEqual([60, STATUS.goodCascade | LIMIT.high])
  wish(rig, MODE.rout)
  join(rig, 'ROUT')
  says(rig, 'ROUT_IN', 90)
  rig.scan()
  expect([rig.get('S.OUT'), rig.get('S.ROUT_OUT'), rig.get('S.ROUT_OUT_ST')]).toEqual([
    37.3,
    37.3,
    STATUS.goodCascade | LIMIT.high,
  ])
})

test('[R13] a host on a wire: its Bad sheds, its silence is for the wire to say, and nobody writes over it', () => {
  const { blocks } = plan({ SHED_OPT: 5 })
  const wired = blocks.map((b) => (b.id === 'S' ? { ...b, wires: { ...b.wires, RCAS_IN: 'H.OUT' } } : b))
  const host = { id: 'H', type: 'LIMIT', set: { LO: 0, HI: 100 } }
  const rig = createRig({ blocks: [host, ...wired], writable: ['S.MODE', ...HOST] })
  rig.drive('M.IN', 50)
  rig.drive('S.IN', 47.3)
  rig.drive('H.IN', 47.3)
  rig.scan(12)
  expect(rig.write('S.RCAS_IN', 40)).toBe(REFUSAL.notPermitted)
  expect(rig.write('S.RCAS_IN_ST', STATUS.good)).toBe(REFUSAL.notPermitted)
  expect(rig.write('S.ROUT_IN', 40)).toBe(REFUSAL.none)
  wish(rig, MODE.rcas)
  rig.scan(100)
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.rcas)
  rig.drive('H.IN', 47.3, STATUS.badNoCommLastUsable)
  rig.scan()
  expect([rig.get('S.MODE_ACTUAL'), rig.get('S.SHED')]).toEqual([MODE.man, HOST_LOST.bad])
})

test('a host may not write what is no status, what is not permitted, what is not there', () => {
  const rig = cascade()
  for (const wrong of [-1, 0.5, 256, STATUS.badNotConnected, STATUS.badNotConnected | LIMIT.constant]) {
    expect(rig.write('S.RCAS_IN_ST', wrong)).toBe(REFUSAL.outOfRange)
  }
  const none = cascade({ PERMITTED: ALL - (1 << MODE.rout) })
  expect([none.write('S.ROUT_IN', 1), none.write('S.ROUT_IN_ST', STATUS.good)]).toEqual([
    REFUSAL.notPermitted,
    REFUSAL.notPermitted,
  ])
  expect(none.write('S.MODE', MODE.rout)).toBe(REFUSAL.notPermitted)
  expect(none.write('S.RCAS_IN', 1)).toBe(REFUSAL.none)
})

test('[R9] by frames: commands refresh, a copy of one does not, the loss is one event, and a restored state goes on alike', () => {
  const { artifact } = createRig(plan())
  const c = createController(artifact)
  const block = artifact.control.blocks.findIndex((b) => b.id === 'S')
  const target = (field: string): number => artifact.control.writable.findIndex((w) => w.key === `S.${field}`)
  const at = (field: string): number => createRig(plan()).at(field)
  c.s[at('M.IN')] = 50
  c.s[at('M.IN_ST')] = STATUS.good
  c.s[at('S.IN')] = 47.3
  c.s[at('S.IN_ST')] = STATUS.good
  let seq = 0
  const order = (field: string, value: number): Command => ({
    station: 0,
    seq: ++seq,
    kind: COMMAND_KIND.set,
    epoch: 1,
    n: c.state.n,
    ttl_ticks: 20,
    target: target(field),
    value,
    expected: Number.NaN,
  })
  const frame = (commands: readonly Command[], from = c.state): Frame => ({
    epoch: 1,
    n: from.n + 1,
    prev_epoch: from.epoch,
    prev_n: from.n,
    t_ms: 0,
    preferred: 0,
    inputs: [],
    readbacks: [],
    commands,
  })
  const seen: number[][] = []
  const step = (...commands: Command[]): number[] => {
    const { results, events } = c.step(frame(commands))
    for (const e of events) if (e.block === block) seen.push([e.code, e.a, e.b])
    return results.map((r) => r.outcome)
  }
  c.state = { epoch: 1, n: 0 }
  for (let i = 0; i < 12; i++) step()
  seen.length = 0
  step(order('MODE', MODE.rcas))
  step(order('RCAS_IN_ST', STATUS.initAck))
  const value = order('RCAS_IN', 47.3)
  expect(step(value)).toEqual([OUTCOME.applied])
  expect(c.s[at('S.MODE_ACTUAL')]).toBe(MODE.rcas)
  // Six copies of that command, each answered, none a refresh.
  for (let i = 0; i < 4; i++) expect(step(value)).toEqual([OUTCOME.applied])
  const saved = c.save()
  const twin = createController(artifact)
  twin.load(saved, c.state)
  for (let i = 0; i < 8; i++) {
    const next = frame(i === 0 ? [value] : [], c.state)
    twin.step(next)
    for (const e of c.step(next).events) if (e.block === block) seen.push([e.code, e.a, e.b])
    expect(twin.digest()).toBe(c.digest())
  }
  expect(seen.filter(([code]) => code === EVENT.hostLost)).toEqual([[EVENT.hostLost, HOST_LOST.none, HOST_LOST.silent]])
  // What a host writes is no event; that it is lost, and the modes, are.
  expect(new Set(seen.map(([code]) => code))).toEqual(new Set([EVENT.modeTarget, EVENT.modeActual, EVENT.hostLost]))
})

test('[R17, R13] whatever happens, the first OUT of the law is the last one, and so is the first of a host that shook hands', () => {
  const auto = (mode: number): boolean => mode >= MODE.auto && mode <= MODE.rcas
  const event = fc.oneof(
    fc.record({ write: fc.constant('S.MODE'), value: fc.constantFrom(3, 4, 5, 6, 6, 6, 7, 7, 7) }),
    fc.record({ write: fc.constantFrom('S.RCAS_IN_ST', 'S.ROUT_IN_ST'), value: fc.constantFrom(196, 196, 192, 0) }),
    fc.record({
      write: fc.constantFrom('S.RCAS_IN', 'S.ROUT_IN'),
      value: fc.double({ min: 0, max: 100, noNaN: true }),
    }),
    fc.record({ write: fc.constant('AO'), value: fc.constantFrom(STATUS.good, STATUS.good, STATUS.badNoComm) }),
  )
  let entries = 0
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 40, maxLength: 80 }),
      fc.integer({ min: 1, max: 8 }),
      (events, SHED_OPT) => {
        const { blocks, writable } = plan({ SHED_OPT, SHED_TIME: 3 })
        const rig = createRig({ blocks, writable: writable! })
        rig.drive('M.IN', 49)
        rig.drive('S.IN', 45)
        rig.drive('AO.READBACK', 9.968)
        rig.scan(12)
        for (const { write, value } of events) {
          if (write === 'AO') rig.drive('AO.READBACK', rig.get('AO.OUT'), value)
          else rig.write(write, value)
          const was = rig.get('S.MODE_ACTUAL')
          const last = rig.get('S.OUT')
          rig.scan()
          const now = rig.get('S.MODE_ACTUAL')
          const acknowledged = now === MODE.rout && codeOf(rig.get('S.ROUT_IN_ST')) === STATUS.initAck
          if ((auto(now) && !auto(was)) || acknowledged) {
            entries += 1
            expect(Math.abs(rig.get('S.OUT') - last)).toBeLessThan(1e-12)
          }
        }
      },
    ),
    { numRuns: 150, seed: 13 },
  )
  expect(entries).toBeGreaterThan(500)
})
