/**
 * One scan with its wires: ask the device, judge, give the outputs, take the receipt.
 *
 * A scan is never skipped for the wire's sake: when the answer is not there in time the solver judges without a
 * frame, and an answer that comes later counts for the next scan. Nothing here waits: `begin` sends, the answers call
 * back.
 */
import { FAULT, KEY } from '../core/codes.ts'
import type { SisInputs } from '../core/inputs.ts'
import type { Solver } from '../core/solver.ts'
import type { SolverEnd } from './channel.ts'
import type { ModbusMaster } from './modbus-master.ts'
import { DEVICE_FLAG, deviceCount, deviceFlags, IMAGE_BYTES, readImage, writeImage } from './process-image.ts'
import type { RunningHash } from './running-hash.ts'

/** Registers of a protected message: 74 bytes. */
export const CHANNEL_REGISTERS = 37

/** The number of a device that lives moves within so many scans. */
const FROZEN_SCANS = 2

export interface ScanCycleOptions {
  readonly solver: Solver
  readonly inputs: SisInputs
  readonly channel: SolverEnd
  readonly master: Pick<ModbusMaster, 'exchange' | 'connected' | 'busy'>
  readonly hash: RunningHash
  /** The answer to the first exchange is waited for so long. */
  readonly wait_ms: number
  /** Process time of the channel's ends, ms. */
  readonly now_ms: () => number
  /** The solver's number of scan n. */
  readonly numberOf: (n: number) => number
  /** Fills what the wires do not bring: requests, link, faults. */
  readonly before: (n: number) => void
  /** Outputs stand in the solver. */
  readonly after: (n: number) => void
}

export interface ScanCycle {
  /** Faults of the edge, bits of FAULT, that every scan carries. */
  faults: number
  readonly running_hash: number
  /** Flags that the device said last. */
  readonly device_flags: number
  /** `done` once, when the receipt is there or cannot come. */
  begin(n: number, done?: () => void): void
  /** Inputs of the next scan are only those that are heard from now on. */
  forget(): void
}

export function createScanCycle(options: ScanCycleOptions): ScanCycle {
  const { solver, inputs, channel, master, hash } = options
  const keySwitch = solver.config.contacts.findIndex((c) => c.tag === solver.config.key_switch)
  const ownKey = solver.config.mode === 'RUN' ? KEY.run : KEY.simulation
  const watchdog_ds = Math.min(0xffff, Math.ceil(solver.config.output_watchdog_ms / 100))
  const write = new Uint16Array(CHANNEL_REGISTERS)
  const read = new Uint16Array(CHANNEL_REGISTERS)
  const image = new Uint8Array(IMAGE_BYTES)
  let n = 0
  let done: (() => void) | undefined
  let scanned = true
  let fresh = false
  let count = -1
  let moved = 0
  let running = hash.expected
  let flags = 0
  /** The device let its outputs go by itself: they must not come back by themselves. */
  let rearm = false

  const onAnswer = (ok: boolean): void => {
    if (ok && channel.takeInputs(read, options.now_ms()) === 0) {
      const alive = deviceCount(channel.inputs)
      if (alive !== count) moved = n
      count = alive
      // A device counts with a period of its own and may be asked twice in one. One that stands repeats its inputs:
      // they age.
      if (n - moved <= FROZEN_SCANS) fresh = true
      flags = deviceFlags(channel.inputs)
    }
    if (!scanned) scan()
    give()
  }
  const onReceipt = (ok: boolean): void => {
    if (ok) channel.takeReceipt(read, options.now_ms())
    end()
  }
  const end = (): void => {
    const tell = done
    done = undefined
    tell?.()
  }
  const limit = setTimeout(() => {
    if (scanned) return
    scan()
    // The wire is taken by the first exchange; its answer, or its end, gives the outputs.
    if (!master.busy) give()
  }, options.wait_ms)
  limit.unref()

  const scan = (): void => {
    scanned = true
    limit.unref()
    channel.expire(options.now_ms())
    if (channel.state !== 'sound') fresh = false
    inputs.frame = fresh ? 1 : 0
    if (fresh) {
      inputs.seq = (inputs.seq + 1) & 0x7fffffff
      readImage(channel.inputs, inputs)
    }
    fresh = false
    inputs.key = keySwitch >= 0 && inputs.contacts[keySwitch] === 1 ? KEY.program : ownKey
    running = hash.compute()
    rearm = (flags & DEVICE_FLAG.watchdog) !== 0
    inputs.faults =
      cycle.faults | (running === hash.expected ? 0 : FAULT.configurationHash) | (rearm ? FAULT.watchdog : 0)
    options.before(n)
    solver.scan(inputs, options.numberOf(n))
    inputs.command_count = 0
    options.after(n)
  }
  const give = (): void => {
    let any = false
    for (let i = 0; i < solver.outputs.length; i++) if (solver.outputs[i] === 1) any = true
    writeImage(image, n, solver.outputs, watchdog_ds, rearm && !any, running)
    channel.give(image, write)
    if (!master.exchange(write, read, onReceipt)) end()
  }

  const cycle: ScanCycle = {
    faults: 0,
    get running_hash() {
      return running
    },
    get device_flags() {
      return flags
    },
    begin(number, tell) {
      end()
      n = number
      done = tell
      scanned = false
      if (master.connected && !master.busy) {
        // The age of the answer is counted from here.
        channel.expire(options.now_ms())
        channel.ask(write)
        if (master.exchange(write, read, onAnswer)) {
          limit.refresh()
          limit.ref()
          return
        }
      }
      scan()
      if (!master.busy) end()
    },
    forget() {
      fresh = false
      count = -1
      flags = 0
    },
  }
  return cycle
}
