/** The small plant of the world: one device, three inputs, two outputs, two operator stations. */
import type { FieldIoArtifact } from '../../field-io/core/events.ts'

export const TICK_MS = 100
export const DEVICE_INPUTS = 3
export const DEVICE_OUTPUTS = 2
export const STATIONS = 2
export const STEP_MAX = 2
export const FAIL_VALUE = 10
export const WATCHDOG_MS = 1500

const codec = { table: 'input', register: 0, type: 'float32', counts_per_unit: 1, quantity: 'EU' } as const

export const PLANT: FieldIoArtifact = {
  hash: 'world',
  tick_ms: TICK_MS,
  io: {
    devices: [{ id: 'RIO-1', description: '', protocol: 'modbus-tcp', endpoint: '', unit: 1, timeout_ms: 300 }],
    inputs: Array.from({ length: DEVICE_INPUTS }, (_, i) => ({
      ...codec,
      point: `RIO-1/AI/${i}`,
      device: 0,
      status_register: -1,
    })),
    outputs: Array.from({ length: DEVICE_OUTPUTS }, (_, i) => ({
      ...codec,
      point: `RIO-1/AO/${i}`,
      device: 0,
      readback_register: 0,
      step_max: STEP_MAX,
      min: 0,
      max: 100,
    })),
  },
  control: {
    inputs: Array.from({ length: DEVICE_INPUTS }, (_, s) => ({ point: `RIO-1/AI/${s}`, s })),
    outputs: Array.from({ length: DEVICE_OUTPUTS }, (_, s) => ({ point: `RIO-1/AO/${s}`, s })),
    stations: { s: 0, count: STATIONS },
  },
}
