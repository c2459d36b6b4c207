import {
  benchArtifact,
  CONTROLLER_MAIN,
  conductorStandIn,
  dropStandIn,
  FIELD_IO_MAIN,
  startChild,
} from '../../wire/stand-in.ts'
import type { BenchRow } from '../row.ts'

const WARM_UP = 1000
const SCANS = 5000
const BAR = 1000

/**
 * Scans a second of the whole loop in lockstep over real sockets: field-io and a hot pair in processes of their own, a
 * drop of registers and a conductor here, which grants the next tick as soon as the last is done. Every scan is a read of
 * the drop, a frame to both controllers, their outputs, a write, and `done`; frames are logged to disk.
 */
export async function benchLockstep(): Promise<BenchRow[]> {
  const { path, folder, remove } = await benchArtifact(100)
  const drop = await dropStandIn()
  const conductor = await conductorStandIn()
  const children: { kill(): Promise<void> }[] = []
  try {
    const field_io = await startChild(FIELD_IO_MAIN, {
      artifact_path: path,
      endpoints: { 'plant:RIO-1': `127.0.0.1:${drop.port}` },
      conductor: `127.0.0.1:${conductor.port}`,
      link_port: 0,
      data_dir: `${folder}/field-io`,
    })
    children.push(field_io)
    for (const index of [0, 1])
      children.push(
        await startChild(CONTROLLER_MAIN, {
          artifact_path: path,
          index,
          field_io: `127.0.0.1:${field_io.ports['link']}`,
        }),
      )
    while (!conductor.connected) await new Promise((done) => setTimeout(done, 5))
    for (let i = 0; i < WARM_UP; i++) await conductor.step()
    const writes = drop.writes.length
    const took_ms: number[] = []
    const from_ms = performance.now()
    for (let i = 0; i < SCANS; i++) {
      const start_ms = performance.now()
      await conductor.step()
      took_ms.push(performance.now() - start_ms)
    }
    const rate = (SCANS * 1000) / (performance.now() - from_ms)
    const missed = SCANS - (drop.writes.length - writes)
    took_ms.sort((a, b) => a - b)
    return [
      { name: 'Lockstep over real sockets, hot pair', value: rate, unit: 'scans/s', bar: BAR, ok: rate >= BAR },
      { name: 'Lockstep, one scan, median', value: took_ms[SCANS >> 1]!, unit: 'ms' },
      { name: 'Lockstep, one scan, 99 %', value: took_ms[Math.floor(SCANS * 0.99)]!, unit: 'ms' },
      { name: 'Lockstep, outputs missed', value: missed, unit: '1', bar: 0, ok: missed === 0 },
    ]
  } finally {
    for (const child of children) await child.kill()
    await conductor.close()
    await drop.close()
    remove()
  }
}
