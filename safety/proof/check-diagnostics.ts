/** Diagnostics that are left out, trips that nobody can reset. */
import type { SisConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

export function checkDiagnostics(config: SisConfig, report: Report): void {
  for (const c of config.causes) {
    if ('contact' in c.trip) continue
    if (c.inputs.length > 1 && c.deviation === undefined)
      report('SC-32', 'warning', `causes/${c.id}`, 'redundant transmitters, and no deviation between them is alarmed')
    const blind = c.inputs.filter((tag) => config.transmitters.find((t) => t.tag === tag)?.stuck === undefined)
    if (c.inputs.length > 1 && blind.length > 0)
      report('SC-32', 'note', `causes/${c.id}/inputs`, `no window for a stuck signal: ${blind.join(', ')}`)
  }
  const stored = new Set(config.matrix.filter((x) => x.code === 'S' || x.code === 'R').map((x) => x.effect))
  for (const e of config.effects)
    if (stored.has(e.id) && e.reset === undefined)
      report('SC-33', 'note', `effects/${e.id}`, 'stored, and no reset button: reset by secure write only')
  for (const s of config.sifs) {
    const manual = s.causes.every((id) => config.causes.find((c) => c.id === id)?.manual === true)
    if (s.sil > 0 && s.process_safety_ms === undefined && !manual)
      report(
        'SC-33',
        'warning',
        `sifs/${s.id}`,
        'no process safety time: its response is judged by what the requirement allows alone',
      )
    if (s.sil > 0 && s.process_safety_ms === undefined && s.response_ms_max === undefined && !manual)
      report(
        'SC-33',
        'error',
        `sifs/${s.id}`,
        'neither process safety time nor longest response: any response would do',
      )
    const tags = config.effects.filter((e) => s.effects.includes(e.id)).flatMap((e) => e.outputs)
    const alone = config.elements.filter((e) => tags.includes(e.tag) && e.secondary === undefined)
    if (s.sil >= 2 && alone.length > 0)
      report(
        'SC-32',
        'note',
        `sifs/${s.id}/effects`,
        `SIL ${s.sil}, and no second way where one of these fails to trip: ${alone.map((e) => e.tag).join(', ')}`,
      )
  }
}
