// The map for third parties, read by mbpoll as a third party would.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { STATUS } from '../../contracts/status.ts'
import type { NorthboundView } from '../../gateway/core/northbound.ts'
import { createValueTable } from '../../gateway/core/value-table.ts'
import { serveNorthbound } from '../../gateway/edge/northbound.ts'
import type { ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'
import { mbpoll } from './peers/peers.ts'

const published = [{ key: 'TI-1.PV', status: 0 }]
const table = createValueTable(published)
table.filled = true
table.values[0] = 230.5
table.statuses[0] = STATUS.good
const view: NorthboundView = { published, table, live: true, age_ms: 0 }
const folder = mkdtempSync(join(tmpdir(), 'flyball-northbound-'))
const path = join(folder, 'northbound.csv')
let server: ModbusTcpServer | undefined
afterEach(async () => {
  await server?.close()
  rmSync(path, { force: true })
})

const poll = (...more: string[]): Promise<string> =>
  mbpoll(['-m', 'tcp', '-p', String(server!.port), '-0', '-1', ...more, '127.0.0.1'])

test('mbpoll reads the value as a float and the status beside it, and cannot write', async () => {
  writeFileSync(path, 'register,key,unit,description\n8,TI-1.PV,C,"Top, PV"\n')
  server = await serveNorthbound({ path, port: 0 }, () => view)
  expect(await poll('-t', '3:float', '-B', '-r', '8')).toContain('230.5')
  expect(await poll('-t', '3:hex', '-r', '10')).toContain('0x0080')
  expect(await poll('-t', '3', '-r', '12')).toContain('Illegal data address')
  expect(
    await mbpoll(['-m', 'tcp', '-p', String(server.port), '-0', '-r', '8', '-t', '4', '127.0.0.1', '7']),
  ).toContain('Illegal function')
})

test('a map that is not there, or has a wrong line, is a fault with the file, the line and what to do', async () => {
  await expect(serveNorthbound({ path, port: 0 }, () => view)).rejects.toThrow(/GW_NORTHBOUND.*flyball northbound/s)
  writeFileSync(path, 'register,key\n7,TI-1.PV\n')
  await expect(serveNorthbound({ path, port: 0 }, () => view)).rejects.toThrow(/GW_NORTHBOUND.*line 2.*multiple of 4/s)
})
