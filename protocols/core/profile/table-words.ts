/** How vendors' lists call columns, tables, types and access, besides our own words. */
import type { RegisterType } from '../../../contracts/artifact.ts'

/** What a column can say of a point. */
export type Column =
  | 'name'
  | 'register'
  | 'table'
  | 'type'
  | 'order'
  | 'bit'
  | 'scale'
  | 'counts_per_unit'
  | 'offset'
  | 'unit'
  | 'access'
  | 'min'
  | 'max'
  | 'sentinels'
  | 'description'
  | 'exponent_register'
  | 'status_register'
  | 'readback_register'
  | 'counter'
  | 'quantity'

/** How columns are called, in small letters without blanks, _ and -. */
export const COLUMNS: Readonly<Record<Column, readonly string[]>> = {
  name: ['name', 'tag', 'point', 'signal', 'parameter', 'variable', 'symbol'],
  register: ['register', 'address', 'addr', 'reg', 'registeraddress', 'modbusaddress', 'registernumber'],
  table: ['table', 'area', 'function', 'functioncode', 'fc', 'registertype', 'fcread', 'regtype'],
  type: ['type', 'datatype', 'format', 'dataformat'],
  order: ['order', 'byteorder', 'endian', 'endianness'],
  bit: ['bit', 'bitnumber'],
  scale: ['scale', 'factor', 'multiplier', 'resolution', 'unitsacount'],
  counts_per_unit: ['countsperunit', 'counts', 'divisor', 'gain'],
  offset: ['offset'],
  unit: ['unit', 'units', 'eu', 'engineeringunit'],
  access: ['access', 'rw', 'r/w', 'mode'],
  min: ['min', 'minimum', 'lo', 'low', 'range.lo', 'rangelow'],
  max: ['max', 'maximum', 'hi', 'high', 'range.hi', 'rangehigh'],
  sentinels: ['sentinel', 'sentinels', 'invalid', 'errorvalue', 'nan'],
  description: ['description', 'comment', 'text', 'remark', 'meaning'],
  exponent_register: ['exponentregister', 'scalefactor', 'scalefactorregister', 'sf'],
  status_register: ['statusregister'],
  readback_register: ['readbackregister'],
  counter: ['counter'],
  quantity: ['quantity'],
}

export const TABLE_WORDS: Readonly<Record<string, string>> = {
  '1': 'coil',
  '2': 'discrete',
  '3': 'holding',
  '4': 'input',
  coil: 'coil',
  coils: 'coil',
  do: 'coil',
  discrete: 'discrete',
  discreteinput: 'discrete',
  di: 'discrete',
  contact: 'discrete',
  holding: 'holding',
  holdingregister: 'holding',
  hr: 'holding',
  '4x': 'holding',
  input: 'input',
  inputregister: 'input',
  ir: 'input',
  '3x': 'input',
}

/** As lists write them, besides our own words; IEC 61131-3 among them. */
export const TYPE_WORDS: Readonly<Record<string, RegisterType>> = {
  boolean: 'bool',
  bit: 'bool',
  u16: 'uint16',
  int16u: 'uint16',
  unsigned16: 'uint16',
  word: 'uint16',
  ushort: 'uint16',
  s16: 'int16',
  i16: 'int16',
  int16s: 'int16',
  signed16: 'int16',
  short: 'int16',
  u32: 'uint32',
  int32u: 'uint32',
  unsigned32: 'uint32',
  dword: 'uint32',
  udint: 'uint32',
  s32: 'int32',
  i32: 'int32',
  int32s: 'int32',
  signed32: 'int32',
  dint: 'int32',
  u64: 'uint64',
  int64u: 'uint64',
  ulint: 'uint64',
  lword: 'uint64',
  s64: 'int64',
  i64: 'int64',
  lint: 'int64',
  float: 'float32',
  real: 'float32',
  f32: 'float32',
  single: 'float32',
  ieee754: 'float32',
  double: 'float64',
  lreal: 'float64',
  f64: 'float64',
  bcd: 'bcd16',
}

export const ACCESS_WORDS: Readonly<Record<string, string>> = {
  r: 'read',
  ro: 'read',
  read: 'read',
  readonly: 'read',
  w: 'write',
  wo: 'write',
  write: 'write',
  writeonly: 'write',
  rw: 'read-write',
  'r/w': 'read-write',
  readwrite: 'read-write',
  'read/write': 'read-write',
}

/** As the words above stand: small letters without blanks, _ and -. */
export const bare = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '')
