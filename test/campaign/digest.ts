/**
 * One value a seed: the digests of all scans of the Tennessee Eastman strategy in closed loop, chained to one number, must
 * not depend on how the scans are cut, whether the state goes through bytes in between, or which process executes them.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readInstruments, readStart } from '../../cli/plant-files.ts'
import { withStart } from '../../cli/starts.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { Artifact } from '../../contracts/artifact.ts'
import { type Controller, createController } from '../../controller/core/controller.ts'
import { digest } from '../../controller/core/digest.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig } from '../../plant-sim/core/rig.ts'
import { createRun, type Run } from '../../simulation/run/run.ts'

export interface DigestRow {
  readonly seed: number
  readonly way: string
  readonly value: number
  readonly seconds: number
}

/** Scans by their changes: for each scan how many there are, then of each kind (0 input, 1 read-back), index, value, status. */
interface Batch {
  readonly seed: number
  readonly scans: number
  readonly from: number
  readonly chain: number
  readonly state: Uint8Array
  readonly changes: Float64Array
}
interface Answer {
  readonly chain: number
  readonly state: Uint8Array
  readonly seconds: number
}
type Order = { readonly whole: { readonly seed: number; readonly scans: number; readonly chunk: number } } | Batch

const EPOCH = 1
const CHUNKS = { whole: 10_000, saved: 777, child: 1234, handed: 2500 } as const

/** All ways of one seed. Scans are of one second, or what the strategy's tick is. */
export async function digestRows(seed: number, scans: number): Promise<DigestRow[]> {
  const beside = startChild()
  const two = [startChild(), startChild()]
  const children = [beside, ...two]
  try {
    beside.send({ whole: { seed, scans, chunk: CHUNKS.child } } satisfies Order)
    const answered = answerOf(beside).then(
      ({ chain, seconds }): DigestRow => ({
        seed,
        way: `a process of its own, ${CHUNKS.child} at a time`,
        value: chain,
        seconds,
      }),
    )
    const row = async (way: string, work: () => Promise<number>): Promise<DigestRow> => {
      const start = performance.now()
      const value = await work()
      return { seed, way, value, seconds: since(start) }
    }
    return [
      await row(`one process, ${CHUNKS.whole} at a time`, () => whole(seed, scans, CHUNKS.whole)),
      await row(`the same, ${CHUNKS.saved} at a time, saved and loaded after each`, () =>
        whole(seed, scans, CHUNKS.saved, (c) => c.load(c.save(), c.state)),
      ),
      await answered,
      await row(`two processes in turn, ${CHUNKS.handed} each, the state handed over to a new controller`, () =>
        handed(seed, scans, CHUNKS.handed, two),
      ),
    ]
  } finally {
    for (const child of children) child.kill()
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  }
}

/** Prints the table; true where each seed has one value, and the seeds differ. */
export async function digestCampaign(seeds: readonly number[], scans: number): Promise<boolean> {
  process.stdout.write('| seed | scans | executed by | digest of all | s |\n|---|---|---|---|---|\n')
  const values: Set<number>[] = []
  for (const seed of seeds) {
    const rows = await digestRows(seed, scans)
    for (const { way, value, seconds } of rows)
      process.stdout.write(
        `| ${seed} | ${scans.toLocaleString('en')} | ${way} | ${value.toString(16)} | ${seconds.toFixed(0)} |\n`,
      )
    values.push(new Set(rows.map(({ value }) => value)))
  }
  const different = new Set(values.flatMap((set) => [...set])).size
  return values.every((set) => set.size === 1) && different === seeds.length
}

const since = (start_ms: number): number => (performance.now() - start_ms) / 1000

async function whole(seed: number, scans: number, chunk: number, between?: (c: Controller) => void): Promise<number> {
  const run = await closedLoop(seed, scans)
  const link = chainer()
  let chain = 0
  for (let done = 0; done < scans; done += chunk) {
    const end = Math.min(scans, done + chunk)
    for (let i = done; i < end; i++) {
      step(run)
      chain = link(chain, run.controller.digest())
    }
    between?.(run.controller)
  }
  return chain
}

/** The loop is closed here; what it latched goes to others, who execute it on the state that the one before handed over. */
async function handed(seed: number, scans: number, chunk: number, children: readonly ChildProcess[]): Promise<number> {
  const run = await closedLoop(seed, scans)
  const c = run.controller as { -readonly [K in keyof Controller]: Controller[K] }
  const { latchInput, latchReadback } = c
  let changes: number[] = []
  let count = 0
  const note = (kind: number, at: number, value: number, status: number): void => {
    changes.push(kind, at, value, status)
    count++
  }
  c.latchInput = (at, value, status) => {
    note(0, at, value, status)
    latchInput(at, value, status)
  }
  c.latchReadback = (at, value, status) => {
    note(1, at, value, status)
    latchReadback(at, value, status)
  }
  let answer: Answer = { chain: 0, state: c.save(), seconds: 0 }
  for (let done = 0, turn = 0; done < scans; done += chunk, turn++) {
    const end = Math.min(scans, done + chunk)
    changes = []
    for (let i = done; i < end; i++) {
      const head = changes.push(0) - 1
      count = 0
      step(run)
      changes[head] = count
    }
    const child = children[turn % children.length]!
    const { chain, state } = answer
    const batch: Batch = { seed, scans: end - done, from: done, chain, state, changes: Float64Array.from(changes) }
    child.send(batch)
    answer = await answerOf(child)
  }
  return answer.chain
}

function step(run: Run): void {
  run.advance(1)
  // The campaign is of so many scans: a plant that has shut down has none left.
  if (run.done && run.record().trip !== null) throw new Error(`the plant shut down at ${run.time_s} s`)
}

/** A chain of digests: the next value of the last and the digest of a scan. */
function chainer(): (chain: number, of: number) => number {
  const pair = new Float64Array(2)
  const words = [new Uint32Array(pair.buffer)]
  return (chain, of) => {
    pair[0] = chain
    pair[1] = of
    return digest(words)
  }
}

async function prepared(): Promise<{ artifact: Artifact; folder: string }> {
  const built = await buildStrategy('tennessee-eastman')
  if ('faults' in built) throw new Error(`the strategy has ${built.faults.length} faults`)
  const values = readStart(built.folder, 'mode1', built.artifact)
  if (!('ok' in values)) throw new Error("the plant's files have faults")
  return { artifact: withStart(built.artifact, values.ok), folder: built.folder }
}

async function closedLoop(seed: number, scans: number): Promise<Run> {
  const { artifact, folder } = await prepared()
  const instruments = readInstruments(folder)
  if (!('ok' in instruments)) throw new Error("the plant's files have faults")
  const plant = createFieldPlant('tennessee-eastman', { scheme: 'converged', seed, start: 'mode1' })
  const rig = createRig(plant, instruments.ok, { seed, step_ms: 1000 })
  const hours = (scans * artifact.tick_ms) / 3_600_000
  return createRun({ artifact, rig, hours, start: 'mode1', seed, sample_s: 3600, actions: [] })
}

const startChild = (): ChildProcess => fork(import.meta.filename, ['child'], { serialization: 'advanced' })

/** @throws Error where it ends instead */
function answerOf(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a process of the campaign ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Answer)
    })
  })
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'child') {
  const { artifact } = await prepared()
  process.on('message', async (order: Order) => {
    if ('whole' in order) {
      const { seed, scans, chunk } = order.whole
      const start = performance.now()
      const chain = await whole(seed, scans, chunk)
      process.send!({ chain, state: new Uint8Array(), seconds: since(start) } satisfies Answer)
    } else process.send!(execute(artifact, order))
  })
  process.once('disconnect', () => process.exit(0))
}

/** The scans of a batch on a controller that has nothing but the bytes. */
function execute(artifact: Artifact, { changes, from, scans, ...before }: Batch): Answer {
  const c = createController(artifact)
  c.load(new Uint8Array(before.state), { epoch: EPOCH, n: from })
  const link = chainer()
  let { chain } = before
  let at = 0
  for (let n = from + 1; n <= from + scans; n++) {
    for (let left = changes[at++]!; left > 0; left--, at += 4) {
      const latch = changes[at] === 0 ? c.latchInput : c.latchReadback
      latch(changes[at + 1]!, changes[at + 2]!, changes[at + 3]!)
    }
    c.scan(n)
    chain = link(chain, c.digest())
  }
  return { chain, state: c.save(), seconds: 0 }
}
