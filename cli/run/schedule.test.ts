import { expect, test } from 'vitest'
import { OrderFault, parseDisturbance, parseDuration, parseFault, parseSet } from './schedule.ts'

test('[RUN-1] durations are read in seconds, minutes, hours and days', () => {
  expect(['30s', '90min', '8h', '1.5h', '2d'].map(parseDuration)).toEqual([30, 5400, 28800, 5400, 172800])
})

test('[RUN-1] a disturbance has a start and may have an end', () => {
  expect(parseDisturbance('IDV6@8h')).toEqual({ name: 'IDV6', at_s: 28800, until_s: Infinity })
  expect(parseDisturbance('idv1@1h..2h')).toEqual({ name: 'IDV1', at_s: 3600, until_s: 7200 })
  expect(parseDisturbance('IDV4')).toEqual({ name: 'IDV4', at_s: 0, until_s: Infinity })
})

test('[RUN-1] a fault may have a second size and a ramp', () => {
  expect(parseFault('FV-10=stiction:5/2~10min@1h')).toEqual({
    tag: 'FV-10',
    kind: 'stiction',
    value: 5,
    jump: 2,
    ramp_s: 600,
    at_s: 3600,
    until_s: Infinity,
  })
  expect(parseFault('PT-07=noise:3~30s@1h')).toMatchObject({ value: 3, ramp_s: 30 })
  expect(() => parseFault('PT-07=noise:3~30@1h')).toThrow(OrderFault)
})

test('[RUN-1] a fault names tag, kind and size', () => {
  expect(parseFault('PT-07=stuck@2h')).toEqual({
    tag: 'PT-07',
    kind: 'stuck',
    value: Number.NaN,
    at_s: 7200,
    until_s: Infinity,
  })
  expect(parseFault('TT-09=bias:-2.5@30min..1h')).toEqual({
    tag: 'TT-09',
    kind: 'bias',
    value: -2.5,
    at_s: 1800,
    until_s: 3600,
  })
})

test('[RUN-1] an order to a loop names field and value', () => {
  expect(parseSet('TIC-09.MODE=man@1h')).toEqual({
    tag: 'TIC-09',
    field: 'MODE',
    value: 'man',
    at_s: 3600,
    until_s: Infinity,
  })
})

test.each([
  ['8', () => parseDuration('8')],
  ['8 weeks', () => parseDuration('8 weeks')],
  ['@8h', () => parseDisturbance('@8h')],
  ['IDV1@2h..1h', () => parseDisturbance('IDV1@2h..1h')],
  ['IDV1@1h@2h', () => parseDisturbance('IDV1@1h@2h')],
  ['PT-07@2h', () => parseFault('PT-07@2h')],
  ['PT-07=stuck=2@2h', () => parseFault('PT-07=stuck=2@2h')],
  ['FIC-17=20@1h', () => parseSet('FIC-17=20@1h')],
])('[RUN-2] %s is refused, with what was found and what is expected', (_, parse) => {
  expect(parse).toThrow(OrderFault)
  expect(parse).toThrow(/found '.*', expected/)
})

test('a tag may end in a letter: one of several transmitters', () => {
  expect(parseFault('lt-02a=stuck@1h')).toMatchObject({ tag: 'LT-02A', kind: 'stuck' })
  expect(parseSet('LIC-02A.SP=5@1h')).toMatchObject({ tag: 'LIC-02A', field: 'SP' })
})
