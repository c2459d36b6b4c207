/** The table of risk that `flyball sis live-table` writes, read with suspicion. */
import type { SisRiskTable } from '../../contracts/hmi-sis.ts'

/** Undefined where the text is no such table. */
export function readRiskTable(text: string): SisRiskTable | undefined {
  let v: unknown
  try {
    v = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isMap(v) || !Array.isArray(v['sifs'])) return undefined
  const sifs = v['sifs'].flatMap((sif) => {
    if (!isMap(sif) || typeof sif['id'] !== 'string' || !Array.isArray(sif['by_bypassed'])) return []
    const by_bypassed = sif['by_bypassed'].flatMap((row, k) => {
      if (!isMap(row)) return []
      const pfd = row['pfd_avg']
      return [
        {
          bypassed: typeof row['bypassed'] === 'number' ? row['bypassed'] : k,
          pfd_avg: typeof pfd === 'number' && Number.isFinite(pfd) ? pfd : null,
          sil: typeof row['sil'] === 'number' ? row['sil'] : 0,
        },
      ]
    })
    return [
      { id: sif['id'], sil_claimed: typeof sif['sil_claimed'] === 'number' ? sif['sil_claimed'] : 0, by_bypassed },
    ]
  })
  return { config_hash: typeof v['config_hash'] === 'string' ? v['config_hash'] : '', sifs }
}

const isMap = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
