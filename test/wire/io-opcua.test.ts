// `flyball io check` of a strategy with an OPC UA server pair: one there, one not, and a node that is not.
import { afterEach, expect, test } from 'vitest'
import { checkDevices } from '../../cli/io/check.ts'
import { checkText } from '../../cli/io/check-text.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { DeviceRecord, InputPoint } from '../../contracts/artifact.ts'
import { folder, node, standIn } from './opcua-stand-in.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('[IO-CLI-17] both servers are looked at, each point with its quality, and what is wrong is said', async () => {
  const { path, remove } = folder()
  ends.push(remove)
  const server = await standIn({ pki: `${path}/server`, none: true })
  ends.push(() => server.stop())
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error('strategies/bench-loop does not build')
  const device: DeviceRecord = {
    id: 'UA-1',
    description: 'a pair of servers',
    protocol: 'opcua',
    endpoint: 'opc.tcp://server-a:4840/test',
    endpoint_b: 'opc.tcp://server-b:4840/test',
    unit: 0,
    timeout_ms: 1000,
    opcua: { policy: 'None', mode: 'None', access: 'read', silence_ms: 2000 },
  }
  const input = (n: number, of: string): InputPoint => ({
    point: `UA-1/AI/${n}`,
    device: 0,
    status_register: -1,
    table: 'input',
    register: 0,
    type: 'float64',
    counts_per_unit: 1,
    quantity: 'EU',
    node: of,
  })
  const io = { devices: [device], inputs: [input(1, node('level')), input(2, node('nobody'))], outputs: [] }
  const control = { ...built.artifact.control, inputs: [], outputs: [] }
  const endpoints = new Map([
    ['opc.tcp://server-a:4840/test', `opc.tcp://127.0.0.1:${server.port}/test`],
    ['opc.tcp://server-b:4840/test', 'opc.tcp://127.0.0.1:1/test'],
  ])
  const report = await checkDevices({ ...built.artifact, control, io }, endpoints, path, { pki_dir: `${path}/pki` })
  expect(report.paths.map((p) => [p.path, p.connected])).toEqual([
    ['A', true],
    ['B', false],
  ])
  expect(report.paths[0]!.points).toMatchObject([
    { point: 'UA-1/AI/1', quantity: 1.5, quality: 'good' },
    { point: 'UA-1/AI/2', quantity: null, quality: 'bad' },
  ])
  expect(report.wrong).toEqual([
    expect.stringMatching(/^UA-1 network A at .*UA-1\/AI\/2: Bad.*Is the node id right/),
    expect.stringMatching(/^UA-1 network B at opc\.tcp:\/\/127\.0\.0\.1:1\/test: IO_/),
  ])
  expect(checkText(report)).toMatch(/2 paths, 4 points, 2 wrong/)
})
