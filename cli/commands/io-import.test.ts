import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import type { AddressStyle } from '../../protocols/core/profile/address-style.ts'
import { profileFromTable } from '../../protocols/core/profile/from-table.ts'
import type { DeviceProfile } from '../../protocols/core/profile/profile.ts'
import { readProfile } from '../../protocols/core/profile/read-profile.ts'
import { importProfile } from './io-import.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'flyball-import-'))
afterAll(() => rmSync(FOLDER, { recursive: true }))

const make = (text: string, addresses?: AddressStyle) =>
  profileFromTable(text, {
    name: 'x',
    title: 'X',
    source: 'a list',
    protocols: ['modbus-tcp'],
    ...(addresses === undefined ? {} : { addresses }),
  })

function profileOf(text: string, addresses?: AddressStyle): DeviceProfile {
  const made = make(text, addresses)
  if ('faults' in made) throw new Error(JSON.stringify(made.faults))
  const read = readProfile(made.value, 'x')
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.profile
}

const registers = (text: string, addresses?: AddressStyle): unknown[] =>
  profileOf(text, addresses).points.map((p) => [p.name, p.table, p.register])

test('[FIO-IMP-1] a list that counts from 0, with every column', () => {
  const { points } = profileOf(`Tag,Address,FC,Data Type,Byte order,Factor,Unit,R/W,Min,Max,Error value,Comment,Page
U1,0,4,float,CDAB,1/10,V,R,0,300,,"Voltage, phase 1",7
E1,0x10,4,uint64,,0.001,kWh,ro,,,0xFFFFFFFFFFFFFFFF,Energy,8
SP,7,3,int16,,,%,R/W,-100,100,-32768,Set point,9
ON,3,1,bit,,,,rw,,,,Pump on,9
ALARM,9,3,bool,,,,r,,,,,9
`)
  expect(points).toMatchObject([
    {
      name: 'U1',
      table: 'input',
      register: 0,
      type: 'float32',
      order: 'CDAB',
      counts_per_unit: 10,
      unit: 'V',
      range: [0, 300],
      access: 'read',
      description: 'Voltage, phase 1',
    },
    { name: 'E1', table: 'input', register: 16, type: 'uint64', counts_per_unit: 1000, sentinels: [2 ** 64] },
    {
      name: 'SP',
      table: 'holding',
      register: 7,
      type: 'int16',
      access: 'read-write',
      range: [-100, 100],
      sentinels: [-32768],
    },
    { name: 'ON', table: 'coil', register: 3, type: 'bool', access: 'read-write' },
    { name: 'ALARM', table: 'holding', register: 9, type: 'bool', access: 'read' },
  ])
  const made = make('Tag,Address,FC,Type,Page\nA,0,3,uint16,1\n')
  expect(made).toMatchObject({ addresses: '0', detected: true, unused: ['Page'] })
})

test('[FIO-IMP-2] the 40001 style: the first digit says the table, and 40001 is register 0', () => {
  const list = 'name;register;type\nA;40001;uint16\nB;30010;int16\nC;10001;bool\nD;00016;bool\nE;465536;uint16\n'
  expect(make(list)).toMatchObject({ addresses: 'modicon', detected: true })
  expect(registers(list)).toEqual([
    ['A', 'holding', 0],
    ['B', 'input', 9],
    ['C', 'discrete', 0],
    ['D', 'coil', 15],
    ['E', 'holding', 65_535],
  ])
})

test('[FIO-IMP-3] a list that counts from 1 must be told: whether 1 is the first register cannot be seen', () => {
  const list = 'name,register,table,type\nA,1,holding,uint16\nB,2,holding,uint16\n'
  expect(make(list)).toEqual({
    faults: [expect.objectContaining({ code: 'CFG_ADDRESS_STYLE', line: 1, column: 6 })],
  })
  expect(registers(list, '1')).toEqual([
    ['A', 'holding', 0],
    ['B', 'holding', 1],
  ])
  expect(registers(list, '0')).toEqual([
    ['A', 'holding', 1],
    ['B', 'holding', 2],
  ])
  // A register 40001 on the wire there is, too: told, not guessed.
  expect(registers('name,register,table,type\nA,40001,holding,uint16\n', '0')).toEqual([['A', 'holding', 40_001]])
})

test('[FIO-IMP-4] a decimal comma between semicolons is a point', () => {
  const [point] = profileOf('name;register;type;factor;unit\nT;0x1;int16;0,1;°C\n').points
  expect(point).toMatchObject({ counts_per_unit: 10, unit: '°C' })
})

test.each([
  ['an address that is none', 'name,register,type\nA,0,uint16\nB,x7,uint16\n', '3:3 CFG_OUT_OF_RANGE'],
  ['an address beyond the table', 'name,register,type\nA,0,uint16\nB,65536,uint16\n', '3:3 CFG_OUT_OF_RANGE'],
  ['a number beyond the table', 'name,register,type\nA,0,uint16\nB,65535,uint32\n', '3:3 CFG_OUT_OF_RANGE'],
  ['two in one register', 'name,register,type\nA,0,float\nB,1,uint16\n', '3:1 CFG_REGISTER_OVERLAP'],
  ['a name twice', 'name,register,type\nA,0,uint16\n\n# more\nA,1,uint16\n', '5:1 CFG_DUPLICATE_KEY'],
  ['no name', 'name,register,type\n,0,uint16\n', '2:1 CFG_MISSING_FIELD'],
  ['a type of nobody', 'name,register,type\nA,0,flaot\n', '2:5 CFG_UNKNOWN_WORD float'],
  ['an order that says too little', 'name,register,type,order\nA,0,float,little\n', '2:11 CFG_UNKNOWN_WORD'],
  ['a factor of 0', 'name,register,type,scale\nA,0,float,0\n', '2:11 CFG_WRONG_TYPE'],
  ['a row that is too short', 'name,register,type\nA,0\n', '2:1 CFG_WRONG_TYPE'],
  ['no column for the register', 'name,type\nA,uint16\n', '1:1 CFG_MISSING_FIELD'],
  ['two columns for it', 'name,register,address,type\nA,0,0,uint16\n', '1:15 CFG_DUPLICATE_KEY'],
  ['a table against the first digit', 'name,register,table,type\nA,40001,input,uint16\n', '2:9 CFG_WRONG_TYPE'],
  ['a range upside down', 'name,register,type,min,max\nA,0,uint16,9,1\n', '2:12 CFG_WRONG_TYPE'],
  ['a sentinel it cannot send', 'name,register,type,nan\nA,0,uint16,99999\n', '2:12 CFG_OUT_OF_RANGE'],
  ['a quote that does not end', 'name,register,type\n"A,0,uint16\n', '2:1 CFG_CSV_SYNTAX'],
  ['nothing', '\n', '0:0 CFG_EMPTY_FILE'],
])('[FIO-IMP-BAD] %s is one fault at its line', (_what, text, expected) => {
  const made = make(text)
  const faults = 'faults' in made ? made.faults : []
  expect(faults.map((f) => `${f.line}:${f.column} ${f.code} ${f.suggestion}`.trim())).toEqual([expected])
})

test('[FIO-IMP-5] the command writes a file that reads back, and says what it took the list for', () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const csv = join(FOLDER, 'map.csv')
    writeFileSync(
      csv,
      'name,register,type,unit,description,spare\nTank level,40001,int16,%,"Level: \'T-1\' #2",\nno,40002,uint16,,,\n',
    )
    const yaml = join(FOLDER, 'tank.yaml')
    expect(importProfile(csv, { name: 'tank', out: yaml, protocol: 'modbus-tcp' })).toBe(0)
    const said = out.mock.calls.map((c) => String(c[0])).join('')
    expect(said).toContain('2 points; addresses are of the 40001 style: 40001 is holding register 0')
    expect(said).toContain("'Tank level' is called Tank_level")
    expect(said).toContain('columns not used: spare')
    const read = readProfile(parse(readFileSync(yaml, 'utf8')), 'tank')
    expect('profile' in read && read.profile.points).toMatchObject([
      { name: 'Tank_level', table: 'holding', register: 0, unit: '%', description: "Level: 'T-1' #2" },
      { name: 'no', register: 1 },
    ])
    expect(importProfile(csv, { name: 'tank', out: join(FOLDER, 'other.yaml'), protocol: 'modbus-tcp' })).toBe(2)
    expect(importProfile(csv, { name: 'tank', protocol: 'profibus' })).toBe(2)
    writeFileSync(csv, 'name,register,type\nA,0,unit16\n')
    expect(importProfile(csv, { protocol: 'modbus-tcp' })).toBe(2)
    expect(err.mock.calls.map((c) => String(c[0])).join('')).toContain(
      `${csv}:2:5 CFG_UNKNOWN_WORD found 'unit16', expected`,
    )
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
})
