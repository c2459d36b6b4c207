/**
 * What an io file says of a device besides its points: what it can take, its line, its certificates, its session, its watchdog.
 */
import type {
  OpcuaRecord,
  Protocol,
  RequestLimits,
  SerialRecord,
  TlsRecord,
  WatchdogRecord,
} from '../../../contracts/artifact.ts'
import type { Faults, Place } from './fault.ts'
import { durationOr, flagOr, isZero, oneOf, oneOfOr, REGISTER, wholeOr } from './io-words.ts'
import { type MapReader, readMap, type Word } from './map-reader.ts'
import type { MapSource } from './source.ts'

export const PROTOCOLS: readonly Protocol[] = [
  'modbus-tcp',
  'modbus-tls',
  'modbus-rtu-tcp',
  'modbus-rtu',
  'opcua',
  'sis',
]

/** Whether a text names a serial port of Linux, macOS or Windows. */
export const isSerialPort = (endpoint: string): boolean => /^(\/|COM\d+$)/.test(endpoint)

/** An endpoint that the protocol cannot reach; a name for the run's configuration (`plant:RIO-1`) fits all of them. */
export function checkEndpoint(faults: Faults, protocol: Protocol, endpoint: Word): void {
  const { text, at } = endpoint
  const say = (expected: string): void => faults.add('CFG_ENDPOINT', at, `'${text}' for ${protocol}`, expected)
  const port = /^[^/]*:(\d+)$/.exec(text)?.[1]
  const url = text.includes('://')
  if (protocol === 'sis') return
  if (protocol === 'opcua') {
    if (isSerialPort(text) || port !== undefined || (url && !text.startsWith('opc.tcp://'))) say('opc.tcp://host:port')
  } else if (protocol === 'modbus-rtu') {
    if (url || port !== undefined) say('a serial port, as /dev/ttyUSB0; over a network modbus-rtu-tcp or modbus-tcp')
  } else if (url || isSerialPort(text)) say('host:port')
  else if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) say('a port of 1 to 65535')
}

const REQUEST_KEYS = [
  'read_registers_max',
  'read_bits_max',
  'write_registers_max',
  'gap_max',
  'single',
  'pause',
  'write_single',
]

export function readRequests(faults: Faults, device: MapReader): RequestLimits | undefined {
  const source = device.map('requests')
  if (source === undefined) return undefined
  const m = readMap(faults, source, "'requests'", REQUEST_KEYS)
  return given({
    read_registers_max: wholeOr(m, 'read_registers_max', 1, 125),
    read_bits_max: wholeOr(m, 'read_bits_max', 1, 2000),
    write_registers_max: wholeOr(m, 'write_registers_max', 1, 123),
    gap_max: wholeOr(m, 'gap_max', 0, 124),
    single: flagOr(faults, m, 'single'),
    pause_ms: isZero(m.optional('pause')) ? 0 : durationOr(m, 'pause'),
    write_single: flagOr(faults, m, 'write_single'),
  })
}

export function readSerial(faults: Faults, device: MapReader): SerialRecord | undefined {
  const source = device.map('serial')
  if (source === undefined) return undefined
  const m = readMap(faults, source, "'serial'", ['baud', 'parity', 'data_bits', 'stop_bits'])
  const baud = m.number('baud', { min: 50, max: 4_000_000, integer: true })
  const parity = oneOf(faults, m, 'parity', ['none', 'even', 'odd'])
  const data_bits = oneOfOr(faults, m, 'data_bits', ['7', '8'])
  const stop_bits = oneOf(faults, m, 'stop_bits', ['1', '2'])
  if (baud === undefined || parity === undefined || stop_bits === undefined) return undefined
  return { baud, parity, data_bits: data_bits === '7' ? 7 : 8, stop_bits: stop_bits === '2' ? 2 : 1 }
}

export function readTls(faults: Faults, device: MapReader): TlsRecord | undefined {
  const source = device.map('tls')
  if (source === undefined) return undefined
  const m = readMap(faults, source, "'tls'", ['ca', 'cert', 'key', 'server_name'])
  const [ca, cert, key] = [m.word('ca'), m.word('cert'), m.word('key')]
  const server_name = m.wordOr('server_name')
  if (ca === undefined || cert === undefined || key === undefined) return undefined
  return {
    ca: ca.text,
    cert: cert.text,
    key: key.text,
    ...(server_name === undefined ? {} : { server_name: server_name.text }),
  }
}

const POLICIES: readonly OpcuaRecord['policy'][] = [
  'None',
  'Basic256Sha256',
  'Aes128_Sha256_RsaOaep',
  'Aes256_Sha256_RsaPss',
]
const OPCUA_KEYS = ['policy', 'mode', 'security', 'reason', 'user', 'access', 'silence']

/** Signed and encrypted where nothing is said; without security only where that is asked for by name and reason. */
export function readOpcua(faults: Faults, device: MapReader): OpcuaRecord {
  const source: MapSource = device.map('opcua') ?? { kind: 'map', entries: [], at: device.at }
  const m = readMap(faults, source, "'opcua'", OPCUA_KEYS)
  const policy = oneOfOr(faults, m, 'policy', POLICIES)
  const mode = oneOfOr(faults, m, 'mode', ['None', 'Sign', 'SignAndEncrypt'])
  const none = oneOfOr(faults, m, 'security', ['none']) !== undefined
  const reason = m.wordOr('reason')
  const at = (key: string): Place => m.optional(key)?.at ?? source.at
  const say = (key: string, found: string, expected: string): void =>
    faults.add('CFG_OPCUA_SECURITY', at(key), found, expected)
  if (none) {
    if ((policy ?? 'None') !== 'None' || (mode ?? 'None') !== 'None')
      say('security', `security none with ${policy ?? mode}`, 'policy and mode None, or no security: none')
    if ((reason?.text ?? '').trim() === '')
      say(
        'security',
        'security none without a reason',
        'a reason: who allows it, and why nobody else is on that network',
      )
  } else if (policy === 'None' && mode === 'None') {
    say('policy', 'policy None', 'a policy, or security: none with a reason')
  } else if (policy === 'None')
    say('policy', `policy None with mode ${mode ?? 'SignAndEncrypt'}`, 'a policy that signs')
  else if (mode === 'None') say('mode', `mode None with policy ${policy ?? 'Basic256Sha256'}`, 'Sign or SignAndEncrypt')
  const user = readUser(faults, m)
  return {
    policy: none ? 'None' : (policy ?? 'Basic256Sha256'),
    mode: none ? 'None' : (mode ?? 'SignAndEncrypt'),
    ...(user === undefined ? {} : { user }),
    access: oneOfOr(faults, m, 'access', ['subscribe', 'read']) ?? 'subscribe',
    silence_ms: durationOr(m, 'silence') ?? 30_000,
  }
}

function readUser(faults: Faults, opcua: MapReader): OpcuaRecord['user'] {
  const source = opcua.map('user')
  if (source === undefined) return undefined
  const m = readMap(faults, source, "'user'", ['name', 'password_env'])
  const name = m.word('name')
  const env = m.word('password_env')
  if (env !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(env.text))
    faults.add('CFG_WRONG_TYPE', env.at, `'${env.text}'`, 'the name of an environment variable, never the password')
  return name === undefined || env === undefined ? undefined : { name: name.text, password_env: env.text }
}

const WATCHDOG_KEYS = ['time', 'count', 'time_register', 'tripped_register', 'rearm_register']
const COUNT_MS = 100

/** @param signed_off - somebody answers for outputs that hold for ever */
export function readWatchdog(faults: Faults, device: MapReader, signed_off: boolean): WatchdogRecord | undefined {
  const source = device.map('watchdog')
  if (source === undefined) return undefined
  const m = readMap(faults, source, 'a watchdog', WATCHDOG_KEYS)
  const zero = isZero(m.optional('time'))
  if (zero && !signed_off) {
    const expected = "a time above 0, or 'hold_signed_off' with who allows it and why"
    faults.add('CFG_NO_WATCHDOG', m.optional('time')!.at, 'a watchdog of 0: the outputs hold for ever', expected)
  }
  const time_ms = zero ? undefined : m.duration_ms('time')
  const count_ms = durationOr(m, 'count') ?? COUNT_MS
  const time_register = m.number('time_register', REGISTER)
  const tripped_register = m.numberOr('tripped_register', -1, REGISTER)
  const rearm_register = m.numberOr('rearm_register', -1, REGISTER)
  if (time_ms === undefined || time_register === undefined) return undefined
  // The device counts: another time would be rounded on its way and read back as a difference.
  const counts = time_ms / count_ms
  if (!Number.isInteger(counts) || counts > 65_535) {
    const unit = count_ms === COUNT_MS ? '0.1 s' : `counts of ${count_ms} ms`
    faults.add(
      'CFG_WRONG_TYPE',
      m.optional('time')!.at,
      `${time_ms} ms`,
      `a watchdog time in whole ${unit}, at most 65535`,
    )
  }
  return {
    time_register,
    time_ms,
    ...(count_ms === COUNT_MS ? {} : { count_ms }),
    tripped_register,
    rearm_register,
  }
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that nobody gave. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
