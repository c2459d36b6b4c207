/**
 * What the whole system takes of a machine at 1x, without a browser: memory as the sum of PSS, processor over 12 s.
 */
import { expect, test } from 'vitest'
import { cpu_s, pause, pss_bytes, startLiveSystem } from './live-system.ts'

const SPAN_S = 12

test('[SYS-1] all programs together take at most 850 MB and 60 % of a core over 12 s at 1x', async () => {
  const system = await startLiveSystem()
  try {
    await pause(5000)
    const programs = [
      { name: 'supervisor', pid: system.run().pid },
      ...system.run().programs.map(({ name }) => ({ name, pid: system.pidOf(name) })),
    ]
    const before_s = programs.map(({ pid }) => cpu_s(pid))
    await pause(SPAN_S * 1000)
    const rows = programs.map(({ name, pid }, i) => ({
      name,
      MB: pss_bytes(pid) / 1e6,
      cpu_pct: (100 * (cpu_s(pid) - before_s[i]!)) / SPAN_S,
    }))
    const MB = rows.reduce((sum, r) => sum + r.MB, 0)
    const cpu_pct = rows.reduce((sum, r) => sum + r.cpu_pct, 0)
    for (const r of [...rows, { name: 'together', MB, cpu_pct }]) {
      process.stdout.write(
        `footprint  ${r.name.padEnd(14)} ${r.MB.toFixed(0).padStart(4)} MB PSS  ${r.cpu_pct.toFixed(1).padStart(5)} % of a core\n`,
      )
    }
    expect(MB).toBeLessThanOrEqual(850)
    expect(cpu_pct).toBeLessThanOrEqual(60)
  } finally {
    await system.stop()
  }
})
