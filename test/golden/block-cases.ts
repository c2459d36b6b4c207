/** Cases of all blocks but PID: random scripts over their wires and writes, with the options that change what they do. */
import { type Case, MODE, random, ST, type Wire, type Write } from './script.ts'

interface Family {
  readonly type: string
  readonly wires: readonly Wire[]
  readonly writes?: readonly Write[]
  readonly dt_s?: number
  readonly scans?: number
  readonly sets: Readonly<Record<string, Case['set']>>
}

const BACK = [ST.cascade, ST.cascade | ST.high, ST.cascade | ST.low, ST.ir, ST.ni | ST.constant, ST.lo, ST.fsa, ST.bad]
const MASTER = [ST.cascade, ST.ia, ST.ia, ST.good, ST.uncertain, ST.noComm]
const SENSOR = [ST.good, ST.good | ST.low, ST.good | ST.high, ST.good | ST.constant, ST.uncertain, ST.sensor, ST.noComm]

const wire = (name: string, lo: number, hi: number, statuses: readonly number[] = SENSOR, often = 0.4): Wire => ({
  name,
  lo,
  hi,
  statuses,
  often,
})
const discrete = (name: string, often = 0.3): Wire => ({
  name,
  lo: 0,
  hi: 1,
  whole: true,
  statuses: [ST.good, ST.good, ST.bad],
  often,
})
const modes = (...values: number[]): Write => ({ field: 'MODE', values })
const ALL_MODES = modes(MODE.oos, MODE.man, MODE.auto, MODE.auto, MODE.cas, MODE.cas, 1)
const LOCAL_MODES = modes(MODE.oos, MODE.man, MODE.auto, MODE.auto, MODE.auto, MODE.cas)

const FAMILIES: readonly Family[] = [
  {
    type: 'AO',
    wires: [wire('CAS_IN', -30, 130, [...MASTER, ST.ifs]), wire('READBACK', 4, 20, [ST.good, ST.good, ST.noComm], 0.5)],
    writes: [
      ALL_MODES,
      { field: 'SP', values: [15, 44, 90, 111] },
      { field: 'OUT_EU', values: [20, 55] },
      { field: 'OUT', values: [33, -11] },
    ],
    sets: {
      plain: {},
      'increase to close, limits, rates': {
        INCREASE_TO_CLOSE: 1,
        SP_LIM: [10, 70],
        SP_RATE_UP: 3,
        SP_RATE_DN: 2,
        MODE_TARGET: MODE.auto,
      },
      'fault state with a value': { FSTATE_TIME: 2, FSTATE: 1, FSTATE_VAL: 25, USE_PV_BKCAL: 1 },
      'fault state to Man, read-back watched': { FSTATE_TIME: 0, FSTATE_MAN: 1, READBACK_TOL: 10, READBACK_TIME: 2 },
    },
  },
  {
    type: 'AI',
    wires: [wire('IN', 3.4, 21.2, [ST.good, ST.good, ST.uncertain, ST.noComm, ST.bad, ST.open], 0.7)],
    writes: [
      LOCAL_MODES,
      { field: 'OUT', values: [12, 40] },
      { field: 'SIMULATE', values: [0, 0, 1, 2] },
      { field: 'SIM_VALUE', values: [8, 15.5] },
    ],
    sets: {
      'indirect, filter': { OUT_SCALE: [-50, 150], FTIME: 4 },
      'root with cut-off': { LINEAR: 2, OUT_SCALE: [0, 400], LOW_CUT: 60 },
      'direct, without NE 43': { LINEAR: 0 },
      '1-5 V': { XD: [1, 5], NE43: 1, OUT_SCALE: [0, 16] },
    },
  },
  {
    type: 'RATIO',
    wires: [
      wire('IN_1', -20, 60, [ST.good, ST.good, ST.uncertain, ST.bad]),
      wire('IN', 0, 80, [ST.good, ST.uncertain, ST.bad]),
      wire('CAS_IN', 0, 2, MASTER),
      wire('BKCAL_IN', 0, 100, BACK),
    ],
    writes: [ALL_MODES, { field: 'SP', values: [0.3, 0.9, 1.6] }, { field: 'OUT', values: [20, 70, 140] }],
    sets: {
      plain: { SP: 0.7 },
      'limits, quick balance': { GAIN: -1.5, SP_LIM: [0.2, 1.5], OUT_LIM: [-60, 60], BAL_TIME: 3 },
    },
  },
  {
    type: 'BIAS_GAIN',
    wires: [
      wire('IN_1', 0, 60, [ST.good, ST.good, ST.uncertain, ST.bad]),
      wire('CAS_IN', -20, 20, MASTER),
      wire('BKCAL_IN', 0, 100, BACK),
    ],
    writes: [ALL_MODES, { field: 'SP', values: [-5, 9, 30] }, { field: 'OUT', values: [20, 70, 140] }],
    sets: {
      plain: { SP: 3 },
      'falling, no balance': { GAIN: -1, SP_LIM: [-10, 15], OUT_SCALE: [-80, 0], BAL_TIME: 0 },
    },
  },
  {
    type: 'CONTROL_SELECTOR',
    wires: [
      wire('SEL_1', 0, 100, [ST.good, ST.good, ST.cascade | ST.high, ST.uncertain, ST.bad]),
      wire('SEL_2', 0, 100, [ST.good, ST.good | ST.low, ST.uncertain, ST.open]),
      wire('SEL_3', 0, 100, [ST.open, ST.good, ST.good]),
      wire('BKCAL_IN', 0, 100, BACK, 0.25),
    ],
    writes: [LOCAL_MODES, { field: 'OP_SELECT', values: [0, 0, 1, 2, 3, 4] }, { field: 'OUT', values: [10, 60, 101] }],
    sets: { high: { SEL_TYPE: 0 }, low: { SEL_TYPE: 1 }, mid: { SEL_TYPE: 2 } },
  },
  {
    type: 'RATE_LIMIT',
    wires: [wire('CAS_IN', -20, 120, MASTER), wire('BKCAL_IN', 0, 100, BACK, 0.2)],
    writes: [
      ALL_MODES,
      { field: 'SP', values: [5, 50, 95, 120] },
      { field: 'OUT', values: [30, 60] },
      { field: 'RATE_UP', values: [1, 4] },
      { field: 'RATE_DN', values: [0, 7, -1] },
    ],
    sets: { plain: { SP: 40, RATE_UP: 2, RATE_DN: 3 }, limits: { SP: 30, RATE_UP: 9, RATE_DN: 5, SP_LIM: [20, 80] } },
  },
  {
    type: 'MANUAL_LOADER',
    wires: [wire('BKCAL_IN', 0, 100, BACK)],
    writes: [modes(MODE.oos, MODE.man, MODE.man, MODE.auto), { field: 'OUT', values: [10, 60, 101] }],
    sets: { plain: { START: 35, OUT_LIM: [0, 80] } },
  },
  {
    type: 'LEAD_LAG',
    wires: [wire('IN', -50, 50), discrete('FOLLOW', 0.2)],
    sets: { lead: { GAIN: 1.5, LEAD: 6, LAG: 3 }, 'falling lag': { GAIN: -2, LAG: 8 }, none: { GAIN: 3 } },
  },
  { type: 'FILTER', wires: [wire('IN', -50, 50)], sets: { filter: { LAG: 5 } } },
  { type: 'LIMIT', wires: [wire('IN', -50, 50)], sets: { limits: { LO: -20, HI: 30 } } },
  {
    type: 'SCALER',
    wires: [wire('IN', -20, 120)],
    sets: { rising: { OUT_SCALE: [4, 20] }, 'falling, held': { IN_SCALE: [10, 90], OUT_SCALE: [5, -5], CLAMP: 1 } },
  },
  {
    type: 'COMPARATOR',
    wires: [
      wire('IN', 0, 30, SENSOR, 0.8),
      wire('REF', 8, 12, [ST.open, ST.good, ST.uncertain, ST.bad], 0.1),
      wire('REF_HI', 18, 22, [ST.open, ST.good], 0.1),
    ],
    writes: [
      { field: 'REF_VAL', values: [8, 11] },
      { field: 'REF_HI_VAL', values: [17, 24] },
    ],
    sets: { plain: { REF_VAL: 10, REF_HI_VAL: 20 }, hysteresis: { REF_VAL: 10, REF_HI_VAL: 20, HYS: 4, TOL: 1.5 } },
  },
  {
    type: 'DEAD_TIME',
    wires: [
      wire('IN', 0, 100, [ST.good, ST.good, ST.uncertain, ST.good | ST.high, ST.noComm], 0.9),
      discrete('FOLLOW', 0.05),
    ],
    writes: [{ field: 'DEAD_TIME', values: [0, 1.25, 6.4, 9, 11] }],
    scans: 100,
    sets: { fractions: { DEAD_TIME: 3.7, DEAD_TIME_MAX: 10 }, whole: { DEAD_TIME: 4, DEAD_TIME_MAX: 10 } },
  },
  {
    type: 'CHARACTERIZER',
    wires: [
      wire('IN_1', -10, 120, [ST.good, ST.cascade, ST.ia, ST.good | ST.high, ST.uncertain, ST.bad]),
      wire('IN_2', -10, 120),
      wire('BKCAL_IN_1', -10, 120, [ST.open, ...BACK], 0.2),
    ],
    sets: {
      rising: { CURVE: [0, 0, 20, 5, 50, 30, 80, 75, 100, 100] },
      'falling, swapped': { CURVE: [0, 100, 30, 45, 60, 12, 100, 0], SWAP_2: 1 },
    },
  },
  {
    type: 'INPUT_SELECTOR',
    wires: [1, 2, 3, 4, 5].map((n) => wire(`IN_${n}`, 0, 10 * n, n === 5 ? [ST.open, ST.good, ST.uncertain] : SENSOR)),
    writes: [
      LOCAL_MODES,
      { field: 'OUT', values: [3, 4] },
      { field: 'OP_SELECT', values: [0, 0, 0, 2, 5, 9] },
      { field: 'DISABLED', values: [0, 0, 1, 6, 300] },
    ],
    sets: {
      'first good': { SEL_TYPE: 0 },
      min: { SEL_TYPE: 1, USE_UNCERTAIN: 1 },
      max: { SEL_TYPE: 2, USE_UNCERTAIN: 1, WARN_MISSING: 1 },
      mid: { SEL_TYPE: 3, MIN_GOOD: 2 },
      avg: { SEL_TYPE: 4, USE_UNCERTAIN: 1, MIN_GOOD: 3, WARN_MISSING: 1 },
    },
  },
  {
    type: 'ARITH',
    wires: [
      wire('IN', 1, 30, SENSOR),
      wire('IN_LO', 1, 30, [ST.good, ST.uncertain, ST.good | ST.low, ST.bad], 0.4),
      wire('IN_1', -3, 10, [ST.good, ST.uncertain, ST.bad]),
      wire('IN_2', 1, 10, [ST.good, ST.uncertain, ST.bad]),
      wire('IN_3', 1, 10, [ST.good, ST.bad], 0.2),
    ],
    sets: Object.fromEntries(
      ['flow_linear', 'flow_sqrt', 'flow_approx', 'btu', 'mult_div', 'average', 'sum', 'poly4', 'htg'].map(
        (name, i) => [
          name,
          {
            ARITH_TYPE: i,
            BIAS_IN: [0.5, 1, 2],
            GAIN_IN: [1.5, 0.5, 1],
            GAIN: 0.8,
            BIAS: 3,
            COMP_LO: -4,
            COMP_HI: 5,
            RANGE_LO: 10,
            RANGE_HI: 20,
          },
        ],
      ),
    ),
  },
  {
    type: 'ARITH',
    wires: [wire('IN', 1, 30, SENSOR), wire('IN_1', -3, 10, [ST.good, ST.uncertain, ST.bad])],
    sets: {
      'linear, divisor by its bias': { ARITH_TYPE: 0, BIAS_IN: [0, 4, 0] },
      'mean of two': { ARITH_TYPE: 5 },
    },
  },
  {
    type: 'ARITH',
    wires: [wire('IN', 1, 30, SENSOR)],
    sets: { 'polynomial of constants': { ARITH_TYPE: 7, BIAS_IN: [1, 2, 1.5] } },
  },
  {
    type: 'SPLITTER',
    wires: [
      wire('CAS_IN', -10, 110, MASTER, 0.5),
      wire('BKCAL_IN_1', 0, 100, BACK, 0.35),
      wire('BKCAL_IN_2', 0, 100, BACK, 0.35),
    ],
    writes: [modes(MODE.oos, MODE.auto, MODE.cas, MODE.cas, MODE.man), { field: 'SP', values: [5, 45, 77, 120] }],
    scans: 120,
    sets: {
      'split range': { BAL_TIME: 4 },
      'sequence that goes back': { LOCKVAL: 0, HYSTVAL: 20, BAL_TIME: 0 },
      'sequence with a gap that goes back': { LOCKVAL: 0, HYSTVAL: 30, IN_ARRAY: [10, 50, 60, 90], BAL_TIME: 2 },
      'cooling and heating': { IN_ARRAY: [0, 45, 55, 100], OUT_ARRAY: [100, 0, 0, 100], BAL_TIME: 7 },
      'overlap, rates, Auto': {
        IN_ARRAY: [0, 70, 30, 100],
        OUT_ARRAY: [0, 100, 90, 10],
        SP_RATE_UP: 4,
        SP_RATE_DN: 6,
        MODE_TARGET: MODE.auto,
      },
    },
  },
  {
    type: 'RAMP_PROGRAM',
    wires: [
      wire('PV', 0, 100, [ST.open, ST.good, ST.good, ST.bad], 0.1),
      discrete('RUN_D', 0.15),
      discrete('HOLD_D', 0.1),
      { name: 'RESET_D', lo: 0, hi: 0.6, whole: true, statuses: [ST.good], often: 0.05 },
      wire('BKCAL_IN', 20, 80, [ST.cascade, ST.cascade, ST.cascade, ST.ir, ST.ni, ST.bad], 0.15),
    ],
    writes: [LOCAL_MODES, { field: 'STATE', values: [0, 1, 1, 1, 2, 3] }, { field: 'OUT', values: [25, 60, 130] }],
    scans: 120,
    sets: {
      time: { SEGMENTS: [60, 7, 4, 20, 5.5, 0, 35, 0, 3], REPEAT: 2, STATE: 1 },
      'rate, guaranteed soak': {
        SEGMENTS: [80, 3, 5, 10, 6, 2],
        RAMP_BY: 1,
        REPEAT: 0,
        HOLDBACK: 30,
        STATE: 1,
        OUT: 15,
      },
    },
  },
  {
    type: 'SPLITTER',
    wires: [
      wire('CAS_IN', 3, 17, MASTER, 0.5),
      wire('BKCAL_IN_1', 0, 6, BACK, 0.3),
      wire('BKCAL_IN_2', 1, 10, BACK, 0.3),
    ],
    writes: [modes(MODE.auto, MODE.cas, MODE.cas)],
    scans: 100,
    sets: { 'small ranges, one falling': { IN_ARRAY: [4, 9, 9, 16], OUT_ARRAY: [5, 1, 2, 9], BAL_TIME: 5 } },
  },
  {
    type: 'CHARACTERIZER',
    wires: ['IN_1', 'IN_2', 'BKCAL_IN_1'].map((name) => ({
      name,
      lo: -1,
      hi: 5,
      whole: true,
      statuses: [ST.good, ST.cascade, ST.ia, ST.good | ST.low],
      often: 0.6,
    })),
    sets: {
      'at its points': { CURVE: [0, 0, 2, 3, 3, 4], SWAP_2: 1 },
      'at its points, falling': { CURVE: [0, 4, 2, 1, 3, 0], SWAP_2: 1 },
    },
  },
  {
    type: 'RAMP_PROGRAM',
    wires: [
      { name: 'HOLD_D', lo: 0, hi: 0.6, whole: true, statuses: [ST.good], often: 0.1 },
      wire('BKCAL_IN', 20, 60, [ST.cascade, ST.cascade, ST.cascade, ST.cascade, ST.ni], 0.05),
    ],
    dt_s: 0.5,
    scans: 150,
    sets: {
      'left alone': { SEGMENTS: [60, 7, 4.2, 20, 5.5, 0, 35, 0, 3], REPEAT: 2, STATE: 1 },
      'left alone, by rate': { SEGMENTS: [80, 6, 5, 10, 9, 0, 30, 0, 2], RAMP_BY: 1, REPEAT: 3, STATE: 1, OUT: 15 },
      once: { SEGMENTS: [42, 4, 3.5, 10, 2, 4], STATE: 1 },
    },
  },
  {
    type: 'RAMP_PROGRAM',
    wires: [wire('PV', 38, 46, [ST.good, ST.good, ST.bad], 0.5)],
    dt_s: 0.5,
    scans: 80,
    sets: { 'guaranteed soak': { SEGMENTS: [40, 1, 6, 44, 4, 5], HOLDBACK: 2.5, STATE: 1, OUT: 40 } },
  },
  {
    type: 'INTEGRATOR',
    wires: [wire('IN_1', 0, 100, [ST.good]), { name: 'REV_1', lo: 0, hi: 0.6, whole: true, statuses: [ST.good] }],
    sets: {
      'downwards, several batches a scan': { INTEG_TYPE: 2, TOTAL_SP: 7.3, TIME_UNIT_1: 1, PRE_TRIP: 3 },
      'upwards, several batches a scan': { INTEG_TYPE: 0, TOTAL_SP: 7.3, TIME_UNIT_1: 1, PRE_TRIP: 3 },
      'slow trips': { INTEG_TYPE: 0, TOTAL_SP: 400, TIME_UNIT_1: 1, PRE_TRIP: 60 },
    },
  },
  {
    type: 'INTEGRATOR',
    wires: [
      wire('IN_1', -20, 100, [ST.good, ST.good, ST.uncertain, ST.bad]),
      wire('IN_2', 0, 40, [ST.open, ST.good, ST.good, ST.bad], 0.1),
      discrete('REV_1', 0.1),
      discrete('REV_2', 0.1),
      { name: 'RESET_IN', lo: 0, hi: 0.7, whole: true, statuses: [ST.good], often: 0.1 },
    ],
    writes: [
      LOCAL_MODES,
      { field: 'OUT', values: [2, 7.5] },
      { field: 'RESET', values: [0, 1] },
      { field: 'TOTAL_SP', values: [0, 6.1, 9.3] },
      { field: 'PRE_TRIP', values: [0, 1.5] },
    ],
    scans: 90,
    sets: Object.fromEntries(
      ['up_auto', 'up_dem', 'dn_auto', 'dn_dem', 'periodic', 'demand', 'per_dem'].map((name, i) => [
        name,
        {
          INTEG_TYPE: i,
          TOTAL_SP: 8.7,
          PRE_TRIP: 2.1,
          TIME_UNIT_1: 60,
          TIME_UNIT_2: 60,
          FACTOR_2: 0.7,
          PERIOD: 9,
          CARRY: i === 2 ? 0 : 1,
          FLOW: i < 4 ? 1 : i === 6 ? 2 : 0,
          USE_BAD: i % 2,
          USE_UNCERTAIN: i % 3 === 0 ? 0 : 1,
        },
      ]),
    ),
  },
  {
    type: 'PULSE_IN',
    wires: [
      { name: 'IN', lo: 0, hi: 999, whole: true, statuses: [ST.good, ST.good, ST.uncertain, ST.noComm], often: 0.6 },
    ],
    writes: [
      LOCAL_MODES,
      { field: 'OUT', values: [12, 40] },
      { field: 'SIMULATE', values: [0, 0, 1, 2] },
      { field: 'SIM_VALUE', values: [8, 15.5] },
    ],
    dt_s: 0.5,
    sets: {
      'window, filter': { COUNTER_MAX: 1000, WINDOW: 2, FTIME: 1.5, PULSE_VALUE: 0.25, LOW_CUT: 300000 },
      'a counter that is set back': { COUNTER_MAX: 1000, RATE_MAX: 1000, TIME_UNIT: 1 },
    },
  },
  {
    type: 'ALARM',
    wires: [wire('IN', 0, 100, SENSOR, 0.6)],
    writes: [
      { field: 'HI', values: [70, 85] },
      { field: 'LO', values: [15, 35] },
    ],
    sets: {
      plain: { HIHI: 95, HI: 80, LO: 20, LOLO: 5 },
      delays: { HI: 60, LO: 40, HYS_PCT: 10, ON_DELAY: 1, OFF_DELAY: 2 },
    },
  },
  {
    type: 'ALARM_DEVIATION',
    wires: [wire('IN', 30, 70, SENSOR, 0.8), wire('SP', 40, 60, [ST.good, ST.good, ST.bad], 0.15)],
    writes: [{ field: 'DEV_HI', values: [5, 12, -1] }],
    sets: {
      plain: { DEV_HI: 8, DEV_LO: 8 },
      'delays, silent after a step': {
        DEV_HI: 6,
        DEV_LO: 10,
        HYS_PCT: 3,
        ON_DELAY: 1,
        OFF_DELAY: 1,
        INHIBIT_TIME: 4,
        SP_STEP: 2,
      },
    },
  },
  {
    type: 'ALARM_RATE',
    wires: [wire('IN', 0, 30, SENSOR, 0.7)],
    writes: [{ field: 'RATE_UP', values: [2, 9, -1] }],
    sets: { plain: { RATE_UP: 8, RATE_DN: 5 }, filtered: { RATE_UP: 3, RATE_DN: 3, FTIME: 3, HYS: 1, ON_DELAY: 1 } },
  },
  {
    type: 'ALARM_DISCRETE',
    wires: [discrete('IN', 0.5)],
    sets: { plain: {}, 'off is the alarm': { ALARM_STATE: 0, ON_DELAY: 1, OFF_DELAY: 2 } },
  },
  {
    type: 'CALC',
    wires: [1, 2, 3].map((n) => wire(`IN${n}`, -5, 5, [ST.good, ST.cascade, ST.uncertain, ST.bad])),
    sets: {
      // (IN1 + 2) IN2 - |IN3|
      arithmetic: { PROGRAM: [1, 0, 0, 2, 2, 0, 1, 1, 4, 0, 1, 2, 9, 0, 3, 0] },
      // IN1 > IN2 and not IN3 < 0 ? sqrt(IN3) : max(IN1 / IN2, -1)
      logic: {
        PROGRAM: [
          1, 0, 1, 1, 13, 0, 1, 2, 0, 0, 11, 0, 19, 0, 17, 0, 1, 2, 9, 0, 10, 0, 1, 0, 1, 1, 5, 0, 0, -1, 8, 0, 20, 0,
        ],
      },
      // sqrt(IN1): negative is bad; IN2 and IN3 are not used.
      'a root that may fail': { PROGRAM: [1, 0, 10, 0] },
    },
  },
]

const contact = (name: string, often = 0.4): Wire => ({
  name,
  lo: 0,
  hi: 1,
  whole: true,
  statuses: [ST.good, ST.good, ST.cascade, ST.uncertain, ST.range, ST.bad, ST.noComm],
  often,
})
const EIGHT = [
  ...[1, 2, 3].map((n) => contact(`IN${n}`)),
  { name: 'IN4', lo: 0, hi: 1, whole: true, statuses: [ST.open, ST.good, ST.bad], often: 0.3 },
] as const
const timed = (type: string, ...more: Wire[]): Family => ({
  type,
  wires: [contact('IN', 0.35), ...more],
  writes: [{ field: 'PT', values: [0, 0.3, 1.5, -1] }],
  scans: 90,
  dt_s: 0.1,
  sets: { short: { PT: 0.3 }, long: { PT: 0.75 }, none: { PT: 0 } },
})
const counted = (type: string, ...names: string[]): Family => ({
  type,
  wires: names.map((n) => contact(n, n.startsWith('C') ? 0.7 : 0.1)),
  writes: [{ field: 'PRESET', values: [0, 3, -2, 1.5] }],
  scans: 90,
  sets: { plain: { PRESET: 4 } },
})

const DISCRETE: readonly Family[] = [
  ...['AND', 'OR', 'XOR'].map(
    (type): Family => ({
      type,
      wires: EIGHT,
      sets: { plain: {}, inverted: { INVERT: 5 } },
    }),
  ),
  { type: 'NOT', wires: [contact('IN')], sets: { plain: {} } },
  { type: 'RS', wires: [contact('S'), contact('R1')], sets: { plain: {} } },
  { type: 'SR', wires: [contact('S1'), contact('R')], sets: { plain: {} } },
  { type: 'R_TRIG', wires: [contact('IN')], sets: { plain: {} } },
  { type: 'F_TRIG', wires: [contact('IN')], sets: { plain: {} } },
  timed('TON'),
  timed('TOF'),
  timed('TP'),
  timed('TONR', { name: 'R', lo: 0, hi: 0.6, whole: true, statuses: [ST.good, ST.bad], often: 0.2 }),
  counted('CTU', 'CU', 'R'),
  counted('CTD', 'CD', 'LD'),
  counted('CTUD', 'CU', 'CD', 'R', 'LD'),
  {
    type: 'DI',
    wires: [contact('IN', 0.5)],
    writes: [
      LOCAL_MODES,
      { field: 'OUT', values: [0, 1, 2] },
      { field: 'SIMULATE', values: [0, 0, 1] },
      { field: 'SIM_VALUE', values: [0, 1] },
    ],
    sets: { plain: {}, 'inverted, debounced': { INVERT: 1, DEBOUNCE: 1 } },
  },
  {
    type: 'CONDITION',
    wires: [
      ...['IL1', 'IL2', 'IL16'].map((n) => contact(n, 0.15)),
      ...['PM1', 'PM8'].map((n) => contact(n, 0.15)),
      ...['FS1', 'FS3'].map((n) => contact(n, 0.15)),
      { name: 'RESET', lo: 0, hi: 1, whole: true, statuses: [ST.good, ST.good, ST.bad], often: 0.3 },
    ],
    writes: [
      { field: 'BYPASS_IL', values: [0, 0, 2, 3, 65536] },
      { field: 'BYPASS_PM', values: [0, 128, -1] },
      { field: 'BYPASS_FS', values: [0, 4] },
      { field: 'RESET_D', values: [1, 0] },
    ],
    scans: 150,
    sets: {
      delays: { IL1_ON: 1, IL2_OFF: 2, IL16_ON: 0.5, PM1_ON: 1, PM8_OFF: 1, FS1_SP: 12.5, FS3_SP: 80, FS1_ON: 1 },
      latched: { LATCH_IL: 32771, LATCH_PM: 1, LATCH_FS: 4, FS1_SP: 5, FS3_SP: 7, BAD: 0 },
    },
  },
  {
    type: 'DO',
    wires: [
      { name: 'CAS_IN', lo: 0, hi: 1, whole: true, statuses: [...MASTER, ST.ifs], often: 0.4 },
      { name: 'READBACK', lo: 0, hi: 1, whole: true, statuses: [ST.good, ST.good, ST.noComm], often: 0.5 },
    ],
    writes: [ALL_MODES, { field: 'SP', values: [0, 1, 2] }, { field: 'OUT_D', values: [0, 1] }],
    scans: 90,
    sets: {
      plain: {},
      'inverted, fault state with a value': { INVERT: 1, FSTATE_TIME: 2, FSTATE: 1, FSTATE_VAL: 1 },
      'fault state to Man, read-back watched': { FSTATE_TIME: 0, FSTATE_MAN: 1, READBACK_TIME: 1.5 },
    },
  },
]

export const BLOCK_CASES: readonly Case[] = [...FAMILIES, ...DISCRETE].flatMap((family, f) =>
  Object.entries(family.sets).map(
    ([name, set], i): Case => ({
      type: family.type,
      name,
      dt_s: family.dt_s ?? (i % 2 === 0 ? 1 : 0.5),
      set,
      steps: random(7919 * (f + 1) + i, family.scans ?? 70, family.wires, family.writes),
    }),
  ),
)
