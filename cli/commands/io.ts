/**
 * `flyball io`: devices on the bench, at commissioning and in the running system.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Artifact, ByteOrder, RegisterCodec, RegisterType } from '../../contracts/artifact.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { BYTE_ORDERS, REGISTER_TYPES, rangeOf, TABLES } from '../../protocols/core/modbus/registers.ts'
import {
  type BareReading,
  type BareRegisters,
  benchPoint,
  readBare,
  readBench,
  writeBare,
  writeBench,
} from '../io/bench.ts'
import { checkDevices } from '../io/check.ts'
import { checkText, withUnit } from '../io/check-text.ts'
import { force, forces, forcesText, unforce } from '../io/force-orders.ts'
import { IoCommandFault } from '../io/io-fault.ts'
import type { PointReading } from '../io/read-point.ts'
import { endpointMap, isMasterOf, type RunPlace, runningArtifact, runningSystem, runPlace } from '../io/run-place.ts'
import { isSerialPort, longest_ms, parseSerial, parseUnits, scanText, scanUnits } from '../io/scan.ts'
import { loopSheets } from '../io/sheets.ts'
import { statsText } from '../io/stats.ts'
import { systemClient } from '../io/system-client.ts'
import { table } from '../io/table.ts'
import { watch, watchText } from '../io/watch.ts'
import { parseDuration } from '../run/schedule.ts'
import { buildStrategy } from '../strategy-files.ts'
import { lendPlantPassword } from '../supervisor/plant-password.ts'
import { FAULTY, reportFaults } from './check.ts'
import { registerIoImport } from './io-import.ts'

const WRONG = 1

export function registerIo(program: Command): void {
  const io = program.command('io').description('field devices: check, scan, read, write, watch, force')
  registerField(io)
  registerRunning(io)
  registerBench(io)
  registerIoImport(io)
}

interface FieldFlags {
  readonly data: string
  readonly endpoint: readonly string[]
  readonly json?: boolean
}

const DATA = process.env['FLYBALL_DATA'] ?? '.flyball'
const several = (text: string, before: readonly string[]): string[] => [...before, text]

/** Data folder and addresses: what most of these commands need to find a device. */
const withPlaces = (command: Command): Command =>
  command
    .option('--data <folder>', 'data folder of the running system: where its endpoints stand', DATA)
    .option('--endpoint <name=host:port>', 'where an endpoint stands; may be given more than once', several, [])

function registerField(io: Command): void {
  withPlaces(io.command('check'))
    .description('connect to every device of a strategy, read every point, and say what is wrong; reads only')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--json', 'as JSON')
    .action(async (strategy: string, flags: FieldFlags) =>
      guarded(async () => {
        const { artifact, folder, endpoints, place } = await strategyPlace(strategy, flags)
        const under_master = isMasterOf(place, artifact.name, [...endpoints.values()])
        if (under_master)
          process.stderr.write(
            `field-io runs (process ${place.field_io}) and is the only master: this check only reads.\n`,
          )
        lendPlantPassword(artifact, flags.data)
        const report = await checkDevices(artifact, endpoints, folder, {
          under_master,
          pki_dir: join(place.folder, 'field-io/pki'),
        })
        print(flags.json === true ? json(report) : checkText(report))
        if (report.wrong.length > 0) process.exitCode = WRONG
        // The library of OPC UA keeps timers of its own.
        if (artifact.io.devices.some((d) => d.protocol === 'opcua')) process.exit()
      }),
    )
  io.command('scan')
    .description('find the units on a Modbus/TCP address or a serial line, with what they say they are; reads only')
    .argument('<address>', 'host:port or /dev/tty...')
    .option('--units <list>', 'units to ask, as 1-247 or 1,5,10-12', '1-247')
    .option('--serial <line>', 'baud, data bits, parity, stop bits', '9600-8N1')
    .option('--timeout <ms>', 'how long a unit may take to answer', '300')
    .option('--rtu-over-tcp', 'the address takes RTU frames over TCP')
    .option('--json', 'as JSON')
    .action(async (address: string, flags: ScanFlags) => guarded(() => scan(address, flags)))
  withPlaces(io.command('sheets'))
    .description('write loop check sheets (HTML, for print), one a loop')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .requiredOption('-o, --out <folder>', 'where the sheets go')
    .action(async (strategy: string, flags: FieldFlags & { readonly out: string }) =>
      guarded(async () => {
        const { artifact, endpoints } = await strategyPlace(strategy, flags)
        const sheets = loopSheets(artifact, endpoints)
        mkdirSync(flags.out, { recursive: true })
        for (const { path, html } of sheets) writeFileSync(join(flags.out, path), html)
        print(`${flags.out}: ${sheets.length - 1} sheets and index.html\n`)
      }),
    )
}

function registerRunning(io: Command): void {
  const running = (name: string, description: string): Command =>
    io.command(name).description(description).option('--data <folder>', 'data folder of the running system', DATA)
  running('stats', 'what field-io counts of its devices: round trips, time-outs, exceptions, reconnects, paths')
    .option('--json', 'as JSON')
    .action(async (flags: { readonly data: string; readonly json?: boolean }) =>
      guarded(async () => {
        const reply = await systemClient(runningSystem(flags.data).run.http).io()
        print(flags.json === true ? json(reply) : statsText(reply))
        if (!reply.connected || reply.status === null) process.exitCode = WRONG
      }),
    )
  running('watch', 'values of the running system as they change')
    .argument('<name...>', 'tags, TAG.FIELD, or points')
    .option('--for <time>', 'end after so long')
    .option('--json', 'one JSON object a line')
    .action(async (names: string[], flags: { readonly data: string; readonly for?: string; readonly json?: boolean }) =>
      guarded(async () => {
        const place = runningSystem(flags.data)
        const stop = new AbortController()
        process.once('SIGINT', () => stop.abort())
        await watch(place.run.http, names, runningArtifact(place), {
          ...(flags.for === undefined ? {} : { for_ms: parseDuration(flags.for) * 1000 }),
          signal: stop.signal,
          on_line: (line) => print(flags.json === true ? `${JSON.stringify(line)}\n` : watchText(line)),
        })
      }),
    )
  running('force', "put a value in the place of a point's own, for a limited time; it is journalled and alarmed")
    .argument('<point>', 'a point, or the tag that comes from it')
    .argument('<value>', "in the device's own quantity, or with --eu in the tag's units")
    .requiredOption('--for <time>', 'how long, as 10m or 2h; at most 24h')
    .requiredOption('--reason <text>', 'why, for the journal')
    .option('--eu', "the value is in the tag's units")
    .option('--who <name>', 'who, for the journal; absent: your login')
    .action(async (point: string, value: string, flags) => guarded(async () => print(await force(point, value, flags))))
  running('unforce', 'take a force away')
    .argument('<point>', 'a point, or the tag that comes from it')
    .option('--who <name>', 'who, for the journal; absent: your login')
    .action(async (point: string, flags) => guarded(async () => print(await unforce(point, flags))))
  running('forces', 'what is forced')
    .option('--json', 'as JSON')
    .action(async (flags: { readonly data: string; readonly json?: boolean }) =>
      guarded(async () => {
        const list = await forces(flags)
        print(flags.json === true ? json(list) : forcesText(list ?? []))
      }),
    )
}

interface BareFlags extends FieldFlags {
  readonly unit: string
  readonly table: string
  readonly register?: string
  readonly type: string
  readonly order: string
  readonly counts: string
  readonly count: string
  readonly serial: string
  readonly timeout: string
  readonly rtuOverTcp?: boolean
  readonly eu?: boolean
  readonly yes?: boolean
}

function registerBench(io: Command): void {
  const bare = (command: Command): Command =>
    withPlaces(command)
      .option('--unit <number>', 'Modbus unit', '1')
      .option('--table <name>', 'input, holding, coil or discrete', 'holding')
      .option('--register <number>', 'register on the wire, from 0; without it the place is a strategy')
      .option('--type <name>', 'uint16, int16, uint32, int32, float32, ...', 'uint16')
      .option('--order <bytes>', 'ABCD, CDAB, BADC or DCBA', 'ABCD')
      .option('--counts <number>', 'counts per unit of the quantity', '1')
      .option('--serial <line>', 'baud, data bits, parity, stop bits', '9600-8N1')
      .option('--timeout <ms>', 'how long the device may take to answer', '1000')
      .option('--rtu-over-tcp', 'the address takes RTU frames over TCP')
      .option('--json', 'as JSON')
  bare(io.command('read'))
    .description('read points of a strategy, or registers of any device')
    .argument('<place>', 'a strategy; or host:port or /dev/tty... with --register')
    .argument('[point...]', 'points or tags of the strategy')
    .option('--count <number>', 'so many values one behind the other', '1')
    .action(async (where: string, points: string[], flags: BareFlags) => guarded(() => read(where, points, flags)))
  bare(io.command('write'))
    .description('write one output of a device on the bench; refused while a field-io is its master')
    .argument('<place>', 'a strategy; or host:port or /dev/tty... with --register')
    .argument('<what...>', 'POINT VALUE with a strategy, VALUE with --register')
    .option('--eu', "the value is in the tag's units")
    .option('--yes', 'really write')
    .action(async (where: string, what: string[], flags: BareFlags) => guarded(() => write(where, what, flags)))
}

interface ScanFlags {
  readonly units: string
  readonly serial: string
  readonly timeout: string
  readonly rtuOverTcp?: boolean
  readonly json?: boolean
}

async function scan(address: string, flags: ScanFlags): Promise<void> {
  const units = parseUnits(flags.units)
  const timeout_ms = number(flags.timeout, '--timeout', 1, 60_000)
  const line = isSerialPort(address) ? ` ${flags.serial}` : ''
  const bound_s = Math.ceil(longest_ms(units.length, timeout_ms) / 1000)
  process.stderr.write(`${address}${line}: asking ${units.length} units, ${bound_s} s at the most\n`)
  const terminal = process.stderr.isTTY
  const report = await scanUnits(address, {
    units,
    timeout_ms,
    serial: isSerialPort(address) ? parseSerial(flags.serial) : undefined,
    rtu_over_tcp: flags.rtuOverTcp === true,
    on_progress(asked, found) {
      if (terminal) process.stderr.write(`\r  ${asked} of ${units.length} asked, ${found} found `)
      else if (asked > 0 && asked % 50 === 0)
        process.stderr.write(`  ${asked} of ${units.length} asked, ${found} found\n`)
    },
  })
  if (terminal) process.stderr.write('\n')
  print(flags.json === true ? json(report) : scanText(report))
  if (report.found.length === 0) process.exitCode = WRONG
}

async function read(where: string, points: readonly string[], flags: BareFlags): Promise<void> {
  if (flags.register !== undefined) {
    const count = number(flags.count, '--count', 1, 1000)
    const readings = await readBare(bareRegisters(where, flags), count)
    print(flags.json === true ? json(readings) : bareText(readings))
    return
  }
  if (points.length === 0)
    throw new IoCommandFault(
      where,
      'which points?',
      'Name some, or give --register to read a device without a strategy.',
    )
  const { artifact, folder, endpoints } = await strategyPlace(where, flags)
  const readings = await readBench(points.map((point) => benchPoint(artifact, endpoints, folder, point)))
  print(flags.json === true ? json(readings) : readingsText(readings))
  if (readings.some((r) => r.quality === 'bad')) process.exitCode = WRONG
}

async function write(where: string, what: readonly string[], flags: BareFlags): Promise<void> {
  const wanted = flags.register === undefined ? 2 : 1
  if (what.length !== wanted)
    throw new IoCommandFault(
      'write',
      `found ${what.length} words`,
      wanted === 2 ? 'Expected POINT VALUE.' : 'Expected one VALUE.',
    )
  const value = number(what.at(-1)!, 'value', -Number.MAX_VALUE, Number.MAX_VALUE)
  if (flags.register !== undefined) {
    const bare = bareRegisters(where, flags)
    const [min, max] = rangeOf(bare.codec.type)
    const raw = value * bare.codec.counts_per_unit
    if (raw < min || raw > max)
      throw new IoCommandFault('value', `${value} is ${raw} counts`, `${bare.codec.type} holds ${min} to ${max}.`)
    mayWrite(runPlace(flags.data), undefined, [bare.target.address], `${where} register ${flags.register}`, flags)
    const reading = await writeBare(bare, value)
    print(flags.json === true ? json(reading) : bareText([reading]))
    return
  }
  const { artifact, folder, endpoints, place } = await strategyPlace(where, flags)
  const point = benchPoint(artifact, endpoints, folder, what[0]!)
  mayWrite(place, artifact.name, [point.target.address], `${point.point.point} at ${point.target.address}`, flags)
  const reading = await writeBench(point, value, flags.eu === true)
  print(flags.json === true ? json(reading) : readingsText([reading]))
  if (point.device.watchdog !== undefined)
    process.stderr.write(
      `Nobody writes it again: after ${point.device.watchdog.time_ms / 1000} s or what its watchdog has, it goes to its fail value.\n`,
    )
  if (reading.quality === 'bad') process.exitCode = WRONG
}

/** @throws IoCommandFault where field-io is the master, or nobody said yes */
function mayWrite(
  place: RunPlace,
  strategy: string | undefined,
  addresses: readonly string[],
  what: string,
  flags: BareFlags,
): void {
  if (isMasterOf(place, strategy, addresses))
    throw new IoCommandFault(
      what,
      `field-io runs (process ${place.field_io}) and is the only master of its devices`,
      'Use `flyball io force`, or end the system first.',
    )
  if (flags.yes !== true) throw new IoCommandFault(what, 'this moves a real output', 'Give --yes where that is safe.')
}

function bareRegisters(address: string, flags: BareFlags): BareRegisters {
  const serial = isSerialPort(address)
  if (!serial && !address.includes(':'))
    throw new IoCommandFault(address, 'is no address', 'With --register give host:port or /dev/tty...')
  const one = (text: string, name: string, among: readonly string[]): string => {
    if (among.includes(text)) return text
    throw new IoCommandFault(name, `found '${text}'`, `Expected one of ${among.join(', ')}.`)
  }
  const codec: RegisterCodec = {
    table: one(flags.table, '--table', TABLES) as RegisterCodec['table'],
    register: number(flags.register!, '--register', 0, 65_535),
    type: one(flags.type, '--type', REGISTER_TYPES) as RegisterType,
    order: one(flags.order, '--order', BYTE_ORDERS) as ByteOrder,
    counts_per_unit: number(flags.counts, '--counts', -Number.MAX_VALUE, Number.MAX_VALUE),
    quantity: '1',
  }
  if (codec.counts_per_unit === 0) throw new IoCommandFault('--counts', 'found 0', 'Expected any other number.')
  const protocol = serial ? 'modbus-rtu' : flags.rtuOverTcp === true ? 'modbus-rtu-tcp' : 'modbus-tcp'
  return {
    target: {
      address,
      protocol,
      timeout_ms: number(flags.timeout, '--timeout', 1, 60_000),
      serial: serial ? parseSerial(flags.serial) : undefined,
    },
    unit: number(flags.unit, '--unit', 0, 255),
    codec,
  }
}

async function strategyPlace(
  strategy: string,
  flags: FieldFlags,
): Promise<{
  readonly artifact: Artifact
  readonly folder: string
  readonly endpoints: ReadonlyMap<string, string>
  readonly place: RunPlace
}> {
  const built = await buildStrategy(strategy)
  if ('faults' in built) {
    reportFaults(built.faults)
    throw new IoCommandFault(strategy, 'has faults', 'Mend them first; `flyball check` lists them.')
  }
  const { artifact, folder } = built
  const place = runPlace(flags.data)
  return { artifact, folder, endpoints: endpointMap(place, flags.endpoint, artifact), place }
}

const readingsText = (readings: readonly PointReading[]): string =>
  table(
    readings.map((r) => [
      r.point,
      r.tag,
      r.raw.map((n) => `0x${n.toString(16).padStart(4, '0')}`).join(' '),
      withUnit(r.quantity, r.unit),
      withUnit(r.value, r.eu),
      r.direction === 'out' && r.stands !== null ? `stands ${withUnit(r.stands, r.unit)}` : '',
      `${r.quality}${r.why === '' ? '' : `: ${r.why}`}`,
    ]),
  )

const bareText = (readings: readonly BareReading[]): string =>
  table(
    readings.map((r) => [
      String(r.register),
      r.raw.map((n) => `0x${n.toString(16).padStart(4, '0')}`).join(' '),
      withUnit(r.quantity, ''),
      `${r.rtt_ms.toFixed(1)} ms`,
    ]),
  )

function number(text: string, name: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new IoCommandFault(name, `found '${text}'`, `Expected a number from ${min} to ${max}.`)
}

const print = (text: string): void => void process.stdout.write(text)
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** What the outside world or the one who types did wrong is a line and an exit code; what we did wrong ends the program. */
async function guarded(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (cause) {
    const known =
      cause instanceof IoCommandFault || cause instanceof ModbusFault || (cause as Error).name === 'OrderFault'
    if (!known && !(cause instanceof Error && 'syscall' in cause)) throw cause
    process.stderr.write(`${(cause as Error).message}\n`)
    process.exitCode = cause instanceof IoCommandFault ? cause.exit : cause instanceof ModbusFault ? WRONG : FAULTY
  }
}
