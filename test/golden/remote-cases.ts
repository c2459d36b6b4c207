/** A host in place of the master: handshake and shedding with every SHED_OPT, and every change of mode with RCas and ROut. */
import { type Case, MODE, random, ST, type Step, tour, type Wire, type Write } from './script.ts'

/** OOS, Man, Auto, RCas; Cas; ROut. */
const RCAS = 1 + 8 + 16 + 64
const CAS = 32
const ROUT = 128
const PID = { GAIN: 1.7, RESET: 12, RATE: 3, SP: 52, OUT: 37, BAL_TIME: 6 }

type Drive = Step['drive']
type Writes = readonly (readonly [string, number])[]
const step = (drive: Drive, ...write: Writes): Step => ({ drive, write })
const scans = (count: number): Step[] => Array.from({ length: count }, () => step({}))

/** What brings a PID from anywhere into this mode; a host that cannot shake hands. */
function into(mode: string, n: number): Step {
  const back: readonly [number, number] = mode === 'iman' ? [33.25, ST.ni | ST.constant] : [41.5, ST.cascade]
  const track: readonly [number, number] = [mode === 'lo' ? 1 : 0, ST.good]
  const target = mode === 'iman' || mode === 'lo' ? MODE.auto : MODE[mode as keyof typeof MODE]
  return { drive: { BKCAL_IN: back, TRK_IN_D: track }, write: [...host(mode, n), ['MODE', target]] }
}

const host = (mode: string, n: number): Writes =>
  mode === 'rcas' ? [['RCAS_IN', 47 + (n % 5)]] : mode === 'rout' ? [['ROUT_IN', 30 + (n % 9)]] : []

function remoteTour(): Step[] {
  const steps: Step[] = []
  for (const mode of tour(['auto', 'oos', 'iman', 'lo', 'man', 'cas', 'rcas', 'rout'])) {
    for (let i = 0; i < 2; i++) {
      const n = steps.length
      const first = i === 0 ? into(mode, n) : step({}, ...host(mode, n))
      const IN = [Math.round((50 + 8 * Math.sin(0.37 * n)) * 1000) / 1000, ST.good] as const
      const wires: Drive = { IN, CAS_IN: [48 + (n % 7), ST.good], TRK_VAL: [20 + (n % 5), ST.good] }
      steps.push({ drive: { ...first.drive, ...wires }, write: first.write })
    }
  }
  return steps
}

/** A host shakes hands, works, falls silent, comes back, says Bad, comes back, while the block is held and let go. */
function hostScript(input: string, mode: number, values: readonly [number, number, number], busy: Drive, free: Drive) {
  const st = `${input}_ST`
  const answers = [step({}, [st, ST.ia]), step({}), step({}, [input, values[0]])]
  return [
    step({}, ['MODE', mode]),
    step({}),
    step({}, [st, ST.ia]),
    step({}, [input, values[0]]),
    step({}, [input, values[1]]),
    step({}, [input, values[2]]),
    // Silence, and a number that comes late without a handshake.
    ...scans(5),
    step({}, [input, values[1]]),
    step({}, ['MODE', mode]),
    ...answers,
    // Somebody else has the slave.
    step(busy, [input, values[1]]),
    step({}, [input, values[2]]),
    step(free),
    ...answers,
    step({}, [st, ST.noComm]),
    ...scans(2),
    step({}, ['MODE', mode], [st, ST.ia]),
    ...answers,
    // The operator takes over, and gives back.
    step({}, ['MODE', MODE.auto], [input, values[1]]),
    step({}, ['MODE', MODE.man], [input, values[2]]),
    step({}, ['MODE', mode]),
    ...answers,
    step({}, [st, ST.uncertain]),
    step({}, [st, ST.good]),
    step({}, [st, 256], [st, ST.open], [input, values[1]]),
    ...scans(6),
  ]
}

const OPTIONS = [1, 2, 3, 4, 5, 6, 7, 8]
const MASTER = { CAS_IN: [46, ST.cascade], BKCAL_IN: [37, ST.cascade] } as const

function pidHandshake(): Step[] {
  const busy: Drive = { BKCAL_IN: [33, ST.lo | ST.constant] }
  const free: Drive = { BKCAL_IN: [33, ST.cascade] }
  const track: Drive = { TRK_IN_D: [1, ST.good], TRK_VAL: [44, ST.good] }
  return [
    step({ IN: [50, ST.good], ...MASTER }),
    step({}),
    ...hostScript('RCAS_IN', MODE.rcas, [51, 55.5, 48.25], busy, free),
    step({ CAS_IN: [46, ST.good] }, ['MODE', MODE.cas]),
    step({}),
    ...hostScript('ROUT_IN', MODE.rout, [40, 61.5, 130], track, { TRK_IN_D: [0, ST.good] }),
    step({ IN: [52, ST.sensor] }, ['MODE', MODE.rcas], ['RCAS_IN', 47]),
    step({}),
    step({ IN: [52, ST.good] }, ['RCAS_IN', 49]),
    step({}, ['RCAS_IN', 49], ['SP', 44]),
    step({}, ['ROUT_IN', 47], ['MODE', MODE.rout], ['SP', 44]),
    step({ IN: [51, ST.bad] }, ['ROUT_IN', 49]),
    step({ IN: [51, ST.good] }, ['ROUT_IN', 51], ['OUT', 12]),
    step({}, ['MODE', MODE.auto]),
    ...scans(3),
  ]
}

/** The host takes over from the master, and the master from the host, while the set point is still on its way. */
function onItsWay(): Step[] {
  const takeOver = [
    step({}, ['RCAS_IN_ST', ST.ia], ['MODE', MODE.rcas]),
    step({}, ['RCAS_IN_ST', ST.ia]),
    step({}),
    step({}, ['RCAS_IN', 42]),
    ...scans(3),
  ]
  return [
    step({ IN: [50, ST.good], CAS_IN: [50, ST.good], BKCAL_IN: [37, ST.cascade] }, ['MODE', MODE.cas]),
    step({}),
    step({ CAS_IN: [60, ST.good] }),
    ...scans(2),
    ...takeOver,
    step({}, ['MODE', MODE.cas]),
    ...scans(2),
    step({}, ['MODE', MODE.auto], ['SP', 55]),
    ...takeOver,
    step({}, ['MODE', MODE.auto]),
    step({}),
  ]
}

const HOST_WRITES = (input: string, values: readonly number[]): Write[] => [
  { field: input, values },
  { field: input, values },
  { field: `${input}_ST`, values: [ST.ia, ST.ia, ST.ia, ST.cascade, ST.bad, ST.uncertain, ST.ifs] },
]

const PID_WIRES: readonly Wire[] = [
  { name: 'IN', lo: 20, hi: 80, statuses: [ST.good, ST.good, ST.good, ST.uncertain, ST.sensor], often: 0.8 },
  { name: 'CAS_IN', lo: 30, hi: 120, statuses: [ST.good, ST.cascade, ST.ia, ST.noComm] },
  {
    name: 'BKCAL_IN',
    lo: 10,
    hi: 90,
    statuses: [ST.cascade, ST.cascade, ST.cascade | ST.high, ST.ns, ST.ni, ST.ir, ST.open],
    often: 0.2,
  },
  { name: 'TRK_IN_D', lo: 0, hi: 0.6, whole: true, statuses: [ST.good, ST.bad], often: 0.2 },
  { name: 'TRK_VAL', lo: -10, hi: 110, statuses: [ST.good, ST.bad], often: 0.2 },
]
const PID_WRITES: readonly Write[] = [
  { field: 'MODE', values: [MODE.oos, MODE.man, MODE.auto, MODE.cas, MODE.rcas, MODE.rcas, MODE.rcas] },
  { field: 'MODE', values: [MODE.rcas, MODE.rout, MODE.rout, MODE.rout, 1] },
  { field: 'SP', values: [41, 55.5, 101] },
  { field: 'OUT', values: [12, 88] },
  ...HOST_WRITES('RCAS_IN', [35, 52, 99, 107]),
  ...HOST_WRITES('ROUT_IN', [15, 44, 95, 120]),
]

const RANDOM: Readonly<Record<string, Case['set']>> = {
  'remote, normal': {},
  'remote, normal, no Cas, direct action': { PERMITTED: RCAS + ROUT, ACTION: 0, SHED_TIME: 1 },
  'remote, no return, series': { SHED_OPT: 2, FORM: 1, SHED_TIME: 4 },
  'remote, only Man below, never silent': { PERMITTED: RCAS + ROUT - 16, SHED_TIME: 0, MODE_TARGET: MODE.man },
  'remote, tracking set points': {
    SHED_OPT: 5,
    SP_TRACK_MAN: 1,
    SP_TRACK_LO_IMAN: 1,
    SP_TRACK_ROUT: 1,
    TRACK_IN_MAN: 1,
  },
  'remote, retained set point, latched': { SHED_OPT: 7, SP_TRACK_RETAINED: 1, ON_BAD_IN: 1, ON_BAD_CAS: 1 },
  'remote, limits and rates': { SP_LIM: [40, 60], SP_RATE_UP: 2, SP_RATE_DN: 1, OUT_LIM: [20, 80], OUT_RATE_UP: 3 },
  'remote, not obeying limits, PV to the master': { OBEY_SP_LIM: 0, USE_PV_BKCAL: 1, SHED_OPT: 3, DYNAMIC_RESET: 1 },
  'remote, RCas alone': { PERMITTED: RCAS + CAS, SHED_OPT: 8 },
  'remote, ROut alone, without integral': { PERMITTED: RCAS - 64 + ROUT, STRUCTURE: 4, BIAS: 45 },
  'remote, tracking off': { TRACK_ENABLE: 0, SHED_TIME: 6 },
  'remote, bypass': { BYPASS_ENABLE: 1, BYPASS: 1, OUT_SCALE: [-20, 220] },
}

const STATIONS = {
  RATIO: { set: { SP: 2, OUT: 40, GAIN: 1 }, wires: { IN_1: [20, ST.good], BKCAL_IN: [40, ST.cascade] } },
  BIAS_GAIN: { set: { SP: 10, OUT: 40, GAIN: 1 }, wires: { IN_1: [30, ST.good], BKCAL_IN: [40, ST.cascade] } },
} as const
const AWAY: Drive = { BKCAL_IN: [38, ST.ni | ST.constant] }
const BACK: Drive = { BKCAL_IN: [38, ST.cascade] }
const SILENT: Drive = { READBACK: [12, ST.noComm] }
const HEARD: Drive = { READBACK: [12, ST.good] }

function others(SHED_OPT: number): Case[] {
  const common = { PERMITTED: RCAS + CAS, SHED_OPT, SHED_TIME: 2 }
  const name = `host: handshake and loss, SHED_OPT ${SHED_OPT}`
  const stations = (Object.keys(STATIONS) as (keyof typeof STATIONS)[]).map((type): Case => {
    const { set, wires } = STATIONS[type]
    const cas = [set.SP, ST.good] as const
    const values = [set.SP, set.SP + 0.5, set.SP - 0.25] as const
    const steps = [step({ ...wires, CAS_IN: cas }), step({}), ...hostScript('RCAS_IN', MODE.rcas, values, AWAY, BACK)]
    return { type, name, dt_s: 1, set: { ...set, ...common }, steps }
  })
  return [
    ...stations,
    {
      type: 'AO',
      name,
      dt_s: 1,
      set: { SP: 50, ...common, FSTATE_TIME: 1 },
      steps: [
        step({ READBACK: [12, ST.good], CAS_IN: [50, ST.cascade] }, ['MODE', MODE.auto]),
        step({}),
        ...hostScript('RCAS_IN', MODE.rcas, [50, 58, 120], SILENT, HEARD),
        step({}, ['MODE', MODE.rcas], ['RCAS_IN', 51]),
        step({}, ['RCAS_IN_ST', ST.ifs]),
        step({}),
        step({ CAS_IN: [50, ST.noComm] }, ['RCAS_IN_ST', ST.ia]),
        ...scans(5),
      ],
    },
    {
      type: 'DO',
      name,
      dt_s: 1,
      set: { SP: 0, ...common, FSTATE_TIME: 1 },
      steps: [
        step({ READBACK: [0, ST.good], CAS_IN: [0, ST.good] }),
        step({}),
        ...hostScript('RCAS_IN', MODE.rcas, [0, 1, 1], { READBACK: [0, ST.noComm] }, { READBACK: [0, ST.good] }),
      ],
    },
  ]
}

const MODES: Write = {
  field: 'MODE',
  values: [MODE.oos, MODE.man, MODE.auto, MODE.cas, MODE.rcas, MODE.rcas, MODE.rcas],
}
const CASCADE = [ST.cascade, ST.ia, ST.good, ST.noComm]
const RANDOM_OTHERS = [
  {
    type: 'AO',
    wires: [
      { name: 'CAS_IN', lo: -30, hi: 130, statuses: [...CASCADE, ST.ifs] },
      { name: 'READBACK', lo: 4, hi: 20, statuses: [ST.good, ST.good, ST.noComm], often: 0.3 },
    ],
    writes: [MODES, { field: 'SP', values: [15, 44] }, ...HOST_WRITES('RCAS_IN', [20, 70, 130])],
    sets: [
      {},
      { SHED_OPT: 4, FSTATE_TIME: 1, FSTATE: 1, FSTATE_VAL: 25 },
      { SHED_OPT: 6, FSTATE_TIME: 0, FSTATE_MAN: 1 },
    ],
  },
  {
    type: 'DO',
    wires: [
      { name: 'CAS_IN', lo: 0, hi: 1, whole: true, statuses: CASCADE },
      { name: 'READBACK', lo: 0, hi: 1, whole: true, statuses: [ST.good, ST.good, ST.noComm], often: 0.3 },
    ],
    writes: [MODES, { field: 'SP', values: [0, 1] }, ...HOST_WRITES('RCAS_IN', [0, 1, 0.5])],
    sets: [{ SHED_OPT: 3 }, { SHED_OPT: 7, INVERT: 1 }],
  },
  {
    type: 'RATIO',
    wires: [
      { name: 'IN_1', lo: -20, hi: 60, statuses: [ST.good, ST.good, ST.uncertain, ST.bad] },
      { name: 'CAS_IN', lo: 0, hi: 2, statuses: CASCADE },
      { name: 'BKCAL_IN', lo: 0, hi: 100, statuses: [ST.cascade, ST.cascade, ST.ir, ST.ni], often: 0.2 },
    ],
    writes: [MODES, { field: 'SP', values: [0.3, 1.6] }, ...HOST_WRITES('RCAS_IN', [0.5, 1.25, 3])],
    sets: [{ SP: 0.7 }, { SP: 0.7, SHED_OPT: 2, GAIN: -1.5, SP_LIM: [0.2, 1.5], OUT_LIM: [-60, 60] }],
  },
  {
    type: 'BIAS_GAIN',
    wires: [
      { name: 'IN_1', lo: 0, hi: 60, statuses: [ST.good, ST.good, ST.uncertain, ST.bad] },
      { name: 'CAS_IN', lo: -20, hi: 20, statuses: CASCADE },
      { name: 'BKCAL_IN', lo: 0, hi: 100, statuses: [ST.cascade, ST.cascade, ST.ir, ST.ni], often: 0.2 },
    ],
    writes: [MODES, { field: 'SP', values: [-5, 9] }, ...HOST_WRITES('RCAS_IN', [-8, 4, 25])],
    sets: [
      { SP: 3, SHED_OPT: 5 },
      { SP: 3, SHED_OPT: 8, GAIN: -1, OUT_SCALE: [-80, 0] },
    ],
  },
] as const

export const REMOTE_CASES: readonly Case[] = [
  ...[0, 3, 7].flatMap((STRUCTURE) =>
    [0, 1].map(
      (FORM): Case => ({
        type: 'PID',
        name: `structure ${STRUCTURE}, ${FORM === 0 ? 'standard' : 'series'}: every change of mode with RCas and ROut`,
        dt_s: 0.5,
        set: { ...PID, BETA: 0.6, GAMMA: 0.3, BIAS: 45, PERMITTED: RCAS + CAS + ROUT, STRUCTURE, FORM },
        steps: remoteTour(),
      }),
    ),
  ),
  ...OPTIONS.map(
    (SHED_OPT): Case => ({
      type: 'PID',
      name: `host: handshake and loss, SHED_OPT ${SHED_OPT}`,
      dt_s: 1,
      set: { ...PID, PERMITTED: RCAS + CAS + ROUT, SHED_OPT, SHED_TIME: 3 },
      steps: pidHandshake(),
    }),
  ),
  ...[1, 3, 5].map(
    (SHED_OPT): Case => ({
      type: 'PID',
      name: `host: set point on its way, SHED_OPT ${SHED_OPT}`,
      dt_s: 1,
      set: { ...PID, PERMITTED: RCAS + CAS + ROUT, SHED_OPT, SP_RATE_UP: 0.5, SP_RATE_DN: 0.75 },
      steps: onItsWay(),
    }),
  ),
  ...Object.entries(RANDOM).map(
    ([name, set], i): Case => ({
      type: 'PID',
      name,
      dt_s: 0.25 * (1 + (i % 4)),
      set: { ...PID, PERMITTED: RCAS + CAS + ROUT, SHED_TIME: 2, ...set },
      steps: random(4000 + i, 240, PID_WIRES, PID_WRITES, 0.6),
    }),
  ),
  ...OPTIONS.flatMap(others),
  ...RANDOM_OTHERS.flatMap(({ type, wires, writes, sets }, f) =>
    sets.map(
      (set, i): Case => ({
        type,
        name: `remote, ${i + 1}`,
        dt_s: i % 2 === 0 ? 1 : 0.5,
        set: { PERMITTED: RCAS + CAS, SHED_TIME: 3, ...set },
        steps: random(5000 + 10 * f + i, 160, wires, writes, 0.6),
      }),
    ),
  ),
]
