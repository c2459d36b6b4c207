import { memoryModel } from '../../../protocols/core/modbus/model.ts'
import { ModbusTcpClient } from '../../../protocols/edge/modbus-tcp-client.ts'
import { listenModbus } from '../../../protocols/edge/modbus-tcp-server.ts'
import { libmodbusProgram, libmodbusServer, output } from '../../wire/peers/peers.ts'
import type { BenchRow } from '../row.ts'

const ROUNDS = 9
const ROUND_S = 0.4
const CLIENT_BAR = 0.75
const DEEP_BAR = 8
const SERVER_BAR = 0.85

/**
 * Transactions a second of function 3 x 125 over loopback, our client and our server against libmodbus in the same
 * run: rounds are interleaved and the median ratio of a round counts, so that a stall of the machine meets all.
 */
export async function benchModbus(): Promise<BenchRow[]> {
  const c_client = await libmodbusProgram('client')
  const c_server = await libmodbusServer()
  const ours = await listenModbus(memoryModel({ holding: new Uint16Array(1000) }), { port: 0 })
  const rates: { c: number; one: number; deep: number; server: number }[] = []
  try {
    await clientRate(c_server.port, 1, 0.3)
    await output(c_client, ['bench', String(ours.port), '0.3'])
    for (let round = 0; round < ROUNDS; round++) {
      rates.push({
        c: Number(await output(c_client, ['bench', String(c_server.port), String(ROUND_S)])),
        one: await clientRate(c_server.port, 1, ROUND_S),
        deep: await clientRate(c_server.port, 16, ROUND_S),
        server: Number(await output(c_client, ['bench', String(ours.port), String(ROUND_S)])),
      })
    }
  } finally {
    await ours.close()
    await c_server.close()
  }
  const c = median(rates.map((r) => r.c))
  const row = (name: string, of: 'one' | 'deep' | 'server', bar: number): BenchRow => {
    const ratio = median(rates.map((r) => r[of] / r.c))
    return { name, value: median(rates.map((r) => r[of])), unit: 'tx/s', reference: c, ratio, bar, ok: ratio >= bar }
  }
  return [
    row('Modbus client, 1 request under way, against libmodbus client', 'one', CLIENT_BAR),
    row('Modbus client, 16 requests under way, against libmodbus client', 'deep', DEEP_BAR),
    row('Modbus server, against libmodbus server', 'server', SERVER_BAR),
  ]
}

/** Transactions a second of our client with `depth` requests always under way. */
function clientRate(port: number, depth: number, for_s: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0
    let from_ms = 0
    const client = new ModbusTcpClient(`127.0.0.1:${port}`, {
      timeout_ms: 2000,
      limits: { outstanding_max: depth },
      on_state: (connected) => {
        if (!connected) return
        from_ms = performance.now()
        for (let i = 0; i < depth; i++) ask()
      },
    })
    const ask = (): void =>
      client.call(1, { function: 3, address: 0, quantity: 125 }, (fault) => {
        if (fault !== undefined) return fault.code === 'IO_CLOSED' ? undefined : reject(fault)
        answered++
        if ((answered & 63) === 0 && performance.now() - from_ms >= for_s * 1000) {
          const rate = (answered * 1000) / (performance.now() - from_ms)
          client.close()
          resolve(rate)
        } else ask()
      })
  })
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
