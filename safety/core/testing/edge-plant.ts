/**
 * Inputs by chance for the two evaluators alone, fast: every value a signal takes lies at an edge of what it is compared with.
 *
 * Spells of calm let effects be reset and overrides run; between them anything may come. The generator is written out in the
 * closure, since a campaign draws some thousand million numbers.
 */
import { COMMAND, COMMAND_WIDTH, KEY } from '../codes.ts'
import type { SisConfig } from '../config.ts'
import { createInputs, type SisInputs } from '../inputs.ts'
import { createTables, SLOTS } from '../tables.ts'

export interface EdgePlant {
  readonly inputs: SisInputs
  /** Fills the inputs of the next scan and returns its number. */
  next(): number
}

/** Scan numbers begin anew long before they end: the caller makes new evaluators then. */
export function edgePlant(config: SisConfig, seed: number): EdgePlant {
  const t = createTables(config)
  const inputs = createInputs(config)
  const { counts, contacts, line, open, closed, commands } = inputs
  let x = seed | 0 || 1
  const draw = (): number => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x >>> 0
  }
  // Per transmitter: values on both sides of every limit, then those of a calm plant.
  const edges: Int32Array[] = []
  const calmAt: number[] = []
  for (let i = 0; i < t.transmitters; i++) {
    const values = new Set([-1, 65536, 0, 65535, t.failLow, t.failLow + 1, t.failHigh, t.failHigh - 1])
    let lowest = 65535
    let highest = 0
    for (let slot = 0; slot < t.slots; slot++) {
      if (t.slotSignal[slot] !== i) continue
      for (const limit of [t.slotTrip[slot]!, t.slotClear[slot]!])
        for (const near of [-1, 0, 1]) values.add(limit + near)
      const trips = t.direction[Math.floor(slot / SLOTS)]
      if (trips === 1) lowest = Math.min(lowest, t.slotClear[slot]! - 1)
      if (trips === -1) highest = Math.max(highest, t.slotClear[slot]! + 1)
    }
    edges.push(Int32Array.from(values))
    calmAt.push(lowest < 65535 ? lowest : highest > 0 ? highest : 30000)
  }
  const calmContact = Int32Array.from(config.contacts, ({ tag }) =>
    config.causes.some((c) => 'contact' in c.trip && c.trip.contact === 'closes' && c.inputs.includes(tag)) ||
    config.causes.some((c) => c.inhibit === tag || c.startup?.end === tag)
      ? 0
      : 1,
  )
  const normalOpen = t.normalOpen
  let now = 0
  let calm = 0
  let silence = 0

  return {
    inputs,
    next() {
      const r = draw()
      now += (r & 1023) === 0 ? draw() & 7 : 1
      if (calm > 0) calm--
      else if ((r >>> 10) % 48 === 0) calm = 16 + (draw() & 63)
      const well = calm > 0
      if (silence > 0) silence--
      else if ((r >>> 16) % 1200 === 0) silence = draw() & 15
      inputs.frame = silence > 0 || (!well && ((r >>> 4) & 31) === 0) ? 0 : 1
      if (inputs.frame === 1 && ((r >>> 8) & 255) !== 0) inputs.seq = (inputs.seq + 1) & 0xffff
      // One or two signals move in a scan of trouble, all come back in calm.
      let d = draw()
      for (let i = 0; i < counts.length; i++) {
        if (well) {
          counts[i] = calmAt[i]!
          line[i] = 0
        } else {
          if ((d & 3) === 0) counts[i] = edges[i]![(d >>> 2) % edges[i]!.length]!
          if ((d & 31) === 9) line[i] = 1
          else if ((d & 12) === 0) line[i] = 0
          d = (d >>> 6) | ((d & 63) << 26)
        }
      }
      d = draw()
      for (let i = 0; i < contacts.length; i++) {
        if ((d & 3) === 0) {
          contacts[i] = well && (d & 12) !== 0 ? calmContact[i]! : (d & 252) === 0 ? 2 : (d >>> 4) & 1
          line[counts.length + i] = !well && (d & 0x3f0) === 0x10 ? 1 : 0
        }
        d = (d >>> 5) | ((d & 31) << 27)
      }
      d = draw()
      for (let i = 0; i < open.length; i++) {
        const v = d & 15
        // Mostly the valve follows what it was told long ago; sometimes a switch sticks.
        if (v < 4) {
          open[i] = v & 1
          closed[i] = (v & 1) ^ 1
        } else if (v === 4) {
          open[i] = 0
          closed[i] = 0
        } else if (v === 5) {
          open[i] = 1
          closed[i] = 1
        } else if (well && v > 10) {
          open[i] = normalOpen[i]!
          closed[i] = 1 - normalOpen[i]!
        }
        d = (d >>> 4) | ((d & 15) << 28)
      }
      d = draw()
      if ((d & 127) === 0) inputs.key = [t.key, KEY.program, KEY.program, (t.key + 2) % 4][(d >>> 7) & 3]!
      else if ((d & 15) === 1 && inputs.key !== KEY.program) inputs.key = t.key
      inputs.faults = (d >>> 9) % 700 === 0 ? 2 : 0
      if ((d & 0x1c0) === 0x40) inputs.dcs_link = (d & 0x600) === 0 ? 0 : 1
      inputs.start_blocked = (d & 0xf800) === 0 ? 1 : 0
      inputs.command_count = 0
      d = draw()
      const asked = well ? (d & 7) < 3 : (d & 7) === 0
      if (asked) {
        const many = (d & 0x18) === 0 ? 3 : 1
        for (let k = 0; k < many; k++) {
          d = draw()
          const at = k * COMMAND_WIDTH
          const kind = (d & 3) === 0 ? COMMAND.reset : (d >>> 2) % 17
          commands[at] = kind
          commands[at + 1] =
            kind === COMMAND.reset && (d & 64) !== 0 ? -1 : ((d >>> 7) & 7) - ((d & 0x7000) === 0 ? 1 : 0)
          commands[at + 2] = ((d >>> 10) & 3) - ((d & 0x1f0000) === 0 ? 1 : 0)
          commands[at + 3] = 1
          commands[at + 4] = (d >>> 12) & 7
          commands[at + 5] = (d >>> 15) & 7
          commands[at + 6] = (d >>> 18) & 1
        }
        inputs.command_count = many
      }
      return now
    },
  }
}
