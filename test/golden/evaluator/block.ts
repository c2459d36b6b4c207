/** What an evaluated block is: its wires are set from outside, it is written to, it scans. */
import type { Spec } from './sequence.ts'
import { decode, encode, type Mode, modeOf, numberOf, OPEN, type Signal, type Status } from './status.ts'

export type Settings = Readonly<Record<string, number | readonly number[]>>

export interface Evaluated {
  /** Inputs by name; one that is missing is open. */
  readonly inputs: Map<string, Signal>
  /** Whether the write was taken. */
  write(field: string, value: number): boolean
  /** One scan; what it shows, a status behind the value of every wire. */
  scan(): Shown
}

/** What a scan shows, in the order in which it stands in the file. */
export type Shown = readonly (readonly [name: string, value: number | Signal])[]

export type Make = (settings: Settings, dt_s: number, sequence?: Spec) => Evaluated

/** Reads settings with the default of the rule sheet. */
export function reader(settings: Settings) {
  return {
    number: (name: string, or: number): number => (settings[name] as number | undefined) ?? or,
    list: (name: string, or: readonly number[]): readonly number[] =>
      (settings[name] as readonly number[] | undefined) ?? or,
    flag: (name: string, or: boolean): boolean => ((settings[name] as number | undefined) ?? (or ? 1 : 0)) !== 0,
    mode: (name: string, or: Mode): Mode => modeOf((settings[name] as number | undefined) ?? numberOf(or)),
    /** Two limits; [0, 0] stands for others. */
    limits: (name: string, or: readonly number[]): readonly [number, number] => {
      const [a, b] = (settings[name] as readonly number[] | undefined) ?? [0, 0]
      return a === 0 && b === 0 ? [or[0]!, or[1]!] : [a!, b!]
    },
  }
}

export function inputMap() {
  const inputs = new Map<string, Signal>()
  return {
    inputs,
    value: (name: string): number => inputs.get(name)?.value ?? 0,
    status: (name: string): Status => inputs.get(name)?.status ?? OPEN,
  }
}

export const clamp = (x: number, lo: number, hi: number): number => (x < lo ? lo : x > hi ? hi : x)

/** The line of a file: numbers, a wire as value and status word. */
export const row = (shown: Shown): number[] =>
  shown.flatMap(([, v]) => (typeof v === 'number' ? [v] : [v.value, encode(v.status)]))

export const columns = (shown: Shown): string[] =>
  shown.flatMap(([name, v]) => (typeof v === 'number' ? [name] : [name, `${name}_ST`]))

export const signal = (value: number, word: number): Signal => ({ value, status: decode(word) })

/** Part of the way that a lag of tau goes in dt. */
export const lagPart = (dt_s: number, tau_s: number): number => (tau_s > 0 ? -Math.expm1(-dt_s / tau_s) : 1)

/** Scans that a time is long, whole ones. */
export const wholeScans = (time_s: number, dt_s: number): number => Math.floor(time_s / dt_s)
