/**
 * The solver as a process: its wires, its clock or the simulated plant's, its journal, what it publishes and what it
 * takes.
 *
 * In RUN it begins tripped and nothing can be put into it. In SIMULATION the plant releases its scans, and a state
 * may be loaded between two of them.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { FAULT } from '../core/codes.ts'
import { createInputs } from '../core/inputs.ts'
import { loadSolver, type SolverSnapshot, saveSolver } from '../core/snapshot.ts'
import { createSolver } from '../core/solver.ts'
import { type BenchLine, openBenchLine } from './bench-line.ts'
import { openChannel } from './channel.ts'
import { CLOCK, createClockCheck } from './clock-check.ts'
import { type Executive, startExecutive } from './executive.ts'
import { initialState, PREPARATION_SCANS } from './initial-state.ts'
import { openJournal } from './journal.ts'
import { loadConfig } from './load-config.ts'
import { createModbusMaster } from './modbus-master.ts'
import { readProofRecords } from './proof-records.ts'
import { createRequestDesk } from './requests.ts'
import { createRunningHash } from './running-hash.ts'
import { placeOf, type SafetyProgramConfig } from './safety-config.ts'
import { SafetyFault } from './safety-fault.ts'
import { CHANNEL_REGISTERS, createScanCycle } from './scan-cycle.ts'
import { recordOf, snapshotOf, snapshotOfNobody } from './snapshot-of.ts'
import { openSnapshotSender } from './snapshot-sender.ts'
import type { Ready } from './watchdog.ts'
import { listenWrites, type WriteServer } from './write-server.ts'

export interface RunningSolver {
  readonly ready: Ready
  close(): Promise<void>
}

/** Where the channel's registers stand in the device. */
export const DEVICE_WRITE_AT = 1000
export const DEVICE_READ_AT = 1100

const PUBLISH_MS = 500
/** Two datagrams after changes are this far apart at least. */
const PUBLISH_MS_MIN = 50
/** The control system says that it is there every 5 s; half as much again is a link that is lost. */
const LINK_MS = 7500
const SIMULATION_WATCHDOG_MS = 1000
/** Notes that outsiders cause, a second: the rest is counted. */
const OUTSIDE_NOTES = 20

/**
 * @param alive - the loop of the scans lives: said after each scan, and in between where a simulated plant stands still
 * @throws SafetyFault with every reason why it cannot start
 */
export async function startSolver(given: SafetyProgramConfig, alive: () => void): Promise<RunningSolver> {
  const { config, hash, signed_by, warnings } = loadConfig(given)
  const simulated = config.mode === 'SIMULATION'
  if (simulated !== (given.bench !== undefined))
    throw new SafetyFault(
      'SIS_MODE',
      given.config_path,
      simulated ? 'mode SIMULATION without a simulated plant' : 'mode RUN beside a simulated plant',
      'a configuration for a simulated drop never runs on a plant, nor the other way',
    )
  const run_id = randomUUID()
  const key = given.write === undefined ? undefined : readKey(given.write.key_path)
  const journal = openJournal(given.data_dir)
  const solver = createSolver(config)
  const inputs = createInputs(config)
  const running = createRunningHash(solver)
  const channel = openChannel(config)
  const proofs = readProofRecords(given.data_dir, config, hash, Date.now())
  const clock = createClockCheck()
  const sender = openSnapshotSender(given.targets)
  // Made now, while nobody waits: the run-up of a burner's sequence is thousands of scans.
  const fresh = simulated ? initialState(config, PREPARATION_SCANS) : undefined
  /** The solver's scan numbers are the plant's and this: in SIMULATION its preparation lies before the first. */
  let offset = simulated ? PREPARATION_SCANS : 0
  inputs.start_blocked = proofs.overdue.length > 0 ? 1 : 0
  journal.add({
    event: 'start',
    run_id,
    config: config.id,
    revision: config.revision,
    hash,
    running_hash: running.expected >>> 0,
    mode: config.mode,
    signed_by,
    warnings,
    restarts: given.restarts ?? 0,
    why: given.why ?? '',
    overdue: proofs.overdue,
    wrong_proof_records: proofs.wrong,
  })
  let published = 0
  /** Something has changed that was not published yet. */
  let owed = false
  let scan = 0
  let seq = 0
  let noted = 0
  let heard = Number.NEGATIVE_INFINITY
  let last_ms = 0
  let worst_ms = 0
  let worst_at = 0
  let began = 0
  let storage_told = false
  let executive: Executive | undefined
  let bench: BenchLine | undefined
  /** The state of a healthy plant was loaded: the next scan, whatever its number, follows it. */
  let awaits_first = false

  let outside = 0
  let outside_second = 0
  /** The journal is not for the one who shouts: so many notes a second, and how many were left out. */
  const noteOutside = (entry: Readonly<Record<string, unknown>>): void => {
    const second = Math.floor(performance.now() / 1000)
    if (second !== outside_second) {
      if (outside > OUTSIDE_NOTES) journal.add({ event: 'notes-left-out', count: outside - OUTSIDE_NOTES })
      outside_second = second
      outside = 0
    }
    outside++
    if (outside <= OUTSIDE_NOTES) journal.add(entry)
  }

  const { device, device_b } = given
  const master = createModbusMaster({
    places: (device_b === undefined ? [device] : [device, device_b]).map(placeOf),
    unit: given.unit ?? 1,
    write_at: DEVICE_WRITE_AT,
    read_at: DEVICE_READ_AT,
    registers: CHANNEL_REGISTERS,
    timeout_ms: Math.max(config.scan_ms, Math.floor(config.link_timeout_ms / 2)),
    on_state: (connected, code, reason) => noteOutside({ event: 'device', connected, code, reason }),
  })
  const desk = createRequestDesk(
    () => {
      const asked = channel.asks_acknowledge
      if (asked) channel.acknowledge()
      return asked
    },
    (entry) => journal.add(entry),
  )

  const publish = (): void => {
    const frame = { config_hash: hash, run_id, seq: seq++, signed_by, at: new Date().toISOString() }
    const { state, errors, late } = channel
    const { running_hash } = cycle
    const snapshot = snapshotOf(solver, inputs, frame, {
      scan,
      offset,
      running_hash: running_hash >>> 0,
      running_hash_expected: running.expected >>> 0,
      channel: { state, errors, late },
      executive: {
        last_ms: round(last_ms),
        worst_ms: round(worst_ms),
        overruns: executive?.missed ?? 0,
        restarts: given.restarts ?? 0,
      },
      proved: proofs.proved,
    })
    published = performance.now()
    owed = false
    sender.send(JSON.stringify(snapshot))
  }

  const cycle = createScanCycle({
    solver,
    inputs,
    channel,
    master,
    hash: running,
    wait_ms: simulated ? Math.max(250, config.scan_ms) : Math.ceil(config.scan_ms * 0.6),
    now_ms: simulated ? () => scan * config.scan_ms : () => performance.now(),
    numberOf: (n) => n + offset,
    before() {
      inputs.dcs_link = performance.now() - heard <= LINK_MS ? 1 : 0
      if (journal.failed !== '') {
        cycle.faults |= FAULT.storage
        if (!storage_told) process.stderr.write(`safety: ${journal.failed}; everything trips until the next start\n`)
        storage_told = true
      }
      const found = clock.judge(performance.now(), Date.now())
      if ((found & (CLOCK.stands | CLOCK.apart)) !== 0) cycle.faults |= FAULT.clock
      if (found !== 0) journal.add({ event: 'clock', code: 'SIS_CLOCK', found })
      desk.into(inputs, performance.now())
      began = performance.now()
    },
    after() {
      const now = performance.now()
      last_ms = now - began
      if (last_ms >= worst_ms || now - worst_at > 60_000) {
        worst_ms = last_ms
        worst_at = now
      }
      desk.judge(solver.soe)
      alive()
      const { count, capacity } = solver.soe
      owed ||= count !== noted
      for (let i = Math.max(noted, count - capacity); i < count; i++)
        journal.add({ event: 'soe', run: run_id, ...recordOf(solver.soe, i, offset) })
      noted = count
      if (owed && now - published >= PUBLISH_MS_MIN) publish()
    },
  })

  const step = (n: number, done?: () => void): void => {
    if (awaits_first) {
      awaits_first = false
      offset = PREPARATION_SCANS + 1 - n
    }
    scan = n
    cycle.begin(n, done)
  }

  let writes: WriteServer | undefined
  if (given.write !== undefined && key !== undefined)
    writes = await listenWrites(
      {
        host: given.write.host,
        port: given.write.port,
        hello: { type: 'hello', run_id, config_hash: hash },
        flooded: (knocks) =>
          journal.add({ event: 'write-flood', code: 'SIS_WRITE_FLOOD', reason: `${knocks} connections in a second` }),
      },
      {
        config,
        key,
        desk,
        now_ms: () => performance.now(),
        nonce: () => randomBytes(16).toString('hex'),
        heard() {
          heard = performance.now()
        },
        note: noteOutside,
      },
    )
  const timer = setInterval(publish, PUBLISH_MS)
  let pulse: NodeJS.Timeout | undefined
  if (given.bench === undefined) executive = startExecutive(config.scan_ms, step)
  else {
    // The plant may stand still: that the loop lives is all there is to say then.
    pulse = setInterval(alive, Math.max(50, Math.floor(config.watchdog_ms / 5)))
    bench = openBenchLine({
      ...placeOf(given.bench),
      hello: { id: config.id, config_hash: hash, scan_ms: config.scan_ms },
      step,
      save: () => {
        if ((solver.faults & (FAULT.disagreement | FAULT.exception)) !== 0)
          return { n: scan, state: '', reason: 'the evaluators have differed: this state is not to be trusted' }
        const state: SavedState = {
          version: 1,
          hash,
          n: scan,
          offset,
          first: awaits_first,
          solver: saveSolver(solver),
          channel: channel.save(),
          seq: inputs.seq,
        }
        return { n: scan, state: JSON.stringify(state), reason: '' }
      },
      load(n, text) {
        const reason = text === '' ? startFresh(n) : restore(n, text)
        journal.add({ event: 'load', n, kind: text === '' ? 'start' : 'saved', reason })
        return reason
      },
      on_state: (connected, reason) => noteOutside({ event: 'bench', connected, reason }),
    })
  }
  const startFresh = (n: number): string => {
    if (fresh === undefined) return 'healthy inputs do not lead to a state with every effect normal'
    try {
      loadSolver(solver, fresh)
    } catch (cause) {
      return (cause as Error).message
    }
    scan = n
    awaits_first = true
    cycle.forget()
    return ''
  }
  const restore = (n: number, text: string): string => {
    try {
      const saved = JSON.parse(text) as SavedState
      if (saved.version !== 1) return `a state of version ${String(saved.version)}`
      if (saved.hash !== hash) return 'the state of another configuration'
      if (saved.n !== n) return `the state of scan ${saved.n}, not of ${n}`
      loadSolver(solver, saved.solver)
      channel.load(saved.channel)
      inputs.seq = saved.seq
      scan = n
      offset = saved.offset
      awaits_first = saved.first
      cycle.forget()
      return ''
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause)
    }
  }
  publish()
  return {
    ready: {
      ports: writes === undefined ? {} : { write: writes.port },
      // Beside a simulated plant the wall's time is nobody's safety time, and a busy machine no fault.
      watchdog_ms: simulated ? Math.max(config.watchdog_ms, SIMULATION_WATCHDOG_MS) : config.watchdog_ms,
      nobody: snapshotOfNobody(config, { config_hash: hash, run_id: '', seq: 0, signed_by, at: '' }, 0),
    },
    async close() {
      executive?.stop()
      bench?.close()
      clearInterval(timer)
      clearInterval(pulse)
      master.close()
      sender.close()
      await writes?.close()
      journal.add({ event: 'stop', run_id, scan })
      await journal.close()
    },
  }
}

interface SavedState {
  readonly version: number
  readonly hash: string
  readonly n: number
  readonly offset: number
  readonly first: boolean
  readonly solver: SolverSnapshot
  readonly channel: readonly number[]
  readonly seq: number
}

function readKey(path: string): Uint8Array {
  let key: Buffer
  try {
    // A file's end of line belongs to the file, not to the secret.
    key = Buffer.from(readFileSync(path, 'utf8').trim())
  } catch (cause) {
    throw new SafetyFault('SIS_FILE', path, (cause as Error).message, 'the key of the link must be there and readable')
  }
  if (key.length < 32)
    throw new SafetyFault('SIS_WRITE_KEY', path, `${key.length} bytes`, 'a key has 32 bytes at least')
  return key
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000
