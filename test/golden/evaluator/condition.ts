/** Conditions of a device, from function-blocks 2.9: each condition an object with its delays, latch and bypass. */
import { type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { isBad, isOpen, status } from './status.ts'

const BYPASSED = 1024

interface Condition {
  readonly name: string
  readonly number: number
  readonly latches: boolean
  raised: boolean
  /** After the delays. */
  active: boolean
  /** Active, or kept by the latch. */
  counts: boolean
  asked_ms: number | undefined
}

export const condition: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const period_ms = Math.round(dt * 1000)
  const has = (mask: number, number: number): boolean => Math.floor(mask / 2 ** (number - 1)) % 2 === 1
  const group = (prefix: string, size: number): Condition[] =>
    Array.from({ length: size }, (_, i) => ({
      name: `${prefix}${i + 1}`,
      number: i + 1,
      latches: has(o.number(`LATCH_${prefix}`, 0), i + 1),
      raised: false,
      active: false,
      counts: false,
      asked_ms: undefined,
    }))
  const groups = { IL: group('IL', 16), PM: group('PM', 8), FS: group('FS', 8) }
  const bypass: Record<string, number> = { IL: 0, PM: 0, FS: 0 }
  let firstOut = 0
  let forcedSp = 0
  let resetWanted = false
  let resetWas: boolean | undefined

  const all = (): [string, Condition][] =>
    Object.entries(groups).flatMap(([kind, list]) => list.map((c): [string, Condition] => [kind, c]))
  const mayReset = (): boolean =>
    all().every(([kind, c]) => !c.latches || has(bypass[kind]!, c.number) || (!c.raised && !c.active))

  function look(kind: string, c: Condition): void {
    const st = statusOf(c.name)
    if (isOpen(st)) return
    if (!isBad(st)) c.raised = (value(c.name) !== 0) !== (kind === 'PM')
    else if (o.flag('BAD', true) && kind !== 'FS') c.raised = true
    if (has(bypass[kind]!, c.number)) {
      c.active = false
      c.asked_ms = undefined
    } else if (c.raised === c.active) c.asked_ms = undefined
    else {
      c.asked_ms = c.asked_ms === undefined ? 0 : c.asked_ms + period_ms
      if (c.asked_ms / 1000 >= o.number(`${c.name}_${c.active ? 'OFF' : 'ON'}`, 0)) {
        c.active = c.raised
        c.asked_ms = undefined
      }
    }
  }

  function scan(): Shown {
    for (const [kind, c] of all()) look(kind, c)
    const rises = !isBad(statusOf('RESET')) && value('RESET') !== 0 && resetWas === false
    if (!isBad(statusOf('RESET'))) resetWas = value('RESET') !== 0
    const reset = (resetWanted || rises) && mayReset()
    resetWanted = false
    const tripped = groups.IL.some((c) => c.counts)
    for (const [kind, c] of all()) {
      const kept = c.counts && c.latches && !reset && !has(bypass[kind]!, c.number)
      c.counts = c.active || kept
    }
    const first = groups.IL.find((c) => c.counts)
    if (!tripped && first !== undefined) firstOut = first.number
    else if (reset && first === undefined) firstOut = 0
    const forced = groups.FS.find((c) => c.counts)
    if (forced !== undefined) forcedSp = o.number(`${forced.name}_SP`, 0)

    const doubtful = all().some(([, c]) => {
      const st = statusOf(c.name)
      return !isOpen(st) && (isBad(st) || st.quality === 'uncertain')
    })
    const bypassed = Object.values(bypass).some((mask) => mask > 0)
    const st = status(doubtful ? 'uncertain' : 'good', 'plain', 'none', bypassed ? BYPASSED : 0)
    const bit = (on: boolean): number => (on ? 1 : 0)
    const mask = (list: readonly Condition[]): number =>
      list.reduce((sum, c) => sum + (c.counts ? 2 ** (c.number - 1) : 0), 0)
    return [
      ['INTERLOCK', { value: bit(first === undefined), status: st }],
      ['PERMISSIVE', { value: bit(!groups.PM.some((c) => c.counts)), status: st }],
      ['FORCED', { value: bit(forced !== undefined), status: st }],
      ['FORCED_SP', { value: forcedSp, status: st }],
      ['BYPASS', { value: bit(bypassed), status: status('good') }],
      ['FIRST', { value: firstOut, status: status('good') }],
      ['ACTIVE_IL', mask(groups.IL)],
      ['MISSING_PM', mask(groups.PM)],
      ['ACTIVE_FS', mask(groups.FS)],
    ]
  }

  function write(field: string, to: number): boolean {
    if (field === 'RESET_D') {
      if (to !== 1 || !mayReset()) return false
      resetWanted = true
      return true
    }
    const kind = field.replace('BYPASS_', '')
    if (!(kind in groups) || !Number.isInteger(to) || to < 0 || to >= 2 ** (kind === 'IL' ? 16 : 8)) return false
    bypass[kind] = to
    return true
  }
  return { inputs, write, scan }
}
