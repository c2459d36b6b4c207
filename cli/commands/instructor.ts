/**
 * `flyball instructor`: disturb the plant of the running system, spoil its instruments, change its speed.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { FaultKind } from '../../plant-sim/core/instruments/faults.ts'
import type { NetworkMode, NetworkName } from '../../plant-sim/edge/field-networks.ts'
import {
  type InstructorClient,
  InstructorFault,
  type InstructorState,
  instructorClient,
} from '../../plant-sim/edge/instructor-client.ts'
import { parseDuration } from '../run/schedule.ts'
import { readRunFile } from '../supervisor/system.ts'
import { FAULTY } from './check.ts'

interface Flags {
  readonly data: string
  readonly value?: string
  readonly ramp?: string
  readonly for?: string
}

export function registerInstructor(program: Command): void {
  const group = program.command('instructor').description('disturb and spoil the plant of the running system')
  const add = (
    usage: string,
    description: string,
    act: (client: InstructorClient, args: readonly string[], flags: Flags) => Promise<InstructorState>,
  ): Command =>
    group
      .command(usage)
      .description(description)
      .option('--data <folder>', 'data folder of the running system', process.env['FLYBALL_DATA'] ?? '.flyball')
      .action(async (...given: unknown[]) => {
        const command = given.pop() as Command
        await tell(act, command.args, command.opts<Flags>())
      })

  add('state', 'what is going on', (client) => client.state())
  add('disturb <name> [state]', 'switch a disturbance: disturb IDV6, disturb IDV6 off', (client, [name, state]) =>
    client.disturbance({ name: name!.toUpperCase(), on: state !== 'off' }),
  )
  add('fault <tag> <kind>', 'spoil an instrument or valve: fault PT-07 stuck', (client, [tag, kind], flags) =>
    client.fault({
      tag: tag!.toUpperCase(),
      kind: kind as FaultKind,
      ...(flags.value === undefined ? {} : { value: Number(flags.value) }),
      ...(flags.ramp === undefined ? {} : { ramp_s: parseDuration(flags.ramp) }),
      ...(flags.for === undefined ? {} : { for_s: parseDuration(flags.for) }),
    }),
  )
    .option('--value <number>', 'size: a bias, a rate per hour, the value it sticks at')
    .option('--ramp <time>', 'time over which it grows')
    .option('--for <time>', 'how long it lasts')
  add('clear [tag]', 'mend an instrument, or all', (client, [tag]) =>
    client.clearFault(tag === undefined ? {} : { tag: tag.toUpperCase() }),
  )
  add(
    'cable <network> <mode> [drop]',
    'network A or B: closed, silent or on again, for one drop or for all: cable A closed RIO-2',
    (client, [network, mode, drop]) =>
      client.network({
        network: network!.toUpperCase() as NetworkName,
        mode: mode as NetworkMode,
        ...(drop === undefined ? {} : { drop: drop.toUpperCase() }),
      }),
  )
  add('speed <factor>', 'plant seconds a second, 0.1 to 100; 0: as fast as it goes', (client, [factor]) =>
    client.speed({ factor: Number(factor) }),
  )
  add('pause', 'hold the plant', (client) => client.pause({ paused: true }))
  add('resume', 'let it go on', (client) => client.pause({ paused: false }))
}

async function tell(
  act: (client: InstructorClient, args: readonly string[], flags: Flags) => Promise<InstructorState>,
  args: readonly string[],
  flags: Flags,
): Promise<void> {
  const folder = resolve(flags.data)
  const running = readRunFile(folder)
  if (running === undefined) {
    process.stderr.write(`Nothing runs in ${folder}: npm start first, or give its --data folder.\n`)
    process.exitCode = FAULTY
    return
  }
  if (running.instructor === '') {
    process.stderr.write(`${folder}: this system runs on real devices, there is no plant to disturb.\n`)
    process.exitCode = FAULTY
    return
  }
  try {
    process.stdout.write(summary(await act(instructorClient(running.instructor), args, flags)))
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    process.stderr.write(`${cause.message}\n`)
    process.exitCode = cause instanceof InstructorFault && cause.code !== 'IO_REFUSED' ? 1 : FAULTY
  }
}

function summary(state: InstructorState): string {
  const on = state.disturbances.filter((d) => d.on).map((d) => d.name)
  const cut = state.drops.flatMap(({ id, networks }) =>
    (['A', 'B'] as const).flatMap((n) => (networks[n] === 'on' ? [] : [`${id} ${n} ${networks[n]}`])),
  )
  const pace = state.paused ? 'paused' : `${state.factor} x asked, ${state.achieved.toFixed(2)} x achieved`
  return [
    `${state.plant}, ${(state.time_s / 3600).toFixed(3)} h, ${pace}`,
    `disturbances  ${on.length === 0 ? 'none' : on.join(' ')}`,
    `cables        ${cut.length === 0 ? 'all on' : cut.join(', ')}`,
    `faults        ${state.faults.length === 0 ? 'none' : state.faults.map((f) => `${f.tag} ${f.kind}${f.active ? '' : ' (armed)'}`).join(', ')}`,
    state.trip === null
      ? `cost          ${state.cost_per_h.toFixed(1)} $/h`
      : `SHUT DOWN     ${state.trip.cause} at ${(state.trip.at_s / 3600).toFixed(3)} h`,
    '',
  ].join('\n')
}
