/**
 * io/*.yaml: the devices, and where in their registers each point stands.
 */
import type {
  DeviceRecord,
  InputPoint,
  OutputPoint,
  RegisterCodec,
  RegisterType,
  WatchdogRecord,
} from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { Faults, Place } from './fault.ts'
import { isReported, type MapReader, mapsOf, readMap } from './map-reader.ts'
import { kindText, type MapSource, type Source } from './source.ts'

/** A record of the artifact before its device has a number, and the place it came from. */
export interface InputSpec extends Omit<InputPoint, 'device'> {
  readonly at: Place
}

export interface OutputSpec extends Omit<OutputPoint, 'device'> {
  readonly at: Place
}

export interface DeviceSpec {
  readonly record: DeviceRecord
  readonly inputs: readonly InputSpec[]
  readonly outputs: readonly OutputSpec[]
  /** Names of points that have faults of their own: a wire to one of them is not one more. */
  readonly broken: readonly string[]
  readonly at: Place
}

const DEVICE_KEYS = [
  'id',
  'description',
  'protocol',
  'endpoint',
  'unit',
  'timeout',
  'watchdog',
  'each_input',
  'each_output',
  'inputs',
  'outputs',
]
const CODEC_KEYS = ['register', 'table', 'type', 'counts_per_unit', 'quantity']
const INPUT_KEYS = [...CODEC_KEYS, 'status_register']
const OUTPUT_KEYS = [...CODEC_KEYS, 'readback_register', 'step_max', 'min', 'max']
const REGISTER = { min: 0, max: 65535, integer: true }
const TYPES: readonly string[] = ['uint16', 'int16', 'float32'] satisfies RegisterType[]

export function readIo(faults: Faults, source: MapSource): DeviceSpec[] {
  const m = readMap(faults, source, 'an io file', ['devices'])
  m.required('devices')
  return mapsOf(faults, m.list('devices'))
    .map((device) => readDevice(faults, device))
    .filter((device) => device !== undefined)
}

function readDevice(faults: Faults, source: MapSource): DeviceSpec | undefined {
  const m = readMap(faults, source, 'a device', DEVICE_KEYS)
  const id = m.word('id')
  const description = m.word('description')
  oneOf(faults, m, 'protocol', ['modbus-tcp'])
  const endpoint = m.word('endpoint')
  const unit = m.number('unit', { min: 0, max: 255, integer: true })
  const timeout_ms = m.duration_ms('timeout')
  const watchdog = readWatchdog(faults, m)
  if (id === undefined) return undefined
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id.text)) {
    faults.add('CFG_WRONG_TYPE', id.at, `'${id.text}'`, 'a device id of letters, digits, - and _')
  }
  const broken: string[] = []
  const points = <T>(common: string, list: string, keys: readonly string[], read: ReadPoint<T>): T[] => {
    const found = readPoints(faults, m, common, list, keys, (p, key, at) => read(faults, p, `${id.text}/${key}`, at))
    broken.push(...found.broken.map((key) => `${id.text}/${key}`))
    return found.points
  }
  const inputs = points('each_input', 'inputs', INPUT_KEYS, readInput)
  const outputs = points('each_output', 'outputs', OUTPUT_KEYS, readOutput)
  if (outputs.length > 0 && m.optional('watchdog') === undefined) {
    faults.add(
      'CFG_NO_WATCHDOG',
      id.at,
      `'${id.text}' with outputs and no watchdog`,
      "a 'watchdog': outputs must fail safe when nobody writes them",
    )
  }
  const record: DeviceRecord = {
    id: id.text,
    description: description?.text ?? '',
    protocol: 'modbus-tcp',
    endpoint: endpoint?.text ?? '',
    unit: unit ?? 0,
    timeout_ms: timeout_ms ?? 0,
    ...(watchdog === undefined ? {} : { watchdog }),
  }
  checkOverlap(faults, record, inputs, outputs, m.map('watchdog')?.at ?? id.at)
  return { record, inputs, outputs, broken, at: id.at }
}

type ReadPoint<T> = (faults: Faults, m: MapReader, point: string, at: Place) => T | undefined

/** The fields of `each_...` stand for every point that does not say otherwise. */
function readPoints<T>(
  faults: Faults,
  device: MapReader,
  commonKey: string,
  listKey: string,
  keys: readonly string[],
  read: (m: MapReader, key: string, at: Place) => T | undefined,
): { points: T[]; broken: string[] } {
  const common = device.map(commonKey)
  if (common !== undefined) readMap(faults, common, `'${commonKey}'`, keys)
  const points: T[] = []
  const broken: string[] = []
  for (const entry of device.map(listKey)?.entries ?? []) {
    if (entry.value.kind !== 'map') {
      if (!isReported(entry.value)) faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a mapping')
      broken.push(entry.key)
      continue
    }
    const own = entry.value.entries
    const merged: MapSource = {
      ...entry.value,
      entries: [
        ...own,
        ...(common?.entries ?? []).filter((c) => keys.includes(c.key) && !own.some((o) => o.key === c.key)),
      ],
    }
    const point = read(readMap(faults, merged, 'a point', keys), entry.key, entry.at)
    if (point === undefined) broken.push(entry.key)
    else points.push(point)
  }
  return { points, broken }
}

function readCodec(faults: Faults, m: MapReader, table: 'input' | 'holding'): RegisterCodec | undefined {
  const register = m.number('register', REGISTER)
  const type = oneOf(faults, m, 'type', TYPES)
  const counts = m.numberOr('counts_per_unit', 1, { min: 1e-9 })
  const quantity = oneOf(faults, m, 'quantity', ['mA', 'EU', '1'])
  const given = m.optional('table') === undefined ? table : oneOf(faults, m, 'table', ['input', 'holding'])
  if (register === undefined || type === undefined || quantity === undefined || given === undefined) return undefined
  return {
    table: given as RegisterCodec['table'],
    register,
    type: type as RegisterType,
    counts_per_unit: counts,
    quantity: quantity as RegisterCodec['quantity'],
  }
}

function readInput(faults: Faults, m: MapReader, point: string, at: Place): InputSpec | undefined {
  const codec = readCodec(faults, m, 'input')
  const status_register = m.numberOr('status_register', -1, REGISTER)
  return codec === undefined ? undefined : { point, ...codec, status_register, at }
}

function readOutput(faults: Faults, m: MapReader, point: string, at: Place): OutputSpec | undefined {
  const codec = readCodec(faults, m, 'holding')
  const readback_register = m.number('readback_register', REGISTER)
  const min = m.number('min')
  const max = m.number('max')
  const step_max = m.number('step_max', { min: 1e-9 })
  if (codec === undefined || readback_register === undefined || min === undefined || max === undefined) return undefined
  if (min >= max) {
    const where = m.optional('min') ?? m.optional('max')
    faults.add('CFG_OUT_OF_RANGE', where?.at ?? at, `min ${min}, max ${max}`, 'min below max')
  }
  return { point, ...codec, readback_register, step_max: step_max ?? 0, min, max, at }
}

function readWatchdog(faults: Faults, device: MapReader): WatchdogRecord | undefined {
  const source = device.map('watchdog')
  if (source === undefined) return undefined
  const m = readMap(faults, source, 'a watchdog', ['time', 'time_register', 'tripped_register', 'rearm_register'])
  const time_ms = m.duration_ms('time')
  const time_register = m.number('time_register', REGISTER)
  const tripped_register = m.number('tripped_register', REGISTER)
  const rearm_register = m.number('rearm_register', REGISTER)
  // The device counts in 0.1 s: another time would be rounded on its way and read back as a difference.
  if (time_ms !== undefined && !Number.isInteger(time_ms / 100)) {
    faults.add('CFG_WRONG_TYPE', m.required('time')!.at, `${time_ms} ms`, 'a watchdog time in whole 0.1 s')
  }
  if (
    time_ms === undefined ||
    time_register === undefined ||
    tripped_register === undefined ||
    rearm_register === undefined
  ) {
    return undefined
  }
  return { time_register, time_ms, tripped_register, rearm_register }
}

function oneOf(faults: Faults, m: MapReader, key: string, words: readonly string[]): string | undefined {
  const value: Source | undefined = m.required(key)
  if (value === undefined || isReported(value)) return undefined
  const text = value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
  if (text !== undefined && words.includes(text)) return text
  faults.add(
    'CFG_UNKNOWN_WORD',
    value.at,
    kindText(value),
    words.join(' | '),
    text === undefined ? '' : nearest(text, words),
  )
  return undefined
}

/** Two meanings of one register are a wiring fault, except that points may share a status register. */
function checkOverlap(
  faults: Faults,
  device: DeviceRecord,
  inputs: readonly InputSpec[],
  outputs: readonly OutputSpec[],
  watchdogAt: Place,
): void {
  const owners = new Map<string, { owner: string; status: boolean }>()
  const claim = (table: string, register: number, count: number, owner: string, at: Place, status = false): void => {
    for (let r = register; r < register + count; r++) {
      const other = owners.get(`${table} ${r}`)
      if (other === undefined) owners.set(`${table} ${r}`, { owner, status })
      else if (!(status && other.status)) {
        faults.add(
          'CFG_REGISTER_OVERLAP',
          at,
          `${owner} at ${table} register ${r}`,
          `a register that ${other.owner} does not use`,
        )
        return
      }
    }
  }
  const size = (type: RegisterType): number => (type === 'float32' ? 2 : 1)
  for (const p of inputs) {
    claim(p.table, p.register, size(p.type), `'${p.point}'`, p.at)
  }
  for (const p of outputs) {
    claim(p.table, p.register, size(p.type), `'${p.point}'`, p.at)
    claim('input', p.readback_register, size(p.type), `the read-back of '${p.point}'`, p.at)
  }
  for (const p of inputs) {
    if (p.status_register >= 0) claim('input', p.status_register, 1, `the status of '${p.point}'`, p.at, true)
  }
  const w = device.watchdog
  if (w === undefined) return
  claim('holding', w.time_register, 1, 'the watchdog time', watchdogAt)
  claim('input', w.tripped_register, 1, 'the watchdog trip', watchdogAt)
  claim('holding', w.rearm_register, 1, 'the watchdog re-arm', watchdogAt)
}
