// Every target mode, condition and step of the handshake, block by block. Method: mode-table.ts judges from the text of the
// rules; here each block stands at rest, is brought to the step, gets the condition, and must answer as judged without its
// output moving; then the condition goes and the block must be back in its target within four scans, again without moving.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../contracts/frame.ts'
import { MODE } from '../../contracts/mode.ts'
import { codeOf, isGood, LIMIT, limitOf, STATUS } from '../../contracts/status.ts'
import { createRig, type Rig } from '../../controller/core/testing/rig.ts'
import {
  BLOCKS,
  CELLS,
  type Cell,
  type Condition,
  type Expected,
  modeTablePage,
  optionOf,
  SHED_OPTIONS,
} from './mode-table.ts'

interface Bench {
  readonly set: Readonly<Record<string, number | readonly number[]>>
  /** Wires at rest. */
  readonly wires: Readonly<Record<string, number>>
  /** What the master would send at rest. */
  readonly cas?: number
  /** Where the operator puts OUT first, away from what the integral started with. */
  readonly hand?: number
  readonly input?: string
  readonly second?: string
  readonly backs: readonly string[]
  readonly outs: readonly string[]
  readonly back_out: string
}

const REST = { backs: ['BKCAL_IN'], outs: ['OUT'], back_out: 'BKCAL_OUT' }
/** Each block at rest: its law gives the OUT at which it and its slave stand. */
const BENCHES: Readonly<Record<string, Bench>> = {
  PID: {
    ...REST,
    set: { GAIN: 1.3, RESET: 7, RATE: 2, SP: 50, OUT: 40 },
    wires: { IN: 50, TRK_VAL: 33.7, BKCAL_IN: 33.7 },
    hand: 33.7,
    cas: 50,
    input: 'IN',
  },
  AO: { ...REST, backs: [], set: { SP: 40, XD: [0, 100], FSTATE_TIME: 5 }, wires: { READBACK: 40 }, cas: 40 },
  DO: { ...REST, backs: [], set: { SP: 1, FSTATE_TIME: 5 }, wires: { READBACK: 1 }, cas: 1 },
  RATIO: { ...REST, set: { SP: 2, OUT: 40 }, wires: { IN_1: 20, BKCAL_IN: 40 }, cas: 2, input: 'IN_1' },
  BIAS_GAIN: { ...REST, set: { SP: 10, OUT: 40 }, wires: { IN_1: 30, BKCAL_IN: 40 }, cas: 10, input: 'IN_1' },
  RATE_LIMIT: { ...REST, set: { SP: 40, OUT: 40, RATE_UP: 1, RATE_DN: 1 }, wires: { BKCAL_IN: 40 }, cas: 40 },
  CONTROL_SELECTOR: {
    ...REST,
    set: { SEL_TYPE: 1, OUT: 40 },
    wires: { SEL_1: 40, SEL_2: 60, BKCAL_IN: 40 },
    input: 'SEL_1',
    second: 'SEL_2',
    back_out: 'BKCAL_SEL_1',
  },
  SPLITTER: {
    set: { SP: 20, OUT_1: 40, OUT_2: 0, IN_ARRAY: [0, 50, 50, 100], OUT_ARRAY: [0, 100, 0, 100] },
    wires: { BKCAL_IN_1: 40, BKCAL_IN_2: 0 },
    cas: 20,
    backs: ['BKCAL_IN_1', 'BKCAL_IN_2'],
    outs: ['OUT_1', 'OUT_2'],
    back_out: 'BKCAL_OUT',
  },
}

const BACK_STATUS: Partial<Record<Condition, number>> = {
  'BKCAL_IN bad': STATUS.bad,
  'BKCAL_IN NI': STATUS.notInvited | LIMIT.constant,
  'BKCAL_IN IR': STATUS.initRequest,
  'BKCAL_IN LO': STATUS.localOverride | LIMIT.constant,
  'BKCAL_IN FSA': STATUS.faultStateActive | LIMIT.constant,
}

/** Status of CAS_IN in the steps; of a selector's BKCAL_IN in the second list. */
const CAS_STEPS = [STATUS.goodCascade, STATUS.goodCascade, STATUS.initAck, STATUS.initAck, STATUS.goodCascade]
const SLAVE_STEPS = [
  STATUS.notInvited | LIMIT.constant,
  STATUS.initRequest,
  STATUS.initRequest,
  STATUS.goodCascade,
  STATUS.goodCascade,
]

/** The words of a cell; a status that the rules do not know as its number. */
interface Looked {
  readonly actual: string
  readonly out: string
  readonly back: string
  readonly host?: string
  readonly becomes?: string
}
/** What was seen in a cell, and how far the outputs moved in all of it. */
interface Seen extends Looked {
  readonly back_in_target: number
  readonly moved: number
}

function play(cell: Cell): Seen {
  const bench = BENCHES[cell.block]!
  const selector = cell.block === 'CONTROL_SELECTOR'
  const host = cell.target === 'rcas' || cell.target === 'rout' ? cell.target : undefined
  const option = optionOf(cell.condition)
  const remote =
    host === undefined
      ? {}
      : { PERMITTED: 0xf9, SHED_TIME: 3, SHED_OPT: option === undefined ? 1 : SHED_OPTIONS.indexOf(option) + 1 }
  const to_host = host === 'rout' ? 'ROUT' : 'RCAS'
  const rig = createRig({
    blocks: [
      {
        id: 'B',
        type: cell.block,
        set: { ...bench.set, ...remote, MODE_TARGET: selector || cell.block === 'SPLITTER' ? MODE.auto : MODE.man },
      },
    ],
    writable: [
      'B.MODE',
      ...(bench.hand === undefined ? [] : ['B.OUT']),
      ...(host === undefined ? [] : [`B.${to_host}_IN`, `B.${to_host}_IN_ST`]),
    ],
  })
  let moved = 0
  let last: number[] | undefined
  const scan = (): void => {
    rig.scan()
    const now = bench.outs.map((o) => rig.get(`B.${o}`))
    if (last !== undefined)
      now.forEach((v, i) => {
        moved += Math.abs(v - last![i]!)
      })
    last = now
  }
  const master = (status: number): void => {
    if (bench.cas === undefined) return
    if (host !== undefined) {
      rig.drive('B.CAS_IN', bench.cas, STATUS.good)
      return
    }
    // The master's answer is what came back from this block.
    rig.drive('B.CAS_IN', status === STATUS.initAck ? rig.get(`B.${bench.back_out}`) : bench.cas, status)
  }
  /** The host writes at every scan: that it is still there, and a number unless it acknowledges. */
  const hostSays = (status: number): void => {
    if (host === undefined) return
    const at_rest = host === 'rout' ? bench.hand! : bench.cas!
    const value = status === STATUS.initAck ? rig.get(`B.${to_host}_OUT`) : at_rest
    if (rig.write(`B.${to_host}_IN`, value) !== REFUSAL.none) throw new Error('the host is refused')
    if (rig.write(`B.${to_host}_IN_ST`, status) !== REFUSAL.none) throw new Error('the host is refused')
  }
  const step = (n: number): void => {
    master(CAS_STEPS[n]!)
    hostSays(CAS_STEPS[n]!)
    if (selector) rig.drive('B.BKCAL_IN', bench.wires['BKCAL_IN']!, SLAVE_STEPS[n]!)
  }
  for (const [wire, value] of Object.entries(bench.wires))
    rig.drive(`B.${wire}`, value, bench.backs.includes(wire) ? STATUS.goodCascade : STATUS.good)
  master(STATUS.goodCascade)
  rig.scan(2)
  if (bench.hand !== undefined && rig.write('B.OUT', bench.hand) !== REFUSAL.none) throw new Error('OUT refused')
  rig.scan(2)
  last = bench.outs.map((o) => rig.get(`B.${o}`))

  if (rig.write('B.MODE', MODE[cell.target]) !== REFUSAL.none) throw new Error(`target ${cell.target} refused`)
  for (let n = 0; n < cell.step; n++) {
    step(n)
    scan()
  }
  step(cell.step)
  apply(rig, bench, cell.condition)
  if (cell.condition.startsWith('host Bad')) hostSays(STATUS.badNoComm)
  else if (cell.condition === 'host cannot handshake') hostSays(STATUS.good)
  else if (cell.condition === 'host IA from before') hostSays(STATUS.initAck)
  else if (cell.condition === 'host IFS') hostSays(STATUS.initiateFaultState)
  const long = cell.condition === 'CAS_IN bad for FSTATE_TIME' || cell.condition.startsWith('host silent')
  const scans = long ? 7 : 1
  for (let i = 0; i < scans; i++) scan()
  const seen = look(rig, bench, host === undefined ? undefined : to_host, MODE[cell.target])

  // The condition goes.
  for (const [wire, value] of Object.entries(bench.wires))
    rig.drive(`B.${wire}`, value, bench.backs.includes(wire) ? STATUS.goodCascade : STATUS.good)
  if (cell.condition === 'tracking') rig.drive('B.TRK_IN_D', 0, STATUS.good)
  let back_in_target = 0
  const settle = (mode: number): void => {
    for (let i = 1; i <= 6; i++) {
      master(codeOf(rig.get(`B.${bench.back_out}_ST`)) === STATUS.initRequest ? STATUS.initAck : STATUS.goodCascade)
      if (host !== undefined)
        hostSays(codeOf(rig.get(`B.${to_host}_OUT_ST`)) === STATUS.initRequest ? STATUS.initAck : STATUS.goodCascade)
      scan()
      if (rig.get('B.MODE_ACTUAL') !== mode) back_in_target = i + 1
    }
  }
  // Shed without return: only the operator brings it back.
  if (cell.becomes !== undefined) rig.write('B.MODE', MODE[cell.target])
  settle(MODE[cell.target])
  // And on into Auto, from wherever.
  const scansToTarget = back_in_target
  rig.write('B.MODE', MODE.auto)
  settle(MODE.auto)
  return { ...seen, back_in_target: scansToTarget, moved }
}

function apply(rig: Rig, bench: Bench, condition: Condition): void {
  const bad = (wire: string): void => rig.drive(`B.${wire}`, bench.wires[wire]!, STATUS.badSensorFailure)
  const back = BACK_STATUS[condition]
  if (back !== undefined) for (const wire of bench.backs) rig.drive(`B.${wire}`, bench.wires[wire]!, back)
  else if (condition === 'first BKCAL_IN NI')
    rig.drive('B.BKCAL_IN_1', bench.wires['BKCAL_IN_1']!, STATUS.notInvited | LIMIT.constant)
  else if (condition === 'CAS_IN cannot handshake') rig.drive('B.CAS_IN', bench.cas!, STATUS.good)
  else if (condition === 'CAS_IN IA from before') rig.drive('B.CAS_IN', bench.cas!, STATUS.initAck)
  else if (condition === 'CAS_IN bad' || condition === 'CAS_IN bad for FSTATE_TIME')
    rig.drive('B.CAS_IN', bench.cas!, STATUS.badNoComm)
  else if (condition === 'input bad') bad(bench.input!)
  else if (condition === 'second input bad') bad(bench.second!)
  else if (condition === 'tracking') rig.drive('B.TRK_IN_D', 1, STATUS.good)
  else if (condition === 'device silent') bad('READBACK')
}

const MODE_WORDS = ['oos', 'iman', 'lo', 'man', 'auto', 'cas', 'rcas', 'rout'] as const

function look(rig: Rig, bench: Bench, to_host: string | undefined, target: number): Looked {
  const actual = MODE_WORDS[rig.get('B.MODE_ACTUAL')]!
  const out_st = rig.get(`B.${bench.outs.at(-1)!}_ST`)
  const words = new Map<number, Expected['out']>([
    [STATUS.badOutOfService, 'OOS'],
    [STATUS.initAck, 'IA'],
    [STATUS.uncertainLastUsable, 'last'],
  ])
  const free = isGood(out_st) && limitOf(out_st) !== LIMIT.constant
  const out = words.get(codeOf(out_st)) ?? (free ? 'running' : isGood(out_st) ? 'held' : `status ${out_st}`)
  const backs = new Map<number, Expected['back']>([
    [STATUS.badOutOfService, 'OOS'],
    [STATUS.localOverride, 'LO'],
    [STATUS.faultStateActive, 'FSA'],
    [STATUS.notInvited, 'NI'],
    [STATUS.initRequest, 'IR'],
    [STATUS.goodCascade, 'C'],
  ])
  const wordOf = (wire: string): string => {
    const status = rig.get(`B.${wire}_ST`)
    return backs.get(codeOf(status)) ?? `status ${status}`
  }
  const looked = { actual, out, back: wordOf(bench.back_out) }
  if (to_host === undefined) return looked
  const now = rig.get('B.MODE_TARGET')
  const becomes = now === target ? {} : { becomes: MODE_WORDS[now]! }
  return { ...looked, host: wordOf(`${to_host}_OUT`), ...becomes }
}

describe.each(Object.keys(BLOCKS))('%s', (block) => {
  const cells = CELLS.filter((c) => c.block === block)
  const seen = cells.map(play)
  const name = (i: number): string => `target ${cells[i]!.target}, ${cells[i]!.condition}, step ${cells[i]!.step}`

  test(`[R8, H-0..H-4] ${cells.length} cells are as the rules say`, () => {
    const words = (e: Looked): string => [e.actual, e.out, e.back, e.host ?? '', e.becomes ?? ''].join(', ')
    const is = seen.map((s, i) => `${name(i)}: ${words(s)}`)
    expect(is).toEqual(cells.map((c, i) => `${name(i)}: ${words(c)}`))
  })

  test('[H-tv] in no cell, nor on the way back, does the output move at all', () => {
    expect(seen.flatMap((s, i) => (s.moved === 0 ? [] : [`${name(i)}: ${s.moved}`]))).toEqual([])
  })

  test('[H-4scans] once the condition is gone the block is in its target within four scans', () => {
    expect(seen.flatMap((s, i) => (s.back_in_target <= 4 ? [] : [`${name(i)}: ${s.back_in_target}`]))).toEqual([])
  })
})

test('[R9] every option of shedding sheds somewhere, silent and Bad, with and without return', () => {
  for (const option of SHED_OPTIONS) {
    const shed = CELLS.filter((c) => optionOf(c.condition) === option)
    expect(new Set(shed.map((c) => c.condition)).size).toBe(2)
    expect(shed.some((c) => c.becomes !== undefined)).toBe(option.endsWith('no return'))
  }
})

test('[MODE-1] at least 400 cells, each of them once', () => {
  const keys = CELLS.map((c) => `${c.block} ${c.target} ${c.condition} ${c.step}`)
  expect(new Set(keys).size).toBe(keys.length)
  console.info(`mode x condition x handshake: ${keys.length} cells`)
  expect(keys.length).toBeGreaterThanOrEqual(400)
})

test('[MODE-2] docs/reference/mode-table.md is this table', async () => {
  await expect(modeTablePage()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/reference/mode-table.md'))
})
