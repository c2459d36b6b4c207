import { expect, test } from 'vitest'
import { stream } from '../../../numerics/streams.ts'
import { type Framing, parseWireFault, spoil, WIRE_FAULTS, type WireFault } from './wire-faults.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (h) => Number.parseInt(h, 16))
const hex = (b: Uint8Array): string => [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
const fault = (text: string): WireFault => {
  const found = parseWireFault(text)
  if (typeof found === 'string') throw new Error(found)
  return found
}
const sent = (framing: Framing, frame: string, ...faults: string[]): string =>
  spoil(bytes(frame), framing, faults.map(fault), stream(1, 'wire'))
    .map((p) => (p.after_ms > 0 ? `+${p.after_ms} ` : '') + hex(p.bytes))
    .join(' ')

/** Transaction 0x0102, unit 1, function 4, one register 0xFFFF. */
const TCP = '010200000005010402ffff'
/** The same; with its CRC it is the example of the serial line guide's readers: 01 04 02 FF FF B8 80. */
const RTU = '010402ffff'

test.each([
  [[], TCP],
  [['exception:1:11'], '01020000000301840b'],
  [['function'], '010200000005010102ffff'],
  [['byte-count'], '010200000005010403ffff'],
  [['short'], '010200000004010402ff'],
  [['unit'], '010200000005020402ffff'],
  [['transaction'], '010100000005010402ffff'],
  [['protocol'], '010200010005010402ffff'],
  [['length'], '01020000ea60010402ffff'],
  [['crc'], TCP],
  [['duplicate'], TCP + TCP],
  [['late:1:800ms'], `+800 ${TCP}`],
  [['silence', 'duplicate'], ''],
  [['exception', 'unit'], '010200000003028404'],
])('TCP with %j', (faults, expected) => {
  expect(sent('tcp', TCP, ...faults)).toBe(expected)
})

test.each([
  [[], `${RTU}b880`],
  [['crc'], `${RTU}edd5`],
  [['transaction', 'protocol', 'length'], `${RTU}b880`],
  [['late:1:2s'], `+2000 ${RTU}b880`],
])('RTU with %j', (faults, expected) => {
  expect(sent('rtu', RTU, ...faults)).toBe(expected)
})

test('torn: pieces of one to four bytes that make the frame, with the pause between them', () => {
  const pieces = spoil(bytes(TCP), 'tcp', [fault('torn:1:5ms')], stream(3, 'wire'))
  expect(pieces.map((p) => hex(p.bytes)).join('')).toBe(TCP)
  expect(pieces.length).toBeGreaterThan(2)
  expect(pieces.every((p) => p.bytes.length >= 1 && p.bytes.length <= 4)).toBe(true)
  expect(pieces.map((p) => p.after_ms)).toEqual(pieces.map((_, i) => (i === 0 ? 0 : 5)))
})

test('noise: three bytes before the frame', () => {
  const [piece] = spoil(bytes(TCP), 'tcp', [fault('noise')], stream(3, 'wire'))
  expect(piece!.bytes.length).toBe(3 + TCP.length / 2)
  expect(hex(piece!.bytes.slice(3))).toBe(TCP)
})

test('a chance of one in five hits about one in five, and the draws of one fault do not shift the other', () => {
  const count = (faults: WireFault[], is: (n: number) => boolean): boolean[] => {
    const chance = stream(7, 'wire')
    return Array.from({ length: 2000 }, () => is(spoil(bytes(TCP), 'tcp', faults, chance).length))
  }
  const silent = count([fault('silence:0.2'), fault('late:0.5')], (n) => n === 0)
  const alike = count([fault('silence:0.2'), fault('late:0')], (n) => n === 0)
  const hits = silent.filter(Boolean).length
  expect(hits).toBeGreaterThan(340)
  expect(hits).toBeLessThan(460)
  expect(alike).toEqual(silent)
})

test.each([
  ['lat:0.1', "found 'lat', expected one of"],
  ['lat:0.1', 'did you mean late?'],
  ['late:2', "found '2' as chance of late, expected 0 to 1"],
  ['late:1:fast', "found 'fast' as size of late"],
  ['late:1:0ms', "found '0ms' as size of late"],
  ['exception:1:300', "found '300' as size of exception, expected a code of 1 to 255"],
  ['crc:1:3', 'but crc has no size'],
  ['late:1:2:3', 'expected kind[:chance[:size]]'],
  ['', "found ''"],
])('the text %j is refused in words', (text, words) => {
  expect(parseWireFault(text)).toContain(words)
})

test('every kind can be asked for by its name alone', () => {
  for (const kind of Object.keys(WIRE_FAULTS)) expect(fault(kind)).toMatchObject({ kind, chance: 1 })
  expect(fault('late').size).toBe(1000)
  expect(fault('reset::3s')).toEqual({ kind: 'reset', chance: 1, size: 3000 })
})
