// strategies/bench-sequence on a small tank. Method: valves that travel, a motor that starts in a second, a level that integrates;
// the compiled strategy between them, scan by scan.
import { expect, test } from 'vitest'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { STATUS } from '../../contracts/status.ts'
import { type Controller, createController } from '../../controller/core/controller.ts'

const TICK_S = 0.5
const TRAVEL_S = 4

const built = await buildStrategy('bench-sequence')
if ('faults' in built) throw new Error(JSON.stringify(built.faults))
const { artifact } = built

interface Tank {
  readonly controller: Controller
  level_pct: number
  readonly open: [number, number]
  motor_s: number
  stuck: boolean
  lost: boolean
  button: number
}

const input = (point: string): number => artifact.control.inputs.findIndex((i) => i.point === `RIO-2/${point}`)
const output = (point: string): number => artifact.control.outputs.findIndex((o) => o.point === `RIO-2/${point}`)
const OUTPUTS = ['DO/1', 'DO/2', 'DO/3'].map(output)

function newTank(): Tank {
  const controller = createController(artifact)
  controller.state = { epoch: 1, n: 0 }
  return { controller, level_pct: 5, open: [0, 0], motor_s: 0, stuck: false, lost: false, button: 0 }
}

/** What stands on a wire of a tag. */
function get(tank: Tank, tag: string, field: 'PV' | 'OUT' | 'READBACK' | 'MODE_ACTUAL' = 'PV'): number {
  const values = new Float64Array(artifact.control.published.length)
  tank.controller.published(values, new Uint16Array(values.length))
  return values[artifact.control.published.findIndex((p) => p.key === `${tag}.${field}`)]!
}

function run(tank: Tank, for_s: number, until: () => boolean = () => false): number {
  const { controller } = tank
  for (let t_s = 0; t_s < for_s; t_s += TICK_S) {
    const [feed, drain] = tank.open
    const runs = tank.motor_s >= 1 && !tank.lost
    const values: Record<string, number> = {
      'AI/1': 4 + 0.16 * tank.level_pct,
      'DI/1': feed >= 0.99 ? 1 : 0,
      'DI/2': feed <= 0.01 ? 1 : 0,
      'DI/3': drain >= 0.99 ? 1 : 0,
      'DI/4': drain <= 0.01 ? 1 : 0,
      'DI/5': runs ? 1 : 0,
      'DI/6': tank.level_pct < 90 ? 1 : 0,
      'DI/7': tank.button,
    }
    for (const [point, value] of Object.entries(values)) controller.latchInput(input(point), value, STATUS.good)
    const cold = controller.state.n === 0
    for (const o of OUTPUTS) controller.latchReadback(o, cold ? 0 : controller.values[o]!, STATUS.good)
    controller.scan(controller.state.n + 1)
    const [xv101, xv102, m101] = OUTPUTS.map((o) => controller.values[o]!)
    const travel = TICK_S / TRAVEL_S
    if (!tank.stuck) tank.open[0] += Math.max(-travel, Math.min(travel, xv101! - feed))
    tank.open[1] += Math.max(-travel, Math.min(travel, xv102! - drain))
    tank.motor_s = m101 === 1 ? tank.motor_s + TICK_S : 0
    tank.level_pct = Math.max(0, tank.level_pct + TICK_S * (0.5 * tank.open[0] - 0.8 * tank.open[1]))
    if (until()) return t_s
  }
  return for_s
}

const write = (tank: Tank, tag: string, field: string, value: number): number =>
  tank.controller.write(
    artifact.control.writable.findIndex((w) => w.key === `${tag}.${field}`),
    value,
  )

test('[US-100-1] a batch: fill, agitate, mix 10 min, settle, drain; every device ends where it began', () => {
  const tank = newTank()
  run(tank, 10)
  tank.button = 1
  let highest_pct = 0
  let agitated_s = 0
  const took_s = run(tank, 3600, () => {
    highest_pct = Math.max(highest_pct, tank.level_pct)
    if (tank.motor_s >= 1) agitated_s += TICK_S
    return get(tank, 'US-100') === 9
  })
  expect(took_s).toBeLessThan(1200)
  // 55 % at 0.5 %/s, then the valve's travel.
  expect(highest_pct).toBeGreaterThan(60)
  expect(highest_pct).toBeLessThan(63)
  expect(agitated_s).toBeGreaterThan(600)
  expect(agitated_s).toBeLessThan(603)
  expect(tank.level_pct).toBeLessThan(2)
  expect(OUTPUTS.map((o) => tank.controller.values[o])).toEqual([0, 0, 0])
  expect(write(tank, 'US-100', 'SP', 3)).toBe(0)
  run(tank, 1)
  expect(get(tank, 'US-100')).toBe(0)
})

test('[US-100-2] a feed valve that does not open: the sequence waits, the valve and the confirm say why', () => {
  const tank = newTank()
  run(tank, 10)
  tank.stuck = true
  tank.button = 1
  run(tank, 60)
  expect([get(tank, 'US-100'), get(tank, 'US-100', 'READBACK')]).toEqual([1, 2])
  // Failed to travel.
  expect(get(tank, 'XV-101', 'READBACK')).toBe(6)
  tank.stuck = false
  run(tank, 20)
  expect(get(tank, 'XV-101', 'READBACK')).toBe(1)
})

test('[US-100-3] stop in mid mix: the stopping logic stops the agitator, then all is off', () => {
  const tank = newTank()
  run(tank, 10)
  tank.button = 1
  run(tank, 400, () => get(tank, 'US-100', 'READBACK') === 4)
  run(tank, 30)
  expect(get(tank, 'M-101')).toBe(1)
  expect(write(tank, 'US-100', 'SP', 2)).toBe(0)
  run(tank, 30)
  expect(get(tank, 'US-100')).toBe(6)
  expect(get(tank, 'M-101')).toBe(0)
  expect(OUTPUTS.map((o) => tank.controller.values[o])).toEqual([0, 0, 0])
})

test('[M-101-1] the agitator trips when its confirm is lost, and does not start again by itself', () => {
  const tank = newTank()
  run(tank, 10)
  tank.button = 1
  run(tank, 400, () => get(tank, 'US-100', 'READBACK') === 4)
  run(tank, 30)
  tank.lost = true
  run(tank, 10)
  expect([get(tank, 'M-101'), get(tank, 'M-101', 'READBACK')]).toEqual([0, 6])
  tank.lost = false
  run(tank, 60)
  // The sequence still asks for it: it must withdraw before the motor may run again.
  expect(get(tank, 'M-101', 'OUT')).toBe(0)
})

test('[LSH-101-1] a high level shuts the feed valve whatever the operator or the sequence wants', () => {
  const tank = newTank()
  run(tank, 10)
  expect(write(tank, 'XV-101', 'MODE', 4)).toBe(0)
  run(tank, 1)
  expect(write(tank, 'XV-101', 'SP', 1)).toBe(0)
  run(tank, 400)
  expect(tank.level_pct).toBeLessThan(92)
  expect(tank.controller.values[output('DO/1')]).toBe(0)
})
