/** The drop of the safety system under bytes that nobody should send: whole Modbus requests, near enough to sound ones that every way is gone. */
import { expect, test } from 'vitest'
import { createRig } from '../../../plant-sim/core/rig.ts'
import { TENNESSEE_EASTMAN_SHUTDOWN } from '../../../plant-sim/core/tennessee-eastman/shutdown.ts'
import { tennesseeEastman } from '../../../plant-sim/core/tennessee-eastman/tennessee-eastman.ts'
import { toyInstruments } from '../../../plant-sim/core/testing/toy-instruments.ts'
import { safetyDropModel } from '../../../plant-sim/edge/drop-model.ts'
import { writeRequest } from '../../../protocols/core/modbus/request.ts'
import { ModbusServerCore } from '../../../protocols/core/modbus/server.ts'
import { structureSignature } from '../../../safety/core/channel/channel-config.ts'
import { createSolverEnd } from '../../../safety/core/channel/solver-end.ts'
import { anyRequest, Chance, mutate } from '../../campaign/fuzz/mutate.ts'

const CHANNEL = TENNESSEE_EASTMAN_SHUTDOWN.channel!
const ALL = 2 ** 11 - 1

// Outputs alternate between two patterns by sound messages only. Between them come 30,000 requests of every kind, spoiled and not, against the
// channel's registers and all others; none may move a solenoid, touch the watchdog or re-arm. What two of them may do is trip: that is seen and mended.
test('[SIS-CH-44] of 30,000 hostile requests none energises, re-arms or answers as if it were believed', () => {
  const chance = new Chance(20_261_123)
  const rig = createRig(tennesseeEastman({ noise: 'none', seed: 1 }), toyInstruments(), {
    ...{ seed: 1, step_ms: 100, safety: TENNESSEE_EASTMAN_SHUTDOWN },
  })
  const field = rig.safety!
  const channel = field.channel!
  const server = new ModbusServerCore(safetyDropModel(field), { units: [1] })
  const signature = structureSignature(18, TENNESSEE_EASTMAN_SHUTDOWN.contacts.length, 11)
  const solver = createSolverEnd({ ...CHANNEL, signature }, 5)
  const frame = new Uint16Array(37)
  const data = new Uint8Array(64)
  const bytes = new Uint8Array(1024)
  const into = new Uint8Array(1024)
  let sound: number[] = []

  const exchange = (): Uint16Array => {
    const request = { function: 23, address: 1100, quantity: 37, write_address: 1000, registers: frame } as const
    const end = writeRequest(bytes, 0, request)
    sound = [...bytes.slice(0, end)]
    server.answer(1, bytes, 0, end, into, 0)
    return Uint16Array.from({ length: 37 }, (_, i) => into[2 + 2 * i]! * 256 + into[3 + 2 * i]!)
  }
  const give = (bits: number, rearm: number): void => {
    solver.expire(0)
    solver.ask(frame)
    solver.takeInputs(exchange(), 0)
    solver.acknowledge()
    data.set([bits >> 8, bits & 255, 0, 20, rearm], 4)
    solver.give(data, frame)
    solver.takeReceipt(exchange(), 0)
  }

  give(ALL, 0)
  give(ALL, 0)
  const wrong: string[] = []
  let trips = 0
  let refused = 0
  for (let n = 0; n < 30_000; n++) {
    const before = field.readInput(100)
    const kind = chance.below(4)
    let end: number
    if (kind === 0) end = writeRequest(bytes, 0, anyRequest(chance))
    else if (kind === 1) {
      // The right place, and anything in it.
      const registers = Array.from({ length: 37 }, () => chance.next() & 0xffff)
      end = writeRequest(bytes, 0, { function: 16, address: 1000, registers })
    } else {
      // The last sound message again, spoiled or as it was.
      const spoiled = mutate(chance, sound)
      bytes.set(spoiled)
      end = spoiled.length
    }
    if (end === 0) continue
    const length = server.answer(1, bytes, 0, end, into, 0)
    if (into[0]! >= 0x80) refused++
    const out = field.readInput(100)
    const tripped = field.isTripped()
    // An answer of the channel is nothing but zeros, where it is one to this message.
    const ours = into[0] === 23 && bytes[5] === 3 && bytes[6] === 0xe8
    const believed = ours && into.slice(2, length).some((b) => b !== 0)
    const moved = tripped ? out !== 0 || channel.state !== 'failsafe' : out !== before
    if (length < 1 || believed || moved || field.readHolding(100) !== 20)
      wrong.push(`${n}: ${Buffer.from(bytes.slice(0, end)).toString('hex')}`)
    if (!tripped) continue
    trips++
    if (chance.below(2) === 0) continue
    give(0, 1)
    give(n & 1 ? ALL : 5, 0)
    if (field.readInput(100) !== (n & 1 ? ALL : 5)) wrong.push(`${n}: not mended`)
  }
  expect(wrong).toEqual([])
  expect([trips > 1000, refused > 5000]).toEqual([true, true])
})
