/** What a person says to an emulated device while it runs, a line each. */
import { parseWireFault, WIRE_FAULTS, type WireFault } from '../../plant-sim/core/emulator/wire-faults.ts'
import type { Emulator } from '../../plant-sim/edge/emulator/emulator.ts'

export const DEVICE_HELP = `  show [POINT]        values as a master reads them
  set POINT VALUE     holds a point at a value in its own unit; set 2:POINT VALUE for unit 2 alone
  free POINT          lets it live again
  fault KIND[:CHANCE[:SIZE]] ...   what troubles the wire from now on, in place of what did
  fault               no trouble
  faults              the kinds there are
  quit`

/** Does what the line says and answers in words. */
export function deviceCommand(emulator: Emulator, line: string): string {
  const [verb = '', ...rest] = line.trim().split(/\s+/)
  switch (verb) {
    case '':
      return ''
    case 'show':
      return show(emulator, rest[0])
    case 'set': {
      const [name = '', text = ''] = rest
      const value = Number(text)
      if (text === '' || !Number.isFinite(value)) return `set: found '${text}', expected a number`
      return each(emulator, name, (device, point) => device.set(point, value))
    }
    case 'free':
      return each(emulator, rest[0] ?? '', (device, point) => device.release(point))
    case 'fault':
      return setFaults(emulator, rest)
    case 'faults':
      return Object.entries(WIRE_FAULTS)
        .map(([kind, words]) => `  ${kind.padEnd(12)}${words}`)
        .join('\n')
    case 'help':
      return DEVICE_HELP
    default:
      return `found '${verb}', expected one of these:\n${DEVICE_HELP}`
  }
}

/** All faults that the texts ask for; or what is wrong with one, in words. */
export function wireFaults(texts: readonly string[]): WireFault[] | string {
  const faults: WireFault[] = []
  for (const text of texts) {
    const fault = parseWireFault(text)
    if (typeof fault === 'string') return fault
    faults.push(fault)
  }
  return faults
}

function setFaults(emulator: Emulator, texts: readonly string[]): string {
  const faults = wireFaults(texts)
  if (typeof faults === 'string') return faults
  emulator.setFaults(faults)
  return faults.length === 0 ? 'no trouble' : `trouble: ${texts.join(', ')}`
}

type Device = Emulator['devices'] extends ReadonlyMap<number, infer D> ? D : never

/** `POINT` is meant of all units, `2:POINT` of one. */
function each(emulator: Emulator, text: string, act: (device: Device, point: string) => boolean): string {
  const [, unit, name] = /^(?:(\d+):)?(.*)$/.exec(text)!
  const devices = [...emulator.devices].filter(([u]) => unit === undefined || u === Number(unit))
  if (devices.length === 0) return `no unit ${unit} here: there are ${[...emulator.devices.keys()].join(', ')}`
  const done = devices.filter(([, device]) => act(device, name!))
  return done.length > 0 ? 'ok' : `no point '${name}': show lists them`
}

function show(emulator: Emulator, only: string | undefined): string {
  const rows: string[] = []
  for (const [unit, device] of emulator.devices) {
    if (device.tripped) rows.push(`${unit}: output watchdog tripped`)
    for (const { name, unit: eu, table, register } of device.profile.points) {
      if (only !== undefined && name !== only) continue
      const value = device.value(name)!
      const text = Number.isNaN(value) ? 'none' : Number(value.toPrecision(7)).toString()
      rows.push(`  ${unit}:${name.padEnd(32)} ${`${text} ${eu}`.padEnd(20)} ${table} ${register}`)
    }
  }
  return rows.length > 0 ? rows.join('\n') : `no point '${only}'`
}
