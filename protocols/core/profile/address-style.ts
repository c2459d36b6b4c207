/**
 * How a vendor's list numbers its registers. The number on the wire counts from 0; lists count from 0, from 1, or say the table by
 * the first digit of five or six: 40001 is holding register 0, 30001 input register 0, 10001 discrete input 0, 00001 coil 0.
 */
import type { RegisterCodec } from '../../../contracts/artifact.ts'

export type AddressStyle = '0' | '1' | 'modicon'
export const ADDRESS_STYLES: readonly AddressStyle[] = ['0', '1', 'modicon']

export const STYLE_TEXT: Readonly<Record<AddressStyle, string>> = {
  '0': 'addresses count from 0, as on the wire',
  '1': 'addresses count from 1: 1 is register 0 on the wire',
  modicon: 'addresses are of the 40001 style: 40001 is holding register 0, 30001 input register 0',
}

export interface Address {
  readonly register: number
  /** What the number says of the table; undefined where it says nothing. */
  readonly table?: RegisterCodec['table']
}

const TABLES: Readonly<Record<string, RegisterCodec['table']>> = {
  '0': 'coil',
  '1': 'discrete',
  '3': 'input',
  '4': 'holding',
}

/** Undefined where the text is no address of this style. */
export function addressOf(text: string, style: AddressStyle): Address | undefined {
  if (style === 'modicon') {
    const match = /^([0134])(\d{4,5})$/.exec(text)
    if (match === null) return undefined
    const register = Number(match[2]) - 1
    return register >= 0 && register <= 65_535 ? { register, table: TABLES[match[1]!]! } : undefined
  }
  const number = /^0[xX][0-9A-Fa-f]+$/.test(text) || /^\d+$/.test(text) ? Number(text) : Number.NaN
  const register = style === '1' ? number - 1 : number
  return register >= 0 && register <= 65_535 ? { register } : undefined
}

/**
 * The style of a list, where it can be told: hexadecimal numbers and a 0 count from 0; where each number has the first digit
 * of a table, the list is of the 40001 style. Anything else may be either: a list from 1 on may begin with 0 or with 1.
 */
export function styleOf(texts: readonly string[]): AddressStyle | undefined {
  if (texts.length === 0) return undefined
  if (texts.some((text) => /^0[xX]/.test(text) || /^0+$/.test(text))) return '0'
  const isModicon = texts.every((text) => addressOf(text, 'modicon') !== undefined)
  return isModicon ? 'modicon' : undefined
}
