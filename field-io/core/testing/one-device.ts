/** One device with one input and one output, for tests of the machine around it. */
import type { FieldIoArtifact } from '../events.ts'

/** Period of its frames, ms. */
export const TICK_MS = 100
export const REGISTER = {
  table: 'input',
  register: 0,
  type: 'float32',
  counts_per_unit: 1,
  quantity: 'EU',
} as const

export const ONE_DEVICE: FieldIoArtifact = {
  hash: 'a',
  tick_ms: TICK_MS,
  io: {
    devices: [{ id: 'D', description: '', protocol: 'modbus-tcp', endpoint: '', unit: 1, timeout_ms: 300 }],
    inputs: [{ ...REGISTER, point: 'D/AI/1', device: 0, status_register: -1 }],
    outputs: [{ ...REGISTER, point: 'D/AO/1', device: 0, readback_register: 0, step_max: 2, min: 0, max: 100 }],
  },
  control: { inputs: [{ point: 'D/AI/1', s: 0 }], outputs: [{ point: 'D/AO/1', s: 0 }], stations: { s: 0, count: 2 } },
}
