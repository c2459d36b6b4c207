import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Artifact, DeviceRecord } from '../../contracts/artifact.ts'
import { contentHash } from '../../protocols/edge/artifact-check.ts'
import { FieldIoConfigFault, prepare } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'flyball-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const device = (more: Partial<DeviceRecord>): DeviceRecord => ({
  id: 'D',
  description: '',
  protocol: 'modbus-tcp',
  endpoint: 'plant:D',
  unit: 1,
  timeout_ms: 100,
  ...more,
})

function prepared(record: DeviceRecord, endpoints: Record<string, string> = {}, output = false) {
  const point = { point: 'D/AO', device: 0, table: 'holding', register: 0, type: 'uint16' } as const
  const rest = { counts_per_unit: 1, quantity: 'EU', readback_register: -1, step_max: 1, min: 0, max: 1 } as const
  const content = {
    format: 1,
    name: 'x',
    title: '',
    tick_ms: 100,
    control: {},
    io: { devices: [record], inputs: [], outputs: output ? [{ ...point, ...rest }] : [] },
    tags: [],
    displays: [],
  } as unknown as Artifact
  const path = join(folder, 'artifact.json')
  writeFileSync(path, JSON.stringify({ ...content, hash: contentHash(content) }))
  return prepare({ artifact_path: path, endpoints, link_port: 0, data_dir: folder }).endpoints
}

test('each network stands where the run says, or where its own name says', () => {
  expect(
    prepared(device({ endpoint_b: '10.0.0.8:1502' }), {
      'plant:D': '127.0.0.1:4502',
    }),
  ).toEqual([['127.0.0.1:4502', '10.0.0.8:1502']])
  expect(prepared(device({ endpoint: 'plc-7' }))).toEqual([['plc-7']])
  expect(prepared(device({ protocol: 'modbus-rtu', endpoint: '/dev/ttyUSB0' }))).toEqual([['/dev/ttyUSB0']])
})

test('a network that is nowhere is named with its device and what is expected, all at once', () => {
  const fault = (make: () => unknown): string => {
    try {
      make()
    } catch (cause) {
      expect(cause).toBeInstanceOf(FieldIoConfigFault)
      return (cause as Error).message
    }
    return ''
  }
  const both = fault(() => prepared(device({ endpoint_b: 'plant:D/B' })))
  expect(both).toContain("D: endpoint 'plant:D' is not host:port")
  expect(both).toContain("D: endpoint 'plant:D/B' is not host:port")
  expect(fault(() => prepared(device({ protocol: 'modbus-rtu' })))).toContain('a serial port')
})

test('outputs without a watchdog need a name and a reason', () => {
  const endpoint = '10.0.0.8:502'
  expect(() => prepared(device({ endpoint }), {}, true)).toThrow('nobody signed that off')
  expect(prepared(device({ endpoint, hold_signed_off: 'J. Hale: a display only' }), {}, true)).toEqual([[endpoint]])
})
