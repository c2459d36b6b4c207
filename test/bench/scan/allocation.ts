/**
 * What a scan allocates: the heap before and after many scans, in a process of its own whose young generation is so large
 * that nothing is collected in between, so that garbage counts as much as what stays.
 *
 * `node allocation.ts NAME SCANS`: a line of JSON. NAME is a strategy, or `pids-1000`. `+object` behind it makes the
 * measuring loop keep one object a scan, which must show: proof that the figure can be other than 0. `-RATIO` behind it
 * leaves out the blocks of that type.
 */
import { spawnSync } from 'node:child_process'
import type { Artifact } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { Controller } from '../../../controller/core/controller.ts'
import { createController } from '../../../controller/core/controller.ts'

export interface Allocation {
  readonly scans: number
  readonly bytes_per_scan: number
  /** Events of the scans measured; what they take is no part of a quiet scan. */
  readonly events: number
  /** Collections while it was measured; with any, the figure says nothing. */
  readonly collections: number
}

/** Measures in a child process. @throws Error with what it wrote, where it fails */
export function allocationOf(name: string, scans: number): Allocation {
  const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128', '--single-threaded-gc']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, import.meta.filename, name, `${scans}`], {
    encoding: 'utf8',
    timeout: 100_000,
  })
  if (status !== 0) throw new Error(`allocation of ${name}: ${stderr}`)
  return JSON.parse(stdout) as Allocation
}

if (process.argv[1] === import.meta.filename) {
  const [, , name = '', scans = ''] = process.argv
  const planted = name.endsWith('+object')
  process.stdout.write(`${JSON.stringify(await measure(name.replace('+object', ''), Number(scans), planted))}\n`)
}

async function measure(name: string, scans: number, planted: boolean): Promise<Allocation> {
  const { PerformanceObserver } = await import('node:perf_hooks')
  const { setTimeout: pause } = await import('node:timers/promises')
  const c = createController(await artifactOf(name))
  c.state = { epoch: 1, n: 0 }
  const drive = driver(c)
  let kept: object | undefined
  let events = 0
  let n = 0
  const go = (count: number): void => {
    for (let i = 0; i < count; i++) {
      n++
      drive(n)
      c.scan(n)
      events += c.events.length
      if (planted) kept = { n, kept: n + 1 }
    }
  }
  // Until the compiler is done with it: what it makes stands on the heap too.
  for (let i = 0; i < 10; i++) {
    go(Math.min(scans, 20_000))
    await pause(10)
  }
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  globalThis.gc!()
  await pause(10)
  observer.observe({ entryTypes: ['gc'] })
  events = 0
  const before = process.memoryUsage().heapUsed
  go(scans)
  const after = process.memoryUsage().heapUsed
  await pause(10)
  observer.disconnect()
  if (planted && kept === undefined) throw new Error('nothing was kept')
  return { scans, bytes_per_scan: (after - before) / scans, events, collections }
}

/** Moves all inputs a little at every scan, in place and without a call that would box a number. */
function driver(c: Controller): (n: number) => void {
  const { s, artifact, values } = c
  const inputs = Int32Array.from(artifact.control.inputs, (i) => i.s)
  const outputs = Int32Array.from(artifact.control.outputs, (o) => o.s)
  const pids = Int32Array.from(artifact.control.inputs.length > 0 ? [] : artifact.control.blocks, (b) => b.s)
  return (n) => {
    const wave = (n % 64) / 640
    for (let i = 0; i < inputs.length; i++) {
      s[inputs[i]!] = 11.9 + wave
      s[inputs[i]! + 1] = STATUS.good
    }
    for (let i = 0; i < outputs.length; i++) {
      s[outputs[i]! + 2] = values[i]!
      s[outputs[i]! + 3] = STATUS.good
    }
    for (let i = 0; i < pids.length; i++) {
      s[pids[i]!] = 49.9 + wave
      s[pids[i]! + 1] = STATUS.good
    }
  }
}

async function artifactOf(name: string): Promise<Artifact> {
  const [strategy = '', ...left_out] = name.split(/-(?=[A-Z])/)
  const many = /^pids-(\d+)$/.exec(strategy)
  if (many !== null) return (await import('./many-pids.ts')).manyPids(Number(many[1])).artifact
  const { buildStrategy } = await import('../../../cli/strategy-files.ts')
  const built = await buildStrategy(strategy)
  if ('faults' in built) throw new Error(`${strategy} has ${built.faults.length} faults`)
  const { artifact } = built
  const classes = artifact.control.classes.map((c) => ({
    ...c,
    steps: c.steps.filter(({ type }) => !left_out.includes(type)),
  }))
  return { ...artifact, control: { ...artifact.control, classes } }
}
