/** What can go wrong in the world. Each kind begins at any moment and ends by itself; those at the end are scripts with a point. */
import { LIMITS } from '../../field-io/core/rules.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { ControllerHost } from './controller-host.ts'
import type { SimulatedDevice } from './device.ts'
import type { Disk } from './disk.ts'
import type { FaultKind } from './faults.ts'
import type { FieldIoHost } from './field-io-host.ts'
import type { Judge } from './judge.ts'
import type { Loop } from './loop.ts'
import type { Operators } from './operators.ts'
import { TICK_MS } from './plant.ts'
import type { Program } from './process.ts'
import type { Trouble, Wire } from './wire.ts'

export interface Scene {
  readonly loop: Loop
  readonly chance: Stream
  readonly judge: Judge
  readonly fio: FieldIoHost
  readonly controllers: readonly ControllerHost[]
  readonly wires: readonly Wire[]
  readonly operators: Operators
  readonly gateway_wire: Wire
  readonly device: SimulatedDevice
  readonly device_wire: DeviceWire
  readonly disk: Disk
  readonly health: Health
  /** Whether bits may turn. */
  readonly flips: boolean
}

export interface DeviceWire {
  delay_ms: number
  loss: number
  cut: boolean
  clean_since_ms: number
}

/** What the invariants are judged by, and one hook. */
export interface Health {
  /** Of the last bit flip. */
  flip_ms: number
  /** Until when a script still has something to do: a bit flip stays away from it. */
  script_until_ms: number
  /** Since when the disk is neither full nor slow. */
  disk_since_ms: number
  /** The next answer to a command that field-io sends triggers this. */
  on_result: (() => void) | undefined
}

/** No other fault is begun for so long after a bit flip: one copy alone cannot find its own. */
export const FLIP_ALONE_MS = 8000
export const FLIP_MAX_MS = 4000
/** A snapshot is asked for at least so often. */
const FLIP_WAIT_MS = 6000
const SYNC_MS = 12

type End = (() => void) | undefined

export function faultKinds(scene: Scene): FaultKind[] {
  const {
    loop,
    chance,
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
    flips,
  } = scene
  const kinds: FaultKind[] = []
  const kind = (name: string, length_ms: number, begin: () => End): void => {
    const alone = (): boolean => loop.now - health.flip_ms < FLIP_ALONE_MS
    kinds.push({ name, length_ms, begin: () => (alone() ? undefined : begin()) })
  }
  const killing = (program: Program, before: () => void = () => {}): End => {
    if (!program.up) return undefined
    before()
    program.kill()
    return () => program.start()
  }
  const pausing = (program: Program): End => {
    if (!program.up || program.paused) return undefined
    program.pause()
    return () => program.resume()
  }
  const trouble = (wire: Wire, ways: number, change: (t: Trouble) => void): End => {
    wire.clean_since_ms = Number.POSITIVE_INFINITY
    for (const way of [0, 1] as const) if ((ways & (1 << way)) !== 0) change(wire.trouble[way])
    return () => {
      for (const t of wire.trouble) Object.assign(t, { loss: 0, double: 0, damage: 0, delay_ms: 0, cut: false })
      wire.clean_since_ms = loop.now
    }
  }
  const way = (): number => 1 + chance.below(3)

  for (const index of [0, 1] as const) {
    const { program } = controllers[index]!
    const wire = wires[index]!
    kind(`kill controller ${index}`, 10_000, () => killing(program))
    kind(`pause controller ${index}`, 12_000, () => pausing(program))
    kind(`loss ${index}`, 5000, () =>
      trouble(wire, way(), (t) => Object.assign(t, { loss: 0.05 + 0.5 * chance.uniform() })),
    )
    kind(`delay ${index}`, 5000, () =>
      trouble(wire, way(), (t) => Object.assign(t, { delay_ms: 20 + 800 * chance.uniform() })),
    )
    kind(`double ${index}`, 5000, () =>
      trouble(wire, way(), (t) => Object.assign(t, { double: 0.3, delay_ms: 300 * chance.uniform() })),
    )
    kind(`damage ${index}`, 4000, () =>
      trouble(wire, way(), (t) => Object.assign(t, { damage: 0.02 + 0.1 * chance.uniform() })),
    )
    kind(`cut ${index}`, 5000, () => trouble(wire, way(), (t) => Object.assign(t, { cut: true })))
    if (!flips) continue
    kind(`flip ${index}`, 1, () => flip(index, 'now', 0))
    kind(`flip ${index} beside a slow one`, 1, () => flip(index, 'now', 350))
    kind(`flip ${index} before its snapshot`, 1, () => flip(index, 'before its snapshot', 0))
  }
  kind('kill both controllers', 40_000, () => {
    const ends = controllers.map((c) => killing(c.program))
    return () => {
      for (const end of ends) end?.()
    }
  })
  kind('kill field-io', 3000, () => killing(fio.program))
  kind('power cut', 3000, () => killing(fio.program, () => disk.powerCut()))
  kind('pause field-io', 2500, () => pausing(fio.program))
  kind('blink field-io', 150, () => pausing(fio.program))
  kind('disk full', 12_000, () => {
    badDisk({ full: true })
    return goodDisk
  })
  kind('disk slow', 8000, () => {
    badDisk({ sync_ms_max: 1500 })
    return goodDisk
  })
  kind('kill gateway', 4000, () => killing(operators.program))
  kind('gateway loss', 5000, () => trouble(gateway_wire, 3, (t) => Object.assign(t, { loss: 0.4 })))
  kind('gateway delay', 8000, () => trouble(gateway_wire, 3, (t) => Object.assign(t, { delay_ms: 4000, double: 0.3 })))
  kind('gateway damage', 5000, () => trouble(gateway_wire, 3, (t) => Object.assign(t, { damage: 0.2 })))
  const deviceTrouble = (change: Partial<DeviceWire>): End => {
    Object.assign(device_wire, change, { clean_since_ms: Number.POSITIVE_INFINITY })
    return () => Object.assign(device_wire, { delay_ms: 0, loss: 0, cut: false, clean_since_ms: loop.now })
  }
  kind('device cut', 4000, () => deviceTrouble({ cut: true }))
  kind('device loss', 4000, () => deviceTrouble({ loss: 0.2 }))
  kind('device delay', 4000, () => deviceTrouble({ delay_ms: 30 + 800 * chance.uniform() }))
  kind('device reboot', 1, () => {
    device.reboot()
    return deviceTrouble({})
  })
  kind('blackout', 8000, blackout)
  kind('zombie', 5000, zombie)
  return kinds

  /** A bit of one controller's state turns, at once or just before it sends its state away, maybe beside a slow peer. */
  function flip(index: 0 | 1, when: 'now' | 'before its snapshot', slow_ms: number): End {
    const members = fio.state?.members
    const joined = members?.every((m) => m.joined) === true && fio.state?.dispute === undefined
    const programs = [fio.program, ...controllers.map((c) => c.program)]
    const quiet = programs.every((p) => p.up && !p.paused && loop.now - p.well_since_ms > 1000)
    const clean = wires.every((w) => loop.now - w.clean_since_ms > 1000)
    if (loop.now < health.script_until_ms) return undefined
    if (!joined || !quiet || !clean || controllers.some((c) => c.flipped)) return undefined
    const go = (): (() => void) => {
      if (slow_ms > 0) {
        const end = trouble(wires[1 - index]!, 3, (t) => Object.assign(t, { delay_ms: slow_ms }))
        loop.after(FLIP_MAX_MS / 3, () => end?.())
      }
      return controllers[index]!.flip(when, () => {
        health.flip_ms = loop.now
        judge.excuse(loop.now + FLIP_MAX_MS)
        loop.after(FLIP_MAX_MS, () => {
          if (controllers[index]!.flipped)
            judge.fail('flip', `controller ${index} still runs on the state that was hit`)
        })
      })
    }
    // Nothing else happens meanwhile, also while it waits.
    health.flip_ms = loop.now + FLIP_WAIT_MS
    if (when === 'before its snapshot') loop.after(FLIP_WAIT_MS / 2, go())
    else if (slow_ms === 0 || chance.uniform() < 0.5) go()
    else shortlyBeforeSnapshot(go, FLIP_WAIT_MS)
    return () => {}
  }

  /** So that a snapshot falls due in the middle of the dispute. */
  function shortlyBeforeSnapshot(go: () => void, left_ms: number): void {
    const since = fio.state?.checkpoint.since ?? 0
    if (since >= LIMITS.snapshot_every - 4 && since < LIMITS.snapshot_every) go()
    else if (left_ms > 0) loop.after(TICK_MS, () => shortlyBeforeSnapshot(go, left_ms - TICK_MS))
  }

  /**
   * Everything but the device loses its power right after an answer, with a slow disk: what was answered too early is gone. And
   * maybe once more, while the new epoch is young.
   */
  function blackout(): End {
    const twice = chance.uniform() < 0.6
    badDisk({ sync_ms_max: 1500 })
    const programs = [controllers[0]!.program, controllers[1]!.program, fio.program]
    const cut = (): void => {
      if (fio.program.up) disk.powerCut()
      for (const program of programs) program.kill()
    }
    const back = (): void => {
      for (const program of programs) program.start()
    }
    health.on_result = () => {
      health.on_result = undefined
      health.script_until_ms = Math.max(health.script_until_ms, loop.now + 1000)
      cut()
      loop.after(20, back)
      if (!twice) return
      loop.after(150 + chance.uniform() * 600, () => {
        cut()
        loop.after(20, back)
      })
    }
    return () => {
      health.on_result = undefined
      goodDisk()
      back()
    }
  }

  /** One controller keeps the state of an epoch whose end was lost, and comes back with the larger n. */
  function zombie(): End {
    const index = chance.below(2)
    const dead = controllers[1 - index]!.program
    const restart = (): void => {
      if (fio.program.up) disk.powerCut()
      fio.program.kill()
      loop.after(50, () => fio.program.start())
    }
    let end: End
    health.script_until_ms = Math.max(health.script_until_ms, loop.now + 4500)
    badDisk({ full: true })
    loop.after(2500, () => {
      goodDisk()
      end = trouble(wires[index]!, 3, (t) => Object.assign(t, { cut: true }))
      dead.kill()
      restart()
      loop.after(100, () => dead.start())
    })
    loop.after(4200, () => {
      end?.()
      restart()
    })
    return goodDisk
  }

  function badDisk(change: { full?: boolean; sync_ms_max?: number }): void {
    Object.assign(disk, change)
    health.disk_since_ms = Number.POSITIVE_INFINITY
  }

  function goodDisk(): void {
    Object.assign(disk, { full: false, sync_ms_max: SYNC_MS })
    health.disk_since_ms = loop.now
  }
}
