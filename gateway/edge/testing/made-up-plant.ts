/**
 * A plant that exists nowhere: about sixty tags that move, for work on the operator's pages without controllers.
 * Names and ranges are those of the Tennessee Eastman process; the motion is sines, noise and first-order answers.
 */
import { createHash } from 'node:crypto'
import type {
  Artifact,
  PublishedRecord,
  TagField,
  TagRecord,
  WritableField,
  WritableRecord,
} from '../../../contracts/artifact.ts'
import { type Command, type CommandResult, OUTCOME, REFUSAL, type TagFrame } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { LIMIT, STATUS } from '../../../contracts/status.ts'

const TICK_MS = 1000

type Limits = TagRecord['limits']

interface Loop {
  readonly tag: string
  readonly kind: TagRecord['kind']
  readonly description: string
  readonly area: string
  readonly eu: string
  readonly lo: number
  readonly hi: number
  readonly decimals: number
  readonly base: number
  readonly out: number
  readonly scan_ms: number
  readonly limits: Limits
  readonly desired?: readonly [number, number]
  readonly master?: string
}

const FEED = 'Feed'
const REACTOR = 'Reactor'
const SEPARATOR = 'Separator'
const STRIPPER = 'Stripper'

const loop = (
  tag: string,
  description: string,
  area: string,
  eu: string,
  [lo, hi, decimals]: readonly [number, number, number],
  base: number,
  out: number,
  more: Partial<Loop> = {},
): Loop => ({
  tag,
  kind: 'controller',
  description,
  area,
  eu,
  lo,
  hi,
  decimals,
  base,
  out,
  scan_ms: 1000,
  limits: {},
  ...more,
})

const indicator = (
  tag: string,
  description: string,
  area: string,
  eu: string,
  range: readonly [number, number, number],
  base: number,
  more: Partial<Loop> = {},
): Loop => loop(tag, description, area, eu, range, base, 0, { kind: 'indicator', ...more })

const analyser = (index: number, component: string, stream: string, area: string, base: number): Loop =>
  indicator(`AI-${index}`, `${stream} ${component}`, area, 'mol%', [0, base < 5 ? 10 : 100, 2], base, {
    scan_ms: index < 37 ? 360_000 : 900_000,
  })

const LOOPS: readonly Loop[] = [
  loop('FIC-01', 'A feed', FEED, 'kscmh', [0, 1, 4], 0.2505, 24.6, { master: 'AIC-23' }),
  loop('FIC-02', 'D feed', FEED, 'kg/h', [0, 5800, 0], 3664, 63.1, { desired: [3400, 3900] }),
  loop('FIC-03', 'E feed', FEED, 'kg/h', [0, 8300, 0], 4509, 54, { desired: [4200, 4800] }),
  loop('FIC-04', 'A and C feed', FEED, 'kscmh', [0, 15, 3], 9.348, 61.3, { desired: [8.8, 9.9] }),
  indicator('FI-05', 'Recycle flow', SEPARATOR, 'kscmh', [0, 50, 2], 26.9),
  indicator('FI-06', 'Reactor feed rate', REACTOR, 'kscmh', [0, 70, 2], 42.34),
  loop('PIC-07', 'Reactor pressure', REACTOR, 'kPa g', [2400, 3000, 0], 2705, 40, {
    limits: { trip_hi: 3000, hihi: 2940, hi: 2895 },
    desired: [2650, 2800],
  }),
  loop('LIC-08', 'Reactor level', REACTOR, '%', [0, 120, 1], 75, 50, {
    limits: { trip_hi: 118, hi: 100, lo: 50, trip_lo: 9 },
    desired: [65, 85],
  }),
  loop('TIC-09', 'Reactor temperature', REACTOR, '°C', [100, 180, 1], 120.4, 41.1, {
    limits: { trip_hi: 175, hihi: 160, hi: 150 },
    desired: [118, 124],
  }),
  loop('FIC-10', 'Purge flow', SEPARATOR, 'kscmh', [0, 1, 3], 0.337, 40.1, { master: 'PIC-07' }),
  loop('TIC-11', 'Separator temperature', SEPARATOR, '°C', [40, 120, 1], 80.1, 18.1, { desired: [77, 83] }),
  loop('LIC-12', 'Separator level', SEPARATOR, '%', [0, 130, 1], 50, 38.1, {
    limits: { trip_hi: 122, hi: 100, lo: 30, trip_lo: 3 },
    desired: [40, 60],
  }),
  indicator('PI-13', 'Separator pressure', SEPARATOR, 'kPa g', [2300, 3000, 0], 2634),
  loop('FIC-14', 'Separator underflow', SEPARATOR, 'm³/h', [0, 65, 2], 25.16, 38.1, { master: 'LIC-12' }),
  loop('LIC-15', 'Stripper level', STRIPPER, '%', [0, 130, 1], 50, 46.5, {
    limits: { trip_hi: 120, hi: 100, lo: 30, trip_lo: 2 },
    desired: [40, 60],
  }),
  indicator('PI-16', 'Stripper pressure', STRIPPER, 'kPa g', [2700, 3500, 0], 3102),
  loop('FIC-17', 'Product flow', STRIPPER, 'm³/h', [0, 49, 2], 22.95, 46.5, {
    master: 'LIC-15',
    desired: [21.8, 24.1],
  }),
  indicator('TI-18', 'Stripper temperature', STRIPPER, '°C', [30, 100, 1], 65.7),
  indicator('FI-19', 'Stripper steam flow', STRIPPER, 'kg/h', [0, 500, 0], 230.3),
  indicator('JI-20', 'Compressor power', SEPARATOR, 'kW', [0, 600, 0], 341.4),
  indicator('TI-21', 'Reactor cooling water outlet', REACTOR, '°C', [50, 140, 1], 94.6),
  indicator('TI-22', 'Condenser cooling water outlet', SEPARATOR, '°C', [40, 120, 1], 77.3),
  ...[32.19, 8.893, 26.38, 6.882, 18.78, 1.657].map((base, i) =>
    analyser(23 + i, 'ABCDEF'[i]!, 'Reactor feed', REACTOR, base),
  ),
  ...[32.96, 13.82, 23.98, 1.257, 18.58, 2.263, 4.844, 2.299].map((base, i) =>
    analyser(29 + i, 'ABCDEFGH'[i]!, 'Purge', SEPARATOR, base),
  ),
  ...[0.01787, 0.8357, 0.09858, 53.72, 43.83].map((base, i) =>
    analyser(37 + i, 'DEFGH'[i]!, 'Product', STRIPPER, base),
  ),
  loop('HIC-05', 'Compressor recycle valve', SEPARATOR, '%', [0, 100, 1], 22.2, 22.2),
  loop('HIC-19', 'Stripper steam valve', STRIPPER, '%', [0, 100, 1], 47.4, 47.4),
  loop('HIC-50', 'Reactor agitator', REACTOR, '%', [0, 100, 1], 50, 50),
  loop('AIC-23', 'A in reactor feed', REACTOR, 'mol%', [0, 100, 2], 32.19, 50, { scan_ms: 360_000 }),
  loop('AIC-40', 'G in product', STRIPPER, '%', [0, 100, 2], 53.7, 50, { scan_ms: 900_000, desired: [51, 56.4] }),
]

const FIELDS: readonly TagField[] = [
  'PV',
  'SP',
  'OUT',
  'MODE_TARGET',
  'MODE_ACTUAL',
  'READBACK',
  'KC',
  'TI',
  'TD',
  'TRACKING',
]
const WRITABLE: readonly WritableField[] = ['SP', 'OUT', 'MODE', 'KC', 'TI', 'TD']
const isManual = (l: Loop): boolean => l.tag.startsWith('HIC')

export function madeUpArtifact(title: string): Artifact {
  const published: PublishedRecord[] = []
  const writable: WritableRecord[] = []
  const tags = LOOPS.map((l, block): TagRecord => {
    const fields: Partial<Record<TagField, number>> = {}
    const writes: Partial<Record<WritableField, number>> = {}
    for (const field of l.kind === 'indicator' ? FIELDS.slice(0, 1) : FIELDS) {
      fields[field] =
        published.push({ key: `${l.tag}.${field}`, s: published.length * 2, status: published.length * 2 + 1 }) - 1
    }
    for (const field of l.kind === 'indicator' ? [] : WRITABLE) {
      writes[field] =
        writable.push({ key: `${l.tag}.${field}`, block, field, kind: field === 'MODE' ? 'mode' : 'real' }) - 1
    }
    const permitted =
      l.kind === 'indicator'
        ? []
        : isManual(l)
          ? ['man']
          : l.master === undefined
            ? ['man', 'auto']
            : ['man', 'auto', 'cas']
    return {
      tag: l.tag,
      kind: l.kind,
      description: l.description,
      area: l.area,
      eu: l.eu,
      lo: l.lo,
      hi: l.hi,
      decimals: l.decimals,
      scan_ms: l.scan_ms,
      fields,
      writable: writes,
      permitted,
      normal: permitted.at(-1) ?? '',
      ...(l.kind === 'indicator' ? {} : { out: { eu: '%', lo: 0, hi: 100, decimals: 1 } }),
      limits: l.limits,
      ...(l.desired === undefined ? {} : { desired: l.desired }),
      point: `RIO-${1 + (block % 4)}/AI/${block}`,
      ...(l.master === undefined ? {} : { master: l.master }),
    }
  })
  const body = {
    format: 1 as const,
    name: 'made-up',
    title,
    tick_ms: TICK_MS,
    control: {
      s_count: 0,
      k_count: 0,
      r_count: 0,
      s_init: [],
      k_init: [],
      blocks: LOOPS.map((l) => ({ id: `${l.tag}.PID1`, type: 'PID', s: 0, k: 0, r: 0, r_count: 0 })),
      classes: [],
      inputs: [],
      outputs: [],
      writable,
      published,
      stations: { s: 0, count: 8 },
    },
    io: { devices: [], inputs: [], outputs: [] },
    tags,
    displays: [
      {
        id: 'overview',
        title: 'Overview',
        kind: 'overview' as const,
        columns: [
          { title: 'Feed', indicators: ['FIC-01', 'FIC-02', 'FIC-03', 'FIC-04'] },
          { title: 'Reactor', indicators: ['PIC-07', 'LIC-08', 'TIC-09', 'TI-21', 'FI-06'] },
          { title: 'Condenser / Separator', indicators: ['TIC-11', 'LIC-12', 'PI-13', 'FIC-10', 'FI-05', 'JI-20'] },
          { title: 'Stripper', indicators: ['LIC-15', 'TI-18', 'PI-16', 'FI-19', 'FIC-17'] },
        ],
        trends: ['PIC-07', 'LIC-08', 'TIC-09', 'LIC-12', 'LIC-15', 'FIC-17'].map((tag) => ({ tag, span_min: 60 })),
        margins: ['PIC-07', 'LIC-08', 'TIC-09', 'LIC-12', 'LIC-15'],
        economics: ['FIC-17', 'AIC-40', 'FIC-10', 'JI-20', 'FI-19'],
      },
    ],
  }
  return { ...body, hash: createHash('sha256').update(JSON.stringify(body)).digest('hex') }
}

interface Unit {
  readonly loop: Loop
  pv: number
  sp: number
  out: number
  target: number
  actual: number
  kc: number
  ti: number
  td: number
  readonly phase: number
}

export interface MadeUpPlant {
  readonly artifact: Artifact
  /** No scan is made while true. */
  stalled: boolean
  /** These tags' measurements are Bad. */
  readonly bad: Set<string>
  /** Applied in the next scan; the answer comes after it. */
  command(command: Command): void
  /** One tick: the scan, and the results of the commands it took. */
  step(t_ms: number): { readonly frame: TagFrame; readonly results: readonly CommandResult[] }
}

export function createMadeUpPlant(title: string): MadeUpPlant {
  const artifact = madeUpArtifact(title)
  const units = LOOPS.map((l, i): Unit => {
    const mode = l.kind === 'indicator' ? 0 : isManual(l) ? MODE.man : l.master === undefined ? MODE.auto : MODE.cas
    return {
      loop: l,
      pv: l.base,
      sp: l.base,
      out: l.out,
      target: mode,
      actual: mode,
      kc: 1.2,
      ti: 60,
      td: 0,
      phase: i * 0.7,
    }
  })
  const waiting: Command[] = []
  const answered = new Map<number, CommandResult>()
  let n = 0
  const plant: MadeUpPlant = {
    artifact,
    stalled: false,
    bad: new Set(),
    command: (command) => void waiting.push(command),
    step(t_ms) {
      n++
      const results = waiting.splice(0).map((c) => {
        const before = answered.get(c.station)
        if (before?.seq === c.seq) return before
        const result = execute(artifact, units, c, n)
        answered.set(c.station, result)
        return result
      })
      for (const u of units) move(u, n)
      return { frame: frameOf(artifact, units, plant.bad, n, t_ms), results }
    },
  }
  return plant
}

function execute(artifact: Artifact, units: Unit[], c: Command, n: number): CommandResult {
  const result = (outcome: number, refusal: number): CommandResult => ({
    station: c.station,
    seq: c.seq,
    outcome,
    refusal,
  })
  const refused = (refusal: number): CommandResult => result(OUTCOME.refused, refusal)
  if (c.kind === 1) return result(OUTCOME.voided, 0)
  if (c.epoch !== 1 || n > c.n + c.ttl_ticks) return result(OUTCOME.expired, 0)
  const record = artifact.control.writable[c.target]
  const u = record === undefined ? undefined : units[record.block]
  if (record === undefined || u === undefined) return refused(REFUSAL.unknownTarget)
  const now = { SP: u.sp, OUT: u.out, MODE: u.target, KC: u.kc, TI: u.ti, TD: u.td }[record.field]
  if (!Number.isNaN(c.expected) && c.expected !== now) return refused(REFUSAL.changed)
  if (record.field === 'SP') {
    if (u.actual !== MODE.auto) return refused(REFUSAL.mode)
    if (c.value < u.loop.lo || c.value > u.loop.hi) return refused(REFUSAL.outOfRange)
    u.sp = c.value
  } else if (record.field === 'OUT') {
    if (u.actual !== MODE.man) return refused(REFUSAL.mode)
    if (c.value < -5 || c.value > 105) return refused(REFUSAL.outOfRange)
    u.out = c.value
  } else if (record.field === 'MODE') {
    const names = artifact.tags[record.block]!.permitted as readonly (keyof typeof MODE)[]
    if (!names.some((name) => MODE[name] === c.value)) return refused(REFUSAL.notPermitted)
    u.target = c.value
    u.actual = c.value
  } else if (record.field === 'KC') u.kc = c.value
  else if (record.field === 'TI') u.ti = c.value
  else u.td = c.value
  return result(OUTCOME.applied, 0)
}

function move(u: Unit, n: number): void {
  const { loop: l } = u
  const span = l.hi - l.lo
  // Analysers give a new value only once a sample.
  if (l.scan_ms > TICK_MS && n % (l.scan_ms / TICK_MS / 12) !== 0) return
  const wave = 0.006 * span * Math.sin(n / 47 + u.phase) + 0.003 * span * Math.sin(n / 11 + 2 * u.phase)
  const noise = 0.0015 * span * (Math.random() - 0.5)
  if (u.actual === MODE.cas) u.sp = l.base + 0.01 * span * Math.sin(n / 90 + u.phase)
  const aim =
    u.actual === MODE.man && !isManual(l) ? l.base + 0.006 * span * (u.out - l.out) : isManual(l) ? u.out : u.sp
  u.pv += 0.08 * (aim + wave - u.pv) + noise
  if (u.actual === MODE.auto || u.actual === MODE.cas) {
    const out = u.out + 0.4 * (u.sp - u.pv) * (100 / span) * 0.1 + 0.01 * (l.out - u.out)
    u.out = Math.min(100, Math.max(0, out))
  }
}

function frameOf(artifact: Artifact, units: Unit[], bad: ReadonlySet<string>, n: number, t_ms: number): TagFrame {
  const { published } = artifact.control
  const values = new Float64Array(published.length)
  const statuses = new Uint16Array(published.length)
  for (const [i, u] of units.entries()) {
    const tag = artifact.tags[i]!
    const spoilt = bad.has(u.loop.tag)
    const put = (field: TagField, value: number, status: number): void => {
      const at = tag.fields[field]
      if (at === undefined) return
      values[at] = value
      statuses[at] = status
    }
    const limited = u.out >= 100 ? LIMIT.high : u.out <= 0 ? LIMIT.low : 0
    put('PV', u.pv, spoilt ? STATUS.badSensorFailure : STATUS.good)
    put('SP', u.sp, STATUS.good)
    put('OUT', u.out, STATUS.goodCascade | limited)
    put('MODE_TARGET', u.target, STATUS.good)
    put('MODE_ACTUAL', spoilt && u.actual >= MODE.auto ? MODE.man : u.actual, STATUS.good)
    put('READBACK', u.out, STATUS.good)
    put('KC', u.kc, STATUS.good)
    put('TI', u.ti, STATUS.good)
    put('TD', u.td, STATUS.good)
    put('TRACKING', 0, STATUS.good)
  }
  return { epoch: 1, n, controller: 0, t_ms, values, statuses, events: [] }
}
