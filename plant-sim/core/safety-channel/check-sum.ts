/**
 * The check sum of the protected channel, as the device works it out: a sum of weights.
 *
 * A remainder modulo P = x^32 + 0xF4ACFB13 is linear: the bit that stands d places before the end of what is checked adds x^(32 + d) mod P,
 * whatever the others are. So the part that is never sent (and the preset) is one constant per direction, and a message is that
 * constant with the weight of each of its ones added.
 */
const P = 0xf4acfb13
/** Bits of a message that are checked: 35 registers. */
const SENT_BITS = 35 * 16
/** Base id, sender, receiver, signature. */
const UNSENT_BITS = 28 * 8

/** x^(32 + d) mod P by d. */
const WEIGHT = new Uint32Array(SENT_BITS + UNSENT_BITS)
{
  let power = P
  for (let d = 0; d < WEIGHT.length; d++) {
    WEIGHT[d] = power
    const overflows = power >= 0x80000000
    power = (power * 2) % 0x100000000
    if (overflows) power = (power ^ P) >>> 0
  }
}

/**
 * What the unsent part and the preset of 1 add to every message of one direction.
 * @param unsent - 28 bytes
 */
export function constantOf(unsent: DataView): number {
  let sum = 0
  for (let bit = 0; bit < UNSENT_BITS; bit++) {
    const one = (unsent.getUint8(bit >> 3) >> (7 - (bit & 7))) & 1
    // The preset is a 1 in the last place of the first 32.
    if (one !== (bit === 31 ? 1 : 0)) sum ^= WEIGHT[SENT_BITS + UNSENT_BITS - 1 - bit]!
  }
  return sum >>> 0
}

/** Of the first 35 registers; never 0, which reads as 1. */
export function checkSum(constant: number, message: Uint16Array): number {
  let sum = constant
  for (let register = 0, least = SENT_BITS - 16; register < 35; register++, least -= 16)
    for (let ones = message[register]!; ones !== 0; ones &= ones - 1)
      sum ^= WEIGHT[least + 31 - Math.clz32(ones & -ones)]!
  return sum >>> 0 || 1
}

/**
 * Of the four bytes 1 (the layout), transmitters, contacts, elements: what the data of both ends must tell of.
 * The same sum over 32 bits, so its least weight is x^32. It is 0 for the preset alone, which does not begin with 1.
 */
export function layoutSignature(transmitters: number, contacts: number, elements: number): number {
  const text = ((1 << 24) | (transmitters << 16) | (contacts << 8) | elements) ^ 1
  let sum = 0
  for (let d = 0; d < 32; d++) if ((text >>> d) & 1) sum ^= WEIGHT[d]!
  return sum >>> 0
}
