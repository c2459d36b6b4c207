/** The safety system's drop on the wire: a solver's end on one side, the rig with its field on the other. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ModbusServerCore } from '../../protocols/core/modbus/server.ts'
import { channelConfigOf } from '../../safety/core/channel/channel-config.ts'
import { createSolverEnd } from '../../safety/core/channel/solver-end.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import type { SafetyEquipment } from '../core/instruments/safety-field.ts'
import { createRig } from '../core/rig.ts'
import { TENNESSEE_EASTMAN_SHUTDOWN } from '../core/tennessee-eastman/shutdown.ts'
import { tennesseeEastman } from '../core/tennessee-eastman/tennessee-eastman.ts'
import { toyInstruments } from '../core/testing/toy-instruments.ts'
import { safetyDropModel } from './drop-model.ts'

const CONFIG = JSON.parse(
  readFileSync(new URL('../../safety/config/tennessee-eastman.json', import.meta.url), 'utf8'),
) as SisConfig
const ALL = 0b11111111111
const ILLEGAL_ADDRESS = 2
const [MESSAGE, ANSWER, REGISTERS] = [1000, 1100, 37]

function bench(equipment: SafetyEquipment = TENNESSEE_EASTMAN_SHUTDOWN, seed = 7) {
  const rig = createRig(tennesseeEastman({ noise: 'none', seed }), toyInstruments(), {
    seed,
    step_ms: 100,
    safety: equipment,
  })
  const field = rig.safety!
  const server = new ModbusServerCore(safetyDropModel(field), { units: [1] })
  const end = createSolverEnd(channelConfigOf(CONFIG)!, 1_000_000)
  const frame = new Uint16Array(REGISTERS)
  const outputs = new Uint8Array(64)
  const b = {
    rig,
    field,
    end,
    /** The PDU of the answer. */
    call(...pdu: number[]): Uint8Array {
      const into = new Uint8Array(300)
      return into.slice(0, server.answer(1, Uint8Array.from(pdu), 0, pdu.length, into, 0))
    },
    /** Function 23: the message written, the answer read in the same transaction. */
    exchange(): Uint16Array {
      const bytes = [...frame].flatMap((w) => [w >> 8, w & 255])
      const pdu = b.call(23, ...word(ANSWER), ...word(REGISTERS), ...word(MESSAGE), ...word(REGISTERS), 74, ...bytes)
      expect([...pdu.slice(0, 2)]).toEqual([23, 74])
      return Uint16Array.from({ length: REGISTERS }, (_, i) => pdu[2 + 2 * i]! * 256 + pdu[3 + 2 * i]!)
    },
    /** Two exchanges, as a scan does them; what was wrong with either. */
    scan(solenoids: number, rearm = 0): number {
      end.expire(rig.time_ms)
      end.ask(frame)
      const found = end.takeInputs(b.exchange(), rig.time_ms)
      outputs.fill(0)
      outputs.set([solenoids >> 8, solenoids & 255, 0, 20, rearm], 4)
      end.give(outputs, frame)
      return found | end.takeReceipt(b.exchange(), rig.time_ms)
    },
  }
  return b
}

const word = (value: number): number[] => [value >> 8, value & 255]
const exception = (code: number): number[] => [code | 0x80, ILLEGAL_ADDRESS]
const sixteen = (bytes: Uint8Array, at: number): number => bytes[at]! * 256 + bytes[at + 1]!

test('[SIS-CH-20] both files say the same: a scan over the channel brings inputs and moves solenoids', () => {
  const b = bench()
  b.rig.advance(300)
  expect(b.scan(ALL & ~1)).toBe(0)
  expect([b.end.state, b.field.channel!.state]).toEqual(['sound', 'sound'])
  const { inputs, receipt } = b.end
  expect([inputs[3], sixteen(inputs, 4), sixteen(inputs, 6), sixteen(inputs, 8), sixteen(inputs, 10)]).toEqual([
    ...[3, b.field.contacts, b.field.valves.switches.open, b.field.valves.switches.closed, ALL],
  ])
  for (let i = 0; i < 18; i++) expect(sixteen(inputs, 20 + 2 * i)).toBe(b.field.readInput(i))
  expect(sixteen(receipt, 10)).toBe(ALL & ~1)
  expect(b.field.readInput(100)).toBe(ALL & ~1)
})

test('[SIS-CH-20] line faults of the loops reach the solver', () => {
  const b = bench()
  b.rig.setFault('PT-702', { kind: 'open' })
  b.rig.advance(1000)
  b.scan(ALL)
  expect([...b.end.inputs.slice(13, 16)]).toEqual([0, 0, 2])
})

test('[SIS-CH-21] plain writes are refused on the wire, and change nothing; reads stay', () => {
  const b = bench()
  for (const register of [0, 100, 101, 1000, 1036, 1100])
    expect([...b.call(6, ...word(register), 0, 1)]).toEqual(exception(6))
  expect([...b.call(16, ...word(0), 0, 1, 2, 0, 1)]).toEqual(exception(16))
  expect([...b.call(22, ...word(0), 0, 0, 0, 0)]).toEqual(exception(22))
  expect([...b.call(23, ...word(0), 0, 1, ...word(0), 0, 1, 2, 0, 1)]).toEqual(exception(23))
  const body = (count: number): number[] => [...word(count), 2 * count, ...new Array(2 * count).fill(1)]
  for (const [address, count] of [
    [999, 37],
    [1001, 37],
    [1000, 36],
    [1000, 38],
    [1100, 37],
  ] as const)
    expect([...b.call(16, ...word(address), ...body(count))]).toEqual(exception(16))
  expect([b.field.isUntouched(), b.field.readInput(100), b.field.readHolding(100)]).toEqual([true, ALL, 20])
  expect(b.field.channel!.counts.messages).toBe(0)
  expect([...b.call(3, ...word(0), 0, 1)]).toEqual([3, 2, ...word(ALL)])
  expect([...b.call(4, ...word(50), 0, 1)]).toEqual([4, 2, ...word(b.field.contacts)])
})

test('[SIS-CH-21] message and answer may be read again, in part, and nothing around them', () => {
  const b = bench()
  b.scan(ALL)
  const [message, answer] = [b.field.channel!.written, b.field.channel!.answer]
  expect(answer[0]! >> 8).toBe(1)
  expect([...b.call(3, ...word(MESSAGE + 1), 0, 2)]).toEqual([3, 4, ...word(message[1]!), ...word(message[2]!)])
  expect([...b.call(3, ...word(ANSWER + 35), 0, 2)]).toEqual([3, 4, ...word(answer[35]!), ...word(answer[36]!)])
  for (const [address, count] of [
    [999, 2],
    [1036, 2],
    [1099, 2],
    [1136, 2],
    [1050, 1],
  ] as const)
    expect([...b.call(3, ...word(address), ...word(count))]).toEqual(exception(3))
  expect([...b.call(4, ...word(MESSAGE), 0, 1)]).toEqual(exception(4))
})

test('[SIS-CH-21] function 16 and function 3 do what function 23 does at once', () => {
  const b = bench()
  const frame = new Uint16Array(REGISTERS)
  b.end.ask(frame)
  b.call(16, ...word(MESSAGE), ...word(REGISTERS), 74, ...[...frame].flatMap(word))
  const pdu = b.call(3, ...word(ANSWER), ...word(REGISTERS))
  const answer = Uint16Array.from({ length: REGISTERS }, (_, i) => sixteen(pdu, 2 + 2 * i))
  expect(b.end.takeInputs(answer, 0)).toBe(0)
})

test('[SIS-CH-22] untouched it stays energised; from the first sound question on, silence for T_SF drops everything', () => {
  const b = bench()
  b.rig.advance(60_000)
  expect(b.field.readInput(100)).toBe(ALL)
  expect(b.scan(ALL)).toBe(0)
  b.rig.advance(900)
  expect(b.field.readInput(100)).toBe(ALL)
  b.rig.advance(100)
  expect([b.field.readInput(100), b.field.readInput(200), b.field.channel!.state]).toEqual([0, 1, 'failsafe'])
  // The solver sees it, gives nothing energised, re-arms, and then energises.
  expect(b.scan(ALL)).toBe(0)
  expect(b.end.inputs[12]).toBe(1)
  b.scan(0, 1)
  expect([b.field.readInput(200), b.field.readInput(100)]).toEqual([0, 0])
  b.scan(ALL)
  expect(b.field.readInput(100)).toBe(ALL)
})

test('[SIS-CH-22] with a longer T_SF it is the output watchdog of the message that drops them', () => {
  const b = bench({
    ...TENNESSEE_EASTMAN_SHUTDOWN,
    channel: { ...TENNESSEE_EASTMAN_SHUTDOWN.channel!, t_sf_ms: 60_000 },
  })
  b.scan(ALL)
  b.rig.advance(1900)
  expect(b.field.isTripped()).toBe(false)
  b.rig.advance(100)
  expect([b.field.isTripped(), b.field.channel!.state]).toEqual([true, 'sound'])
})

test('[SIS-CH-23] the channel belongs to the snapshot of the rig: time-out, errors and state go on', () => {
  const a = bench()
  a.scan(ALL)
  a.rig.advance(600)
  const saved = a.rig.save()
  const b = bench(undefined, 9)
  b.rig.load(saved)
  expect(b.field.channel!.state).toBe('sound')
  expect(b.rig.save()).toEqual(saved)
  b.rig.advance(300)
  expect(b.field.isTripped()).toBe(false)
  b.rig.advance(100)
  expect([b.field.isTripped(), b.field.channel!.state]).toEqual([true, 'failsafe'])
  // Back to a state from before the first question: nobody has spoken, and a solver may join with any number.
  const fresh = bench().rig.save()
  b.rig.load(fresh)
  expect([b.field.channel!.state, b.field.readInput(100)]).toEqual(['waiting', ALL])
  expect(b.scan(ALL)).toBe(0)
})

test('[SIS-CH-24] equipment without a channel keeps its plain registers', () => {
  const { channel: _, ...plain } = TENNESSEE_EASTMAN_SHUTDOWN
  const b = bench(plain)
  expect(b.field.channel).toBe(null)
  expect([...b.call(6, ...word(0), ...word(ALL & ~2))]).toEqual([6, 0, 0, ...word(ALL & ~2)])
  expect(b.field.readInput(100)).toBe(ALL & ~2)
  expect([...b.call(3, ...word(MESSAGE), 0, 1)]).toEqual(exception(3))
})
