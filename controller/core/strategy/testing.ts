/** A small strategy in memory, for tests: files by path, to be changed one fact at a time. */
import type { BlockType } from '../block.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { type CompileResult, compile, type StrategyFile } from './compile.ts'

export type Files = Readonly<Record<string, string>>

export const STRATEGY = `format: 1
name: trial
title: Trial
scan:
  fast: 1s
  slow: 10s
areas:
  - {id: A1, title: Area one}
stations: 2
`

export const FLOW_CLASS = `class: FlowLoop@2
params:
  gain: {type: real, default: 0.5, min: 0}
  reset: {type: time, default: 8s}
  sp: real
  normal: {type: word, default: auto}
io: {pv: in, mv: out}
scan: fast
kind: controller
faceplate: PID1
blocks:
  AI1: {type: AI, in: $io.pv, out_scale: [$lo, $hi]}
  PID1: {type: PID, in: AI1.OUT, pv_scale: [$lo, $hi], gain: $gain, reset: $reset, sp: $sp, mode_target: $normal, normal: $normal}
  AO1: {type: AO, cas_in: PID1.OUT, readback: $io.mv, out: $io.mv}
`

export const LOOPS = `area: A1
modules:
  - tag: FIC-101
    class: FlowLoop@2
    description: Feed
    eu: m3/h
    range: [0, 40]
    params: {sp: 12, normal: cas}
    io: {pv: RIO-1/AI/1, mv: RIO-1/AO/1}
  - tag: LIC-101
    description: Level
    eu: '%'
    range: [0, 100]
    limits: {hi: 80, lo: 20}
    scan: slow
    kind: controller
    faceplate: PID1
    out: {eu: m3/h, range: [0, 40]}
    blocks:
      AI1: {type: AI, in: RIO-1/AI/2}
      PID1: {type: PID, in: AI1.OUT, gain: 2, reset: 5min, sp: 50, out_scale: [0, 40]}
cascade:
  - {master: LIC-101.PID1, slave: FIC-101.PID1}
`

export const IO = `devices:
  - id: RIO-1
    description: Drop
    protocol: modbus-tcp
    endpoint: plant:RIO-1
    unit: 1
    timeout: 300ms
    watchdog: {time: 5s, time_register: 100, tripped_register: 200, rearm_register: 101}
    each_input: {type: uint16, counts_per_unit: 2500, quantity: mA}
    each_output: {type: uint16, counts_per_unit: 2500, quantity: mA, min: 3.6, max: 21, step_max: 4}
    inputs:
      AI/1: {register: 0}
      AI/2: {register: 1}
    outputs:
      AO/1: {register: 0, readback_register: 100}
      AO/2: {register: 1, readback_register: 101}
`

export const DISPLAY = `id: overview
title: Trial
kind: overview
columns:
  - {title: One, indicators: [FIC-101]}
trends:
  - {tag: LIC-101, span: 60min}
`

export const FILES: Files = {
  'strategy.yaml': STRATEGY,
  'classes/flow.class.yaml': FLOW_CLASS,
  'loops/a.yaml': LOOPS,
  'io/rio.yaml': IO,
  'displays/overview.yaml': DISPLAY,
}

export const filesOf = (files: Files): StrategyFile[] => Object.entries(files).map(([path, text]) => ({ path, text }))

/** Not SHA-256: the tests only need equal texts to be equal. */
export const fakeHash = (text: string): string =>
  `${text.length}:${[...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 1e9, 7)}`

export const compileFiles = (files: Files, types: ReadonlyMap<string, BlockType> = BLOCK_TYPES): CompileResult =>
  compile(filesOf(files), { types, hash: fakeHash })

/** The files with one piece of text in one of them replaced. */
export function changed(path: string, from: string, to: string, files: Files = FILES): Files {
  const text = files[path]
  if (text === undefined || !text.includes(from)) throw new Error(`'${from}' is not in ${path}`)
  return { ...files, [path]: text.replace(from, () => to) }
}
