/**
 * `flyball device`: a field device that is nothing but its profile, on a port, a serial line or a pseudo-terminal.
 */
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { fromProfile } from '../../plant-sim/core/emulator/from-profile.ts'
import type { EmulatorWire } from '../../plant-sim/edge/emulator/emulator.ts'
import type { DeviceProfile } from '../../protocols/core/profile/profile.ts'
import { deviceCommand, wireFaults } from '../device/console.ts'
import { loadProfile, profileNames } from '../device/load-profile.ts'
import { parseSerial, parseUnits } from '../io/scan.ts'

interface Flags {
  readonly port: string
  readonly host: string
  readonly rtuTcp?: true
  readonly tls?: string
  readonly pty?: string | true
  readonly serial?: string
  readonly line?: string
  readonly units?: string
  readonly fault: readonly string[]
  readonly seed: string
}

export function registerDevice(program: Command): void {
  program
    .command('device')
    .description('emulate a field device from its profile, with faults on demand')
    .argument('[profile]', 'a name, or a .yaml file; none: the names there are')
    .option('--port <number>', 'Modbus TCP port; 0 any free one', '1502')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--rtu-tcp', 'RTU frames over the TCP connection')
    .option('--tls <cert,key,ca>', 'Modbus Security: PEM files; a client must show a certificate of the ca')
    .option('--pty [link]', 'RTU on a pseudo-terminal, and a path that shall lead to it')
    .option('--serial <path>', 'RTU on a serial port')
    .option('--line <settings>', 'of the serial port, as 9600-8N1; absent: those of the profile')
    .option('--units <list>', 'units that answer, as 1,2,5-8; absent: that of the profile')
    .option('--fault <kind[:chance[:size]]>', 'trouble on the wire, again for more: late:0.1:800ms', collect, [])
    .option('--seed <number>', 'of values and faults', '1')
    .action(async (name: string | undefined, flags: Flags) => {
      try {
        if (name === undefined) process.stdout.write(`${profileNames().join('\n')}\n`)
        else await run(loadProfile(name), flags)
      } catch (cause) {
        process.stderr.write(`${(cause as Error).message}\n`)
        process.exitCode = 2
      }
    })
}

const collect = (text: string, before: readonly string[]): string[] => [...before, text]

async function run(profile: DeviceProfile, flags: Flags): Promise<void> {
  const faults = wireFaults(flags.fault)
  if (typeof faults === 'string') throw new Error(`--fault: ${faults}`)
  const units = flags.units === undefined ? [profile.unit ?? 1] : parseUnits(flags.units)
  const { startEmulator } = await import('../../plant-sim/edge/emulator/emulator.ts')
  const emulator = await startEmulator({
    profile: fromProfile(profile),
    units,
    wire: wireOf(profile, flags),
    seed: whole(flags.seed, '--seed', Number.MAX_SAFE_INTEGER),
    faults,
  })
  process.stdout.write(
    `${profile.title}\n${emulator.endpoint}, unit${units.length === 1 ? '' : 's'} ${units.join(', ')}, ${profile.points.length} points. Say help, or Ctrl-C.\n`,
  )
  const end = async (): Promise<void> => {
    await emulator.close()
    process.exit(0)
  }
  process.on('SIGINT', () => void end())
  process.on('SIGTERM', () => void end())
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === 'quit') return end()
    const answer = deviceCommand(emulator, line)
    if (answer !== '') process.stdout.write(`${answer}\n`)
  }
}

function wireOf(profile: DeviceProfile, flags: Flags): EmulatorWire {
  const { host } = flags
  const asked = [flags.rtuTcp, flags.tls, flags.pty, flags.serial].filter((f) => f !== undefined).length
  if (asked > 1) throw new Error('--rtu-tcp, --tls, --pty and --serial are different wires: give one')
  if (flags.pty !== undefined) return { kind: 'pty', ...(flags.pty === true ? {} : { link: flags.pty }) }
  if (flags.serial !== undefined) {
    const settings = flags.line === undefined ? profile.serial : parseSerial(flags.line)
    if (settings === undefined)
      throw new Error(`--line: ${profile.name} says nothing of a serial line; give 9600-8N1 or so`)
    return { kind: 'serial', path: flags.serial, settings }
  }
  const port = whole(flags.port, '--port', 65_535)
  if (flags.tls === undefined) return { kind: flags.rtuTcp === true ? 'rtu-tcp' : 'tcp', host, port }
  const [cert, key, ca, more] = flags.tls.split(',')
  if (cert === undefined || key === undefined || ca === undefined || more !== undefined)
    throw new Error(`--tls: found '${flags.tls}', expected three files: cert.pem,key.pem,ca.pem`)
  return { kind: 'tls', host, port, cert, key, ca }
}

function whole(text: string, name: string, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new Error(`${name}: found '${text}', expected a whole number of 0 to ${most}`)
}
