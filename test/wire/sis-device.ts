/**
 * The safety system's I/O device as a process of its own: Modbus/TCP in front, the device's end of the protected
 * channel behind, real time. Told over IPC what its contacts and currents are, it says what its solenoids did and
 * when. Started by sis-rig.ts.
 */

import type { SafetyField } from '../../plant-sim/core/instruments/safety-field.ts'
import { type ChannelFacts, createDeviceEnd } from '../../plant-sim/core/safety-channel/device-end.ts'
import { safetyDropModel } from '../../plant-sim/edge/drop-model.ts'
import { listenModbus } from '../../protocols/edge/modbus-tcp-server.ts'
import { type DemandPlan, runDemands } from './sis-demands.ts'

export interface DeviceSetup {
  readonly facts: ChannelFacts
  readonly counts: readonly number[]
  /** Bit i is contact i. */
  readonly contacts: number
  /** Energised elements that stand open. */
  readonly normal_open: readonly boolean[]
}

export type ToDevice =
  | { readonly type: 'setup'; readonly setup: DeviceSetup }
  | { readonly type: 'count'; readonly i: number; readonly value: number }
  | { readonly type: 'contact'; readonly i: number; readonly closed: boolean }
  | { readonly type: 'ask'; readonly id: number }
  | { readonly type: 'demands'; readonly plan: DemandPlan }

export interface DeviceState {
  readonly solenoids: number
  readonly tripped: boolean
  /** Times that any solenoid came on since the start. */
  readonly energised: number
  readonly messages: number
  /** Longest time between two writes of outputs since the last question, ms. */
  readonly gap_ms: number
  readonly wrong: number
}

/** What the demands need of the device. */
export interface Field {
  readonly counts: number[]
  solenoids: number
  /** After each write of the solenoids. */
  on_write: () => void
}

const tell = (message: object): void => void process.send?.(message)
let field: Field | undefined
let contacts = 0
let tripped = false
let energised = 0
let written_at = Number.NaN
let gap_ms = 0
let watchdog_ms = 2000
let end: ReturnType<typeof createDeviceEnd> | undefined

async function open({ facts, counts, contacts: closed, normal_open }: DeviceSetup): Promise<void> {
  contacts = closed
  const here: Field = { counts: [...counts], solenoids: 0, on_write: () => {} }
  field = here
  const stand = (open: boolean): number =>
    normal_open.reduce(
      (bits, opens, i) => bits | ((((here.solenoids >> i) & 1) === 1) === (opens === open) ? 1 << i : 0),
      0,
    )
  const put = (solenoids: number): void => {
    if ((solenoids & ~here.solenoids) !== 0) energised++
    here.solenoids = solenoids
    here.on_write()
  }
  const channel = createDeviceEnd(facts, {
    transmitters: counts.length,
    contact_count: 6,
    elements: normal_open.length,
    count: (i) => here.counts[i]!,
    lineFault: () => false,
    contacts: () => contacts,
    open: () => stand(true),
    closed: () => stand(false),
    solenoids: () => here.solenoids,
    isTripped: () => tripped,
    isPaused: () => false,
    write(solenoids) {
      const now = performance.now()
      if (!Number.isNaN(written_at)) gap_ms = Math.max(gap_ms, now - written_at)
      written_at = now
      if (!tripped) put(solenoids)
    },
    setWatchdog(tenths_s) {
      watchdog_ms = 100 * tenths_s
    },
    trip() {
      tripped = true
      put(0)
    },
    rearm() {
      tripped = false
      written_at = performance.now()
    },
  })
  end = channel
  setInterval(() => {
    const now = performance.now()
    channel.advance(now)
    if (!tripped && !Number.isNaN(written_at) && now - written_at > watchdog_ms) {
      tripped = true
      put(0)
    }
  }, 10)
  const drop = {
    equipment: { drop: 'SIS-1' },
    channel,
    readInput: () => -1,
    readHolding: () => -1,
    isHolding: () => false,
    writeHolding: () => false,
  }
  const server = await listenModbus(safetyDropModel(drop as unknown as SafetyField), { port: 0, units: [1] })
  tell({ type: 'ready', port: server.port })
}

process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToDevice) => {
  if (message.type === 'setup') void open(message.setup)
  else if (message.type === 'count') field!.counts[message.i] = message.value
  else if (message.type === 'contact')
    contacts = message.closed ? contacts | (1 << message.i) : contacts & ~(1 << message.i)
  else if (message.type === 'ask') {
    const { counts } = end!
    const wrong = counts.check_sum + counts.version + counts.kind + counts.number + counts.test_mode
    const state: DeviceState = {
      solenoids: field!.solenoids,
      tripped,
      energised,
      messages: counts.messages,
      gap_ms,
      wrong,
    }
    gap_ms = 0
    tell({ type: 'state', id: message.id, state })
  } else void runDemands(field!, message.plan).then((result) => tell({ type: 'demands', result }))
})
