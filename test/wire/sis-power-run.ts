import { pause, plantConfig, startSisRig, until } from './sis-rig.ts'

export interface PowerResult {
  readonly kills: number
  /** Of them while everything was energised; the others while the programs were starting. */
  readonly energised: number
  /** Outputs that were not all off T_SF and a scan after a cut, or that came on before anybody pressed the button. */
  readonly wrong: number
  /** Longest time from a cut to all outputs off, ms. */
  readonly worst_ms: number
}

/** Time of this machine that is nobody's fault, ms: two processes are started meanwhile. */
const MACHINE_MS = 500

/** Power cuts at random instants: watchdog and solver killed at once, and started again. */
export async function powerRun(kills: number, seed: number): Promise<PowerResult> {
  const random = mulberry32(seed)
  const config = plantConfig({ stale_ms: 400, link_timeout_ms: 500, watchdog_ms: 1000, output_watchdog_ms: 1000 })
  const rig = await startSisRig({ config })
  let energised = 0
  let wrong = 0
  let worst_ms = 0
  let on: Promise<unknown> = Promise.resolve()
  try {
    for (let k = 0; k < kills; k++) {
      const running = random() < 0.5
      if (running) {
        await on
        await rig.energise()
        await pause(random() * 3 * config.scan_ms)
        energised++
      } else await pause(random() * 900)
      const before = await rig.deviceState()
      const from = performance.now()
      await rig.powerOff()
      on = rig.powerOn()
      on.catch(() => {})
      // Started anew at once: what keeps the outputs off is not that nobody is there.
      await until('all outputs off', 5000, async () => (await rig.deviceState()).solenoids === 0)
      const off_ms = performance.now() - from
      worst_ms = Math.max(worst_ms, before.solenoids === 0 ? 0 : off_ms)
      if (off_ms > config.link_timeout_ms + config.scan_ms + MACHINE_MS) wrong++
      await pause(random() * 300)
      const after = await rig.deviceState()
      if (after.solenoids !== 0 || after.energised !== before.energised) wrong++
      if (!running) continue
      await on
      await until('its datagrams', 5000, () => rig.last?.channel.state === 'sound')
      if (rig.last!.effects.some((e) => e.state === 0)) wrong++
    }
    return { kills, energised, wrong, worst_ms }
  } finally {
    await rig.close()
  }
}

function mulberry32(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
