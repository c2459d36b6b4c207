/** What one scan is given. Made once by `createInputs`, filled anew by the edge before each scan. */
import { COMMAND_WIDTH, COMMANDS_MAX, KEY } from './codes.ts'
import type { SisConfig } from './config.ts'

export interface SisInputs {
  /** 1: a sound frame arrived since the last scan. */
  frame: number
  /** Its sequence number. The same number again is no new frame. */
  seq: number
  /** Per transmitter; anything outside 0..65535 is BAD. */
  readonly counts: Int32Array
  /** Per contact 1 closed, 0 open; anything else is BAD. */
  readonly contacts: Int32Array
  /** Line faults that the module reports: transmitters, then contacts. */
  readonly line: Uint8Array
  /** Limit switches per final element, 1 made. */
  readonly open: Uint8Array
  readonly closed: Uint8Array
  /** Position of the key switch, `KEY`. */
  key: number
  /** 1: the control system is there. */
  dcs_link: number
  /** 1: something outside the logic forbids a start, as an overdue proof test. */
  start_blocked: number
  /** What the edge found, bits of `FAULT`. */
  faults: number
  readonly commands: Int32Array
  command_count: number
}

export function createInputs(config: SisConfig): SisInputs {
  return {
    frame: 0,
    seq: -1,
    counts: new Int32Array(config.transmitters.length).fill(-1),
    contacts: new Int32Array(config.contacts.length).fill(-1),
    line: new Uint8Array(config.transmitters.length + config.contacts.length),
    open: new Uint8Array(config.elements.length),
    closed: new Uint8Array(config.elements.length),
    key: config.mode === 'RUN' ? KEY.run : KEY.simulation,
    dcs_link: 1,
    start_blocked: 0,
    faults: 0,
    commands: new Int32Array(COMMANDS_MAX * COMMAND_WIDTH),
    command_count: 0,
  }
}

/** Adds a command to the scan. False if there is no room: it is asked again, nothing is dropped in silence. */
export function addCommand(
  inputs: SisInputs,
  kind: number,
  target: number,
  channel = 0,
  who = 0,
  why = 0,
  work_order = 0,
  compensation = 0,
): boolean {
  if (inputs.command_count >= COMMANDS_MAX) return false
  const at = inputs.command_count * COMMAND_WIDTH
  inputs.commands[at] = kind
  inputs.commands[at + 1] = target
  inputs.commands[at + 2] = channel
  inputs.commands[at + 3] = who
  inputs.commands[at + 4] = why
  inputs.commands[at + 5] = work_order
  inputs.commands[at + 6] = compensation
  inputs.commands[at + 7] = 0
  inputs.command_count++
  return true
}
