/**
 * `flyball instructor`: disturb the plant of the running system, spoil its instruments, change its speed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { FaultKind } from '../../plant-sim/core/instruments/faults.ts'
import { durationOf } from '../../plant-sim/core/scenario/duration.ts'
import type { NetworkMode, NetworkName } from '../../plant-sim/edge/field-networks.ts'
import {
  type InstructorClient,
  InstructorFault,
  type InstructorState,
  instructorClient,
  type StationView,
} from '../../plant-sim/edge/instructor-client.ts'
import { instructorLink } from '../../plant-sim/edge/instructor-token.ts'
import { renderScore } from '../../plant-sim/edge/render-score.ts'
import { parseDuration } from '../run/schedule.ts'
import { readRunFile } from '../supervisor/system.ts'
import { FAULTY } from './check.ts'

interface Flags {
  readonly data: string
  readonly value?: string
  readonly ramp?: string
  readonly for?: string
  readonly seed?: string
  readonly out?: string
}

export function registerInstructor(program: Command): void {
  const group = program.command('instructor').description('disturb and spoil the plant of the running system')
  const add = (
    usage: string,
    description: string,
    act: (client: InstructorClient, args: readonly string[], flags: Flags) => Promise<InstructorState | undefined>,
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
  add(
    'contact <tag> <state>',
    "turn a contact of the safety system's panel: contact HS-90 closed",
    (client, [tag, state]) => client.contact({ tag: tag!.toUpperCase(), state: state as 'open' | 'closed' }),
  )
  add('press <tag> [time]', 'press a contact and let it go: press HS-91 1s', (client, [tag, time]) =>
    client.press({ tag: tag!.toUpperCase(), ...(time === undefined ? {} : { for_s: parseDuration(time) }) }),
  )
  add('speed <factor>', 'plant seconds a second, 0.1 to 100; 0: as fast as it goes', (client, [factor]) =>
    client.speed({ factor: Number(factor) }),
  )
  add('pause', 'hold the plant', (client) => client.pause({ paused: true }))
  add('resume', 'let it go on', (client) => client.pause({ paused: false }))
  add('scenario <what> [file]', 'load FILE, start [FILE], stop, status', async (client, [what, file]) => {
    if (what === 'load' || (what === 'start' && file !== undefined)) await load(client, file)
    if (what === 'start') await client.startScenario()
    else if (what === 'stop') await client.stopScenario()
    else if (what !== 'load' && what !== 'status')
      throw new WordFault(`scenario: found '${what}', expected load, start, stop or status`)
    return client.state()
  })
  add('snapshot <name>', 'keep the whole run as it stands, under this name', (client, [name]) => client.snapshot(name!))
  add(
    'back <to>',
    'the whole run back: to the snapshot of this name, or by a time: back 5min',
    (client, [to], { seed }) => {
      const seconds = durationOf(to!)
      const where = seconds > 0 ? { minutes: seconds / 60 } : { name: to! }
      return client.restore({ ...where, ...(seed === undefined ? {} : { seed: Number(seed) }) })
    },
  ).option('--seed <number>', 'noise of another seed from there on')
  add('repeat', 'the whole run from its start again', (client, _args, { seed }) =>
    client.repeat(seed === undefined ? undefined : Number(seed)),
  ).option('--seed <number>', 'with another seed')
  add('score', 'the score sheet of the scenario', async (client, _args, { out }) => {
    const sheet = await client.score()
    if (out === undefined) process.stdout.write(`${JSON.stringify(sheet, null, 2)}\n`)
    else writeFileSync(out, out.endsWith('.html') ? renderScore(sheet) : `${JSON.stringify(sheet, null, 2)}\n`)
    return undefined
  }).option('--out <file>', 'as JSON, or as HTML to print, by the name of the file')
}

class WordFault extends Error {}

async function load(client: InstructorClient, file: string | undefined): Promise<void> {
  if (file === undefined) throw new WordFault('scenario load: found no file, expected one')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new WordFault(`scenario: ${(cause as Error).message}`)
  }
  await client.loadScenario({ text, file })
}

async function tell(
  act: (client: InstructorClient, args: readonly string[], flags: Flags) => Promise<InstructorState | undefined>,
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
    const link = instructorLink(running.instructor, folder)
    const client = instructorClient(link, process.env['USER']?.replace(/[^\x20-\x7e]/g, ''))
    const state = await act(client, args, flags)
    if (state === undefined) return
    process.stdout.write(summary(state) + progress(await client.station()) + `page          ${link}\n`)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    process.stderr.write(`${cause.message}\n`)
    process.exitCode = cause instanceof InstructorFault && cause.code !== 'IO_REFUSED' ? 1 : FAULTY
  }
}

/** Where the scenario stands, and what can be gone back to. */
function progress({ scenario, snapshots, course }: StationView): string {
  const named = snapshots.filter((s) => s.name !== '').map((s) => s.name)
  const where =
    scenario === null
      ? 'none'
      : `${scenario.name}, ${scenario.running ? `${(scenario.time_s / 60).toFixed(1)} of ${(scenario.duration_s / 60).toFixed(0)} min` : 'not under way'}`
  const met =
    scenario === null
      ? ''
      : `, ${scenario.expectations.filter((e) => e.met_s >= 0).length} of ${scenario.expectations.length} actions seen`
  return [
    `scenario      ${where}${met}`,
    `snapshots     ${snapshots.length}${named.length === 0 ? '' : `: ${named.join(', ')}`}; course ${course}`,
    '',
  ].join('\n')
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
    ...safetyLines(state),
    `faults        ${state.faults.length === 0 ? 'none' : state.faults.map((f) => `${f.tag} ${f.kind}${f.active ? '' : ' (armed)'}`).join(', ')}`,
    state.trip === null
      ? `cost          ${state.cost_per_h.toFixed(1)} $/h`
      : `SHUT DOWN     ${state.trip.cause} at ${(state.trip.at_s / 3600).toFixed(3)} h`,
    '',
  ].join('\n')
}

/** The safety system's device, where the plant has one. */
function safetyLines({ safety }: InstructorState): string[] {
  if (safety === null) return []
  const { solver } = safety
  const moved = safety.elements.filter((e) => !e.energised).map((e) => e.tag)
  const touched = safety.contacts.filter((c) => c.closed !== (c.normal === 'closed'))
  const who =
    solver === null ? 'nobody scans it' : `${solver.id}, ${solver.silent ? 'silent' : `every ${solver.scan_ms} ms`}`
  return [
    `safety        ${safety.drop} ${safety.guard}, ${who}`,
    `solenoids     ${moved.length === 0 ? 'all energised' : `de-energised: ${moved.join(' ')}`}`,
    `contacts      ${touched.length === 0 ? 'all as they stand' : touched.map((c) => `${c.tag} ${c.closed ? 'closed' : 'open'}`).join(', ')}`,
    ...safety.events.slice(-3).map((e) => `${e.kind.padEnd(13)} ${e.cause} at ${(e.at_s / 3600).toFixed(3)} h`),
  ]
}
