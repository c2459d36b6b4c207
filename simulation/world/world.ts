/**
 * The world: the real cores of field-io and of two controllers, a device, a gateway with operators, on simulated wires, disk and
 * clocks, under seeded faults. Chaos first, then everything heals and must come together again.
 *
 * The same seed gives the same world, event for event; `digest` of two runs is equal.
 */
import { compareTicks } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { crc32 } from '../../numerics/crc32.ts'
import { stream } from '../../numerics/streams.ts'
import { type ControllerHost, createControllerHost } from './controller-host.ts'
import { createDevice, type DeviceReply, type DeviceRequest } from './device.ts'
import { createDisk } from './disk.ts'
import { FLIP_ALONE_MS, faultKinds, type Health } from './fault-kinds.ts'
import { createFaults } from './faults.ts'
import { createFieldIoHost } from './field-io-host.ts'
import { createJudge, type Violation } from './judge.ts'
import { createLoop } from './loop.ts'
import { type Mutant, NO_MUTANT } from './mutants.ts'
import { createOperators } from './operators.ts'
import type { WorldPlant } from './plant.ts'
import type { Program } from './process.ts'
import { standInPlant } from './stand-in.ts'
import { createWire, type Wire } from './wire.ts'

export interface WorldOptions {
  readonly mutant?: Mutant
  readonly chaos_ms?: number
  /** Another plant and engine than the world's own small one. */
  readonly plant?: WorldPlant
  /** Stop at the first violation. */
  readonly first?: boolean
  /** Where the world tells what happens, for a person who looks into a seed. */
  readonly trace?: (text: string) => void
}

export interface WorldResult {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly counters: Readonly<Record<string, number>>
  /** Of everything that happened. */
  readonly digest: number
}

const HEAL_MS = 30_000
/** Where everything else has been well for so long, no output may be missed. */
const SETTLED_MS = 3000
const SETTLED_IO_MS = 6000
/** Longest wait for an answer to a command where everything has been well for as long. */
const ANSWER_MS = 4000

export function runWorld(seed: number, options: WorldOptions = {}): WorldResult {
  const rules = options.mutant?.world ?? NO_MUTANT
  const chaos_ms = options.chaos_ms ?? 60_000
  const loop = createLoop()
  const chance = (name: string) => stream(seed, name)
  let digest = 0
  const trace = (text: string): void => {
    const line = `${loop.now.toFixed(3)} ${text}`
    for (let i = 0; i < line.length; i++) digest = (Math.imul(digest, 31) + line.charCodeAt(i)) >>> 0
    options.trace?.(line)
  }
  const plant = options.plant ?? standInPlant(rules.engine)
  const judge = createJudge(loop, plant, rules.engine.dedup)
  const disk = createDisk(loop, chance('disk'))
  const wire_counters = { messages: 0, damaged: 0 }
  const wire_chance = chance('wire')
  const health: Health = {
    flip_ms: Number.NEGATIVE_INFINITY,
    script_until_ms: 0,
    disk_since_ms: 0,
    on_result: undefined,
  }

  const device = createDevice(
    loop,
    chance('plant'),
    plant,
    {
      written: (at, positions, before, after) => {
        trace(`write ${at.epoch} ${at.n} ${after.join(' ')}`)
        judge.written(at, positions, before, after)
      },
    },
    { leaves_fail_state: rules.leaves_fail_state },
  )
  const device_wire = { delay_ms: 0, loss: 0, cut: false, clean_since_ms: 0 }
  const device_chance = chance('device wire')
  let device_last: [number, number] = [0, 0]
  let device_connection = 0

  const exchange = (connection: number, request: DeviceRequest, reply: (r: DeviceReply | undefined) => void): void => {
    if (connection !== device_connection) {
      device_connection = connection
      device_last = [0, 0]
    }
    const hop = (direction: 0 | 1, then: () => void): void => {
      const { cut, loss, delay_ms } = device_wire
      if (cut || device_chance.uniform() < loss) return
      const time = Math.max(
        loop.now + 0.3 + device_chance.uniform() * 3 + device_chance.uniform() * delay_ms,
        device_connection === connection ? device_last[direction] + 0.001 : 0,
      )
      if (device_connection === connection) device_last[direction] = time
      loop.at(time, then)
    }
    hop(0, () => {
      const answer = device.request(connection, request)
      hop(1, () => reply(answer))
    })
  }

  const fio = createFieldIoHost({
    loop,
    chance: chance('field-io'),
    judge,
    disk,
    config: { artifact: plant.artifact, time: 'wall', log_frames_max: 200, rules: rules.rules },
    drift: (chance('clock').uniform() - 0.5) * 1e-3,
    sendController: (index, message) => wires[index]!.send(0, message),
    sendGateway: (message) => gateway_wire.send(0, message),
    device: exchange,
    onStart: () => {
      for (const index of [0, 1] as const) later(() => connect(index))
      later(connectGateway)
    },
    onKill: () => {
      for (const index of [0, 1] as const) broken(index, 'field-io')
      gateway_wire.disconnect()
    },
    onFrame: () => checkMissed(),
    trace,
  })

  const controllers: ControllerHost[] = ([0, 1] as const).map((index) =>
    createControllerHost({
      loop,
      chance: chance(`controller ${index}`),
      judge,
      index,
      plant,
      twist: rules.twist,
      send: (message) => wires[index]!.send(1, message),
      tags: (tags) => {
        const delay_ms = 0.2 + wire_chance.uniform() * 20
        loop.after(delay_ms, () => operators.tags(tags))
      },
      onStart: () => later(() => connect(index)),
      onKill: () => broken(index, 'controller'),
    }),
  )

  const wires: Wire[] = ([0, 1] as const).map((index) =>
    createWire(
      loop,
      chance(`wire ${index}`),
      {
        receive: (direction, message) => {
          if (direction === 0) controllers[index]!.receive(message)
          else {
            if (message.type === 'output') {
              judge.heard()
              trace(`answer ${index} ${message.output.n} ${message.output.digest}`)
            }
            const dispute = fio.state?.dispute !== undefined
            fio.controller(index, message)
            const wrong = controllers.findIndex((c, i) => c.flipped && fio.state?.members[i]?.joined === true)
            if (dispute && fio.state?.dispute === undefined && wrong >= 0) {
              judge.fail('dispute', `it ended, and controller ${wrong} still runs on the state that was hit`)
            }
          }
        },
        opened: () => controllers[index]!.opened(),
        broken: () => {
          fio.controllerDown(index)
          controllers[index]!.down()
          later(() => connect(index))
        },
      },
      wire_counters,
      { crc: rules.crc },
    ),
  )

  const operators = createOperators({
    loop,
    chance: chance('operators'),
    judge,
    options: rules.operators,
    send: (message) => gateway_wire.send(1, message),
    onStart: () => later(connectGateway),
    onKill: () => gateway_wire.disconnect(),
  })

  const gateway_wire = createWire(
    loop,
    chance('gateway wire'),
    {
      receive: (direction, message: LinkMessage) => {
        if (direction === 0) {
          operators.receive(message)
          if (message.type === 'command-result') {
            trace(`result ${message.result.seq} ${message.result.outcome}`)
            health.on_result?.()
          }
        } else fio.gateway(message)
      },
      opened: () => {},
      broken: () => later(connectGateway),
    },
    wire_counters,
    { crc: rules.crc },
  )

  function later(action: () => void): void {
    loop.after(5 + wire_chance.uniform() * 45, action)
  }

  function connect(index: 0 | 1): void {
    if (fio.program.up && controllers[index]!.program.up && !wires[index]!.open) wires[index]!.connect()
  }

  function connectGateway(): void {
    if (fio.program.up && operators.program.up && !gateway_wire.open) gateway_wire.connect()
  }

  function broken(index: 0 | 1, side: 'field-io' | 'controller'): void {
    if (!wires[index]!.open) return
    wires[index]!.disconnect()
    // The other side notices a little later.
    loop.after(1 + wire_chance.uniform() * 50, () => {
      if (wires[index]!.open) return
      if (side === 'controller') fio.controllerDown(index)
      else controllers[index]!.down()
    })
  }

  // ------------------------------------------------------------------ missed outputs

  let judged_frame = { epoch: 0, n: 0 }
  let judged = 0
  const settled = (since_ms: number, for_ms: number): boolean => loop.now - since_ms >= for_ms
  const well = (program: Program, for_ms: number): boolean =>
    program.up && !program.paused && settled(program.well_since_ms, for_ms)

  function checkMissed(): void {
    const frame = judged_frame
    judged_frame = fio.state!.current!.entry.frame
    const someone = someoneWell(SETTLED_MS)
    const calm =
      well(fio.program, SETTLED_IO_MS) &&
      settled(device_wire.clean_since_ms, SETTLED_MS) &&
      settled(health.flip_ms, FLIP_ALONE_MS) &&
      frame.epoch === judged_frame.epoch &&
      settled(epoch_ms, SETTLED_IO_MS)
    if (frame.epoch !== judged_frame.epoch) epoch_ms = loop.now
    if (!someone || !calm || !judge.writes(frame)) return
    judged++
    if (compareTicks(judge.last_written, frame) < 0)
      judge.fail('missed output', `(${frame.epoch}, ${frame.n}) never reached the device`)
  }

  function someoneWell(for_ms: number): boolean {
    return controllers.some((c, i) => well(c.program, for_ms) && settled(wires[i]!.clean_since_ms, for_ms))
  }

  let epoch_ms = 0

  // ------------------------------------------------------------------ faults

  const kinds = faultKinds({
    loop,
    chance: chance('faults'),
    judge,
    fio,
    controllers,
    wires,
    operators,
    gateway_wire,
    device,
    device_wire,
    disk,
    health,
    flips: plant.operators !== undefined,
  })
  const faults = createFaults(loop, chance('fault times'), kinds, { from_ms: 4000, to_ms: chaos_ms, trace })

  // ------------------------------------------------------------------ the course of events

  if (plant.operators === undefined) operators.rest()
  const programs = [fio.program, controllers[0]!.program, controllers[1]!.program, operators.program]
  for (const program of programs) loop.at(wire_chance.uniform() * 500, () => program.start())
  const bounds = { chain: 0, records: 0 }
  const watch = (): void => {
    loop.after(1000, watch)
    bounds.chain = Math.max(bounds.chain, fio.state?.chain.entries.length ?? 0)
    bounds.records = Math.max(bounds.records, disk.records)
    if (bounds.records > 800) judge.fail('memory', `${bounds.records} records stand in the log`)
    if (bounds.chain > 400) judge.fail('memory', `${bounds.chain} frames are kept`)
    const served =
      well(fio.program, SETTLED_IO_MS) &&
      well(operators.program, ANSWER_MS) &&
      someoneWell(ANSWER_MS) &&
      settled(gateway_wire.clean_since_ms, ANSWER_MS) &&
      settled(health.disk_since_ms, 2 * ANSWER_MS) &&
      settled(health.flip_ms, FLIP_ALONE_MS + ANSWER_MS) &&
      settled(epoch_ms, ANSWER_MS)
    if (served && settled(operators.waits_since_ms, ANSWER_MS)) {
      judge.fail('no answer', `a command waits for ${Math.round(loop.now - operators.waits_since_ms)} ms`)
    }
  }
  watch()

  const slice_ms = 1000
  const end_ms = chaos_ms + HEAL_MS
  for (let t = slice_ms; t <= end_ms; t += slice_ms) {
    if (t - slice_ms === chaos_ms) {
      faults.calm()
      for (const program of programs) {
        program.resume()
        program.start()
      }
    }
    if (t - slice_ms === chaos_ms + HEAL_MS / 2) operators.rest()
    loop.run(t)
    if (options.first === true && judge.violations.length > 0) break
  }
  if (!(options.first === true && judge.violations.length > 0)) checkEnd()

  function checkEnd(): void {
    const state = fio.state
    const say = (what: string): void => judge.fail('heal', what)
    if (state === undefined || state.phase !== 'running') say(`field-io is ${state?.phase}`)
    else {
      state.members.forEach((m, i) => {
        if (!m.joined) say(`controller ${i} is not joined`)
      })
      if (state.dispute !== undefined) say('a dispute is open')
      if (state.log.failed) say('the log is broken')
      if (state.chain.entries.length > 120) say(`${state.chain.entries.length} frames since the last snapshot but one`)
    }
    if (device.tripped) say('the device is tripped')
    if (judge.tip.n - judge.last_written.n > 2 || judge.tip.epoch !== judge.last_written.epoch)
      say('no outputs are written')
    if (operators.open > 0) say(`${operators.open} commands without an answer`)
    const totals = judge.totals()
    totals.forEach((total, station) => {
      const answered = judge.applied[station]!
      if (total !== answered)
        judge.fail('commands', `station ${station}: ${answered} acknowledged as applied, ${total} there`)
    })
  }

  const { frames, writes, answers, step_largest } = judge.counters
  let fault_count = 0
  let flips = 0
  for (const [name, count] of faults.counts) {
    fault_count += count
    if (name.startsWith('flip')) flips += count
  }
  const text = `${digest} ${frames} ${writes} ${loop.count}`
  return {
    seed,
    violations: judge.violations,
    digest: crc32(Uint8Array.from(text, (c) => c.charCodeAt(0))),
    counters: {
      faults: fault_count,
      flips,
      events: loop.count,
      messages: wire_counters.messages,
      damaged: wire_counters.damaged,
      frames,
      writes,
      judged,
      step_largest,
      epochs: judge.tip.epoch,
      commands: operators.given,
      ...answers,
      chain_largest: bounds.chain,
      records_largest: bounds.records,
      simulated_ms: end_ms,
    },
  }
}
