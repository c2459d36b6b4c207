import type { SystemText } from '../../contracts/hmi-wire.ts'

/** What the gateway calls an alarm, and what its state lists say without an alarm: nothing lost may be missing here. */
export function systemAlarms(system: SystemText | null, words: SystemWords): readonly string[] {
  if (system === null) return []
  const list = [...system.alarms]
  for (const c of system.controllers) {
    const name = words.controller(c.name)
    if ((c.state === 'lost' || c.state === 'out') && !list.some((a) => a.toLowerCase().includes(name.toLowerCase())))
      list.push(`${name} ${words.states[c.state]}`)
  }
  for (const d of system.devices)
    if (d.state !== 'good' && !list.some((a) => a.includes(d.id))) list.push(`${d.id} ${words.states[d.state]}`)
  return list
}

export interface SystemWords {
  readonly controller: (name: string) => string
  readonly states: Readonly<Record<'lost' | 'out' | 'tripped', string>>
}
