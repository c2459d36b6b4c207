/** The fields of device control; types differ by their masks alone. */
import { MODE } from '../../../contracts/mode.ts'
import type { FieldDecl } from '../block.ts'
import { modeFields } from '../mode-fields.ts'
import { DISCRETE_EVENT, NO_YES } from './discrete.ts'

/** Bits of HELD. */
export const HELD = { shutdown: 1, interlock: 2, confirmLost: 4, timeout: 8, resetRequired: 16 } as const
/** FAIL. */
export const DEVICE_FAIL = { none: 0, travel: 1, crack: 2, confirmLost: 3 } as const
/** A mask over commands or confirms. */
const BITS = { '0': 0, '1': 1, x: -1 } as const
const PERMITTED = (1 << MODE.oos) | (1 << MODE.auto) | (1 << MODE.cas)

export interface Masks {
  readonly states: number
  readonly cmd: readonly (readonly number[])[]
  readonly cfm: readonly (readonly number[])[]
}

/** One command and one confirm an active state. */
export const GENERAL: Masks = {
  states: 2,
  cmd: [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ],
  cfm: [
    [0, 0, -1, -1],
    [1, 0, -1, -1],
    [0, 1, -1, -1],
  ],
}

export const fieldsOf = (masks: Masks) =>
  [
    { name: 'CAS_IN', role: 'wire-in', unit: '1', doc: 'State asked for by a sequence: 0, 1 or 2.', optional: true },
    { name: 'SHUTDOWN', role: 'wire-in', unit: '1', doc: '1 forces passive.', optional: true },
    { name: 'INTERLOCK', role: 'wire-in', unit: '1', doc: '0 forces passive; open is 1.', optional: true },
    { name: 'PERMISSIVE', role: 'wire-in', unit: '1', doc: '0 lets no active state begin; open is 1.', optional: true },
    { name: 'TRK_IN', role: 'wire-in', unit: '1', doc: '1: OUT follows what the confirms show.', optional: true },
    { name: 'RESET', role: 'wire-in', unit: '1', doc: 'Its rise resets.', optional: true },
    { name: 'CONFIRM1', role: 'wire-in', unit: '1', doc: 'First confirm.', optional: true },
    { name: 'CONFIRM2', role: 'wire-in', unit: '1', doc: 'Second confirm.', optional: true },
    { name: 'CONFIRM3', role: 'wire-in', unit: '1', doc: 'Third confirm.', optional: true },
    { name: 'CONFIRM4', role: 'wire-in', unit: '1', doc: 'Fourth confirm.', optional: true },
    { name: 'CMD1', role: 'wire-out', unit: '1', doc: 'First command.' },
    { name: 'CMD2', role: 'wire-out', unit: '1', doc: 'Second command.' },
    { name: 'CMD3', role: 'wire-out', unit: '1', doc: 'Third command.' },
    { name: 'CMD4', role: 'wire-out', unit: '1', doc: 'Fourth command.' },
    { name: 'OUT', role: 'wire-out', unit: '1', doc: 'State commanded: 0 passive, 1 active, 2 second active.' },
    { name: 'PV', role: 'wire-out', unit: '1', doc: 'State that the confirms show; 3: none of them.' },
    { name: 'STATE', role: 'wire-out', unit: '1', doc: '0 to 2 confirmed there, 3 to 5 on the way there, 6 failed.' },
    { name: 'ALARM', role: 'wire-out', unit: '1', doc: '1 while FAIL is not 0.' },
    { name: 'BKCAL_OUT', role: 'back-out', unit: '1', doc: 'State that a master starts from.' },
    ...modeFields(PERMITTED, MODE.cas),
    { name: 'SP', role: 'tunable', unit: '1', doc: 'State asked for.', default: 0, min: 0, max: 2 },
    {
      name: 'STATES',
      role: 'constant',
      unit: '1',
      doc: 'Passive and one or two active states.',
      default: masks.states,
      min: 2,
      max: 3,
    },
    {
      name: 'CMD_PASSIVE',
      role: 'constant',
      unit: '1',
      doc: 'Commands; x leaves one.',
      count: 4,
      defaults: masks.cmd[0]!,
      names: BITS,
    },
    {
      name: 'CMD_ACTIVE1',
      role: 'constant',
      unit: '1',
      doc: 'Commands; x leaves one.',
      count: 4,
      defaults: masks.cmd[1]!,
      names: BITS,
    },
    {
      name: 'CMD_ACTIVE2',
      role: 'constant',
      unit: '1',
      doc: 'Commands; x leaves one.',
      count: 4,
      defaults: masks.cmd[2]!,
      names: BITS,
    },
    {
      name: 'CFM_PASSIVE',
      role: 'constant',
      unit: '1',
      doc: 'Confirms; x: any.',
      count: 4,
      defaults: masks.cfm[0]!,
      names: BITS,
    },
    {
      name: 'CFM_ACTIVE1',
      role: 'constant',
      unit: '1',
      doc: 'Confirms; x: any.',
      count: 4,
      defaults: masks.cfm[1]!,
      names: BITS,
    },
    {
      name: 'CFM_ACTIVE2',
      role: 'constant',
      unit: '1',
      doc: 'Confirms; x: any.',
      count: 4,
      defaults: masks.cfm[2]!,
      names: BITS,
    },
    {
      name: 'CFM_PASSIVE_TIME',
      role: 'constant',
      unit: 's',
      doc: 'Time to passive; 0: not watched.',
      default: 10,
      min: 0,
    },
    {
      name: 'CFM_ACTIVE1_TIME',
      role: 'constant',
      unit: 's',
      doc: 'Time to active; 0: not watched.',
      default: 10,
      min: 0,
    },
    {
      name: 'CFM_ACTIVE2_TIME',
      role: 'constant',
      unit: 's',
      doc: 'Time to active 2; 0: not watched.',
      default: 10,
      min: 0,
    },
    {
      name: 'CRACK_TIME',
      role: 'constant',
      unit: 's',
      doc: 'Time to leave the old state; 0: not watched.',
      default: 0,
      min: 0,
    },
    {
      name: 'TRIP_TIME',
      role: 'constant',
      unit: 's',
      doc: 'A confirm lost for so long is a failure.',
      default: 0,
      min: 0,
    },
    { name: 'TRIP', role: 'constant', unit: '1', doc: 'A lost confirm makes it passive.', default: 1, names: NO_YES },
    {
      name: 'PASSIVE_ON_TIMEOUT',
      role: 'constant',
      unit: '1',
      doc: 'An active state that is not confirmed in time is given up.',
      default: 0,
      names: NO_YES,
    },
    {
      name: 'PASSIVE_WHEN_CONFIRMED',
      role: 'constant',
      unit: '1',
      doc: 'Commands are pulses: passive again once the state is confirmed.',
      default: 0,
      names: NO_YES,
    },
    {
      name: 'RESET_REQUIRED',
      role: 'constant',
      unit: '1',
      doc: 'What forced it passive must be reset before it may run again.',
      default: 0,
      names: NO_YES,
    },
    {
      name: 'SP_TRACK',
      role: 'constant',
      unit: '1',
      doc: 'In LO the set point follows; no: the device may restart unattended when the cause clears.',
      default: 1,
      names: NO_YES,
    },
    {
      name: 'BAD_INTERLOCK',
      role: 'constant',
      unit: '1',
      doc: 'What a Bad interlock or shutdown does: trip, or hold its last value.',
      default: 1,
      names: { hold: 0, trip: 1 },
    },
    {
      name: 'HELD',
      role: 'state',
      unit: '1',
      doc: 'What holds it passive: 1 shutdown, 2 interlock, 4 confirm lost, 8 timeout, 16 reset required.',
      event: DISCRETE_EVENT.conditions,
    },
    {
      name: 'FIRST_OUT',
      role: 'state',
      unit: '1',
      doc: 'What of HELD came first; kept until the next start or reset.',
      event: DISCRETE_EVENT.firstOut,
    },
    {
      name: 'FAIL',
      role: 'state',
      unit: '1',
      doc: '1 not there in time, 2 did not leave, 3 confirm lost.',
      event: DISCRETE_EVENT.deviceFailure,
    },
    {
      name: 'ACCEPT',
      role: 'state',
      unit: '1',
      doc: '1: PV is what OUT says, by order of the operator, until OUT changes.',
      event: DISCRETE_EVENT.accepted,
    },
    { name: 'RESET_D', role: 'state', unit: '1', doc: 'Reset written, taken by the next scan.' },
    { name: 'MAY_START', role: 'state', unit: '1', doc: '1 while the permissive is there.' },
    { name: 'READY', role: 'state', unit: '1', doc: '1 once OUT has started from the confirms.' },
    { name: 'CONFIRMED', role: 'state', unit: '1', doc: '1 once the state commanded has been confirmed.' },
    { name: 'FROM', role: 'state', unit: '1', doc: 'State that the last move left.' },
    { name: 'LEFT', role: 'state', unit: '1', doc: '1 once it has left it.' },
    { name: 'MOVE_SCANS', role: 'state', unit: 'scans', doc: 'Since the move began.' },
    {
      name: 'LOST_SCANS',
      role: 'state',
      unit: 'scans',
      doc: 'Since the confirm was lost; -1: it is there.',
      default: -1,
    },
    { name: 'LAST_SHUTDOWN', role: 'state', unit: '1', doc: 'Last usable SHUTDOWN.' },
    { name: 'LAST_INTERLOCK', role: 'state', unit: '1', doc: 'Last usable INTERLOCK.', default: 1 },
    { name: 'LAST_RESET', role: 'state', unit: '1', doc: 'Last usable RESET; -1: none yet.', default: -1 },
    { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
  ] as const satisfies readonly FieldDecl[]
