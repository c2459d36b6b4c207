/** PID: every structure in both forms through every change of mode, and every option in scripts of its own. */
import { type Case, MODE, random, ST, type Step, tour, type Wire, type Write } from './script.ts'

const STRUCTURES = ['pid', 'pi_d', 'i_pd', 'pd', 'p_d', 'id', 'i_d', 'two_dof']
const BASE = { GAIN: 1.7, RESET: 12, RATE: 3, SP: 52, OUT: 37, BETA: 0.6, GAMMA: 0.3, BIAS: 45, BAL_TIME: 6 }

/** What brings a block from anywhere into this mode. */
function into(mode: string): Step {
  const back: readonly [number, number] = mode === 'iman' ? [33.25, ST.ni | ST.constant] : [41.5, ST.cascade]
  const track: readonly [number, number] = [mode === 'lo' ? 1 : 0, ST.good]
  const target = mode === 'iman' || mode === 'lo' ? MODE.auto : MODE[mode as keyof typeof MODE]
  return { drive: { BKCAL_IN: back, TRK_IN_D: track }, write: [['MODE', target]] }
}

/** Three scans in each mode, while the measurement and the master move. */
function modeTour(): Step[] {
  const steps: Step[] = []
  for (const mode of tour(['auto', 'oos', 'iman', 'lo', 'man', 'cas'])) {
    for (let i = 0; i < 3; i++) {
      const n = steps.length
      const first = i === 0 ? into(mode) : { drive: {}, write: [] }
      steps.push({
        drive: {
          ...first.drive,
          IN: [Math.round((50 + 8 * Math.sin(0.37 * n)) * 1000) / 1000, ST.good],
          CAS_IN: [48 + (n % 7), ST.good],
          TRK_VAL: [20 + (n % 5), ST.good],
        },
        write: first.write,
      })
    }
  }
  return steps
}

/** The master shakes hands, leaves, comes back; tuning is changed while it runs. */
function handshake(): Step[] {
  const step = (drive: Step['drive'], ...write: [string, number][]): Step => ({ drive, write })
  return [
    step({ IN: [47, ST.good], CAS_IN: [60, ST.cascade], BKCAL_IN: [37, ST.ir] }),
    step({ BKCAL_IN: [37, ST.cascade] }),
    step({}, ['MODE', MODE.cas]),
    step({ CAS_IN: [52, ST.ia] }),
    step({ CAS_IN: [52, ST.cascade] }),
    step({ CAS_IN: [55.5, ST.cascade] }),
    step({ IN: [49, ST.good] }, ['GAIN', 2.4]),
    step({ IN: [50, ST.good | ST.constant] }),
    step({ IN: [50, ST.good] }, ['RESET', 7]),
    step({ IN: [51, ST.good] }, ['RATE', 0]),
    step({ IN: [52, ST.uncertain] }, ['RESET', 0], ['RATE', -1]),
    step({ IN: [53, ST.good], BKCAL_IN: [52, ST.cascade | ST.high] }, ['RATE', 5]),
    step({ BKCAL_IN: [52, ST.cascade | ST.low] }),
    step({ BKCAL_IN: [52, ST.ns] }),
    step({ BKCAL_IN: [52, ST.fsa | ST.constant], CAS_IN: [58, ST.cascade] }),
    step({ BKCAL_IN: [48, ST.ir] }),
    step({ BKCAL_IN: [48, ST.cascade] }),
    step({ CAS_IN: [53, ST.ia] }),
    step({ CAS_IN: [51, ST.cascade] }),
    step({ CAS_IN: [51, ST.noComm] }),
    step({}, ['SP', 44]),
    step({ CAS_IN: [44, ST.cascade] }),
    step({ CAS_IN: [44, ST.ia] }),
    step({ CAS_IN: [130, ST.cascade] }),
    step({ IN: [40, ST.sensor] }),
    step({}, ['OUT', 66], ['OUT', 140]),
    step({ IN: [45, ST.good] }),
    step({ CAS_IN: [44, ST.ia] }),
    step({ CAS_IN: [46, ST.cascade] }),
    step({ TRK_IN_D: [1, ST.good], TRK_VAL: [17, ST.good] }),
    step({ TRK_IN_D: [0, ST.bad] }),
    step({ TRK_IN_D: [0, ST.good] }, ['MODE', MODE.man]),
    step({}, ['OUT', 25], ['SP', 30]),
    step({}, ['MODE', MODE.auto], ['SP', 61], ['MODE', 1]),
    step({ FF_VAL: [30, ST.good] }),
    step({ FF_VAL: [35, ST.good] }),
    step({ FF_VAL: [80, ST.bad] }),
    step({ FF_VAL: [40, ST.good] }, ['FF_ENABLE', 0]),
    step({}, ['FF_ENABLE', 1]),
    step({ FF_VAL: [10, ST.good], BKCAL_IN: [0, ST.bad] }),
    step({ BKCAL_IN: [41, ST.good] }),
    step({ BKCAL_IN: [41, ST.open], IN: [10, ST.good] }),
    step({}),
    step({}),
    step({ IN: [90, ST.good] }),
    step({}),
    step({}),
  ]
}

const WIRES: readonly Wire[] = [
  {
    name: 'IN',
    lo: 20,
    hi: 80,
    statuses: [ST.good, ST.good, ST.uncertain, ST.good | ST.constant, ST.sensor],
    often: 0.8,
  },
  { name: 'CAS_IN', lo: 30, hi: 120, statuses: [ST.good, ST.cascade, ST.ia, ST.uncertain, ST.noComm] },
  {
    name: 'BKCAL_IN',
    lo: 10,
    hi: 90,
    statuses: [ST.cascade, ST.cascade | ST.high, ST.cascade | ST.low, ST.ns, ST.ni, ST.ir, ST.bad, ST.open],
  },
  { name: 'TRK_IN_D', lo: 0, hi: 0.7, whole: true, statuses: [ST.good, ST.bad], often: 0.2 },
  { name: 'TRK_VAL', lo: -10, hi: 110, statuses: [ST.good, ST.bad] },
  { name: 'FF_VAL', lo: 0, hi: 60, statuses: [ST.good, ST.uncertain, ST.bad] },
]
const WRITES: readonly Write[] = [
  { field: 'MODE', values: [MODE.oos, MODE.man, MODE.auto, MODE.auto, MODE.cas, MODE.cas, 2] },
  { field: 'SP', values: [41, 55.5, 63, 101] },
  { field: 'OUT', values: [12, 47.5, 88, 105] },
  { field: 'GAIN', values: [0.4, 1.1, 2.9, -1] },
  { field: 'RESET', values: [4, 15, 60, 0] },
  { field: 'RATE', values: [0, 1.5, 8] },
  { field: 'FF_ENABLE', values: [0, 1, 2] },
]

const OPTIONS: Readonly<Record<string, Case['set']>> = {
  direct: { ACTION: 0 },
  scales: { PV_SCALE: [10, 60], OUT_SCALE: [-20, 220], OUT_LIM: [0, 150], SP_LIM: [15, 55] },
  'gap gain': { NL_GAP: 4, NL_MINMOD: 0.2, NL_TBAND: 6, NL_HYST: 1, FORM: 1 },
  'dynamic reset': { DYNAMIC_RESET: 1 },
  'rates of set point and output': { SP_RATE_UP: 2, SP_RATE_DN: 1, OUT_RATE_UP: 3, OUT_RATE_DN: 1.5 },
  'integral dead band, filter': { IDEADBAND: 5, PV_FTIME: 3 },
  'anti-reset-windup limits': { ARW: [30, 60], RESET: 200 },
  'tracking set points': { SP_TRACK_MAN: 1, SP_TRACK_LO_IMAN: 1, TRACK_IN_MAN: 1, NO_OUT_LIM_IN_MAN: 1 },
  'retained set point, latched targets': { SP_TRACK_RETAINED: 1, ON_BAD_IN: 1, ON_BAD_CAS: 1 },
  'PV to the master, no limits in Cas': { USE_PV_BKCAL: 1, OBEY_SP_LIM: 0, TRACK_ENABLE: 0 },
  'feed-forward scaled': { FF_GAIN: -0.8, FF_SCALE: [10, 50] },
  'series with direct action': { FORM: 1, STRUCTURE: 0, ACTION: 0, ALPHA: 0.3 },
  'P on error with a jump': { STRUCTURE: 4, BAL_TIME: 0 },
  'form a, back-calculation': { INTEGRAL: 1, TT: 5, OUT_LIM: [30, 70] },
  'form b, back-calculation': { INTEGRAL: 2, TT: 3, OUT_LIM: [30, 70] },
  'form b, none': { INTEGRAL: 2, STRUCTURE: 7 },
}

const SCHEDULE = { SCHED_LIM: [30, 60], SCHED_GAIN: [0.4, 1, 2.5], SCHED_RESET: [2, 1, 0.5], SCHED_RATE: [0.5, 1, 3] }
const SCHEDULED: Readonly<Record<string, Case['set']>> = {
  'gain schedule in steps': { ...SCHEDULE, SCHED_HYST: 8, STRUCTURE: 0 },
  'gain schedule with bands, series': { ...SCHEDULE, SCHED_BAND: 12, SCHED_HYST: 3, FORM: 1, STRUCTURE: 0 },
  'gain schedule without integral': { ...SCHEDULE, SCHED_BAND: 6, STRUCTURE: 4, ACTION: 0 },
}
const BYPASS_WRITES: readonly Write[] = [
  { field: 'MODE', values: [MODE.oos, MODE.man, MODE.man, MODE.man, MODE.auto, MODE.cas] },
  { field: 'BYPASS', values: [1, 1, 0, 2] },
  { field: 'BYPASS', values: [1, 1, 0] },
  { field: 'SP', values: [41, 55.5, 63] },
  { field: 'OUT', values: [12, 47.5, 88] },
]
const BYPASSED: Readonly<Record<string, Case['set']>> = {
  bypass: { BYPASS_ENABLE: 1, MODE_TARGET: MODE.man },
  'bypass, direct action, scales, rates': {
    BYPASS_ENABLE: 1,
    BYPASS: 1,
    ACTION: 0,
    PV_SCALE: [10, 60],
    OUT_SCALE: [-20, 220],
    OUT_LIM: [0, 150],
    OUT_RATE_UP: 15,
    SP_RATE_DN: 2,
    USE_PV_BKCAL: 1,
  },
}
const SCHED_WIRE: Wire = { name: 'SCHED_IN', lo: 15, hi: 80, statuses: [ST.good, ST.bad, ST.uncertain], often: 0.5 }

export const PID_CASES: readonly Case[] = [
  ...STRUCTURES.flatMap((name, STRUCTURE) =>
    ['standard', 'series'].flatMap((form, FORM): Case[] => [
      {
        type: 'PID',
        name: `${name}, ${form}: every change of mode`,
        dt_s: 0.5,
        set: { ...BASE, STRUCTURE, FORM },
        steps: modeTour(),
      },
      {
        type: 'PID',
        name: `${name}, ${form}: handshake, tuning, feed-forward`,
        dt_s: 1,
        set: { ...BASE, STRUCTURE, FORM },
        steps: handshake(),
      },
    ]),
  ),
  ...Object.entries(OPTIONS).map(
    ([name, set], i): Case => ({
      type: 'PID',
      name,
      dt_s: 0.25 * (1 + (i % 4)),
      set: { ...BASE, ...set },
      steps: random(1000 + i, 120, WIRES, WRITES),
    }),
  ),
  ...Object.entries(SCHEDULED).map(
    ([name, set], i): Case => ({
      type: 'PID',
      name,
      dt_s: 0.5,
      set: { ...BASE, ...set },
      steps: random(2000 + i, 120, [...WIRES, SCHED_WIRE], WRITES),
    }),
  ),
  ...Object.entries(BYPASSED).map(
    ([name, set], i): Case => ({
      type: 'PID',
      name,
      dt_s: 0.5,
      set: { ...BASE, ...set },
      steps: random(3000 + i, 160, WIRES, BYPASS_WRITES),
    }),
  ),
]
