import { expect, test } from 'vitest'
import { createDataFlow, flowAction, onPublishAnswer, onVerified } from './data-flow.ts'
import { chooseServer } from './service-level.ts'
import { subscriptionPlan } from './subscription-plan.ts'
import { numberOf, valueFor } from './value.ts'

const LIMITS = { silence_ms: 1000, dead_ms: 5000, grace_ms: 300 }

test('[FIO-OPCUA-13] silence is answered by a read; agreement believes the flow for another silence', () => {
  const flow = createDataFlow(LIMITS, 0)
  onPublishAnswer(flow, 900, false)
  expect(flowAction(flow, 999)).toBe('none')
  expect(flowAction(flow, 1000)).toBe('verify')
  expect(flowAction(flow, 1100)).toBe('none')
  onVerified(flow, 1200, true)
  expect(flowAction(flow, 2199)).toBe('none')
  expect(flowAction(flow, 2200)).toBe('verify')
})

test('[FIO-OPCUA-14] a difference that stands rebuilds the subscription, and the session if that did not help', () => {
  const flow = createDataFlow(LIMITS, 0)
  expect(flowAction(flow, 1000)).toBe('verify')
  onVerified(flow, 1010, false)
  expect(flowAction(flow, 1300)).toBe('none')
  expect(flowAction(flow, 1311)).toBe('rebuild-subscription')
  const again = createDataFlow(LIMITS, 1311, true)
  expect(flowAction(again, 2311)).toBe('verify')
  onVerified(again, 2311, false)
  expect(flowAction(again, 2700)).toBe('rebuild-session')
})

test('[FIO-OPCUA-15] data that comes while in doubt clears it; keep-alives do not', () => {
  const flow = createDataFlow(LIMITS, 0)
  flowAction(flow, 1000)
  onVerified(flow, 1000, false)
  onPublishAnswer(flow, 1100, false)
  expect(flowAction(flow, 1400)).toBe('rebuild-subscription')
  onPublishAnswer(flow, 1410, true)
  expect(flowAction(flow, 1500)).toBe('none')
  // A read that was under way when data came says nothing any more.
  expect(flowAction(flow, 2410)).toBe('verify')
  onPublishAnswer(flow, 2420, true)
  onVerified(flow, 2430, false)
  expect(flowAction(flow, 3000)).toBe('none')
})

test('[FIO-OPCUA-16] without any answer to publishing the session is given up', () => {
  const flow = createDataFlow({ ...LIMITS, silence_ms: 1e9 }, 0)
  expect(flowAction(flow, 5000)).toBe('none')
  expect(flowAction(flow, 5001)).toBe('rebuild-session')
})

test('[FIO-OPCUA-17] rates follow the classes: two samples a period, keep-alives within a third of the silence', () => {
  const plan = subscriptionPlan([200, 1000, 10_000], 30_000)
  expect(plan.sampling_ms).toEqual([100, 500, 5000])
  expect(plan.publishing_ms).toBe(100)
  expect(plan.keep_alive_count * plan.publishing_ms).toBe(5000)
  const quick = subscriptionPlan([20], 600)
  expect(quick.sampling_ms).toEqual([20])
  expect(quick.publishing_ms).toBe(50)
  expect(quick.keep_alive_count * quick.publishing_ms).toBe(200)
  expect(subscriptionPlan([600_000], 60_000).publishing_ms).toBe(1000)
  for (const p of [plan, quick]) expect(p.lifetime_count).toBeGreaterThanOrEqual(3 * p.keep_alive_count)
})

test('[FIO-OPCUA-18] the server is chosen by ServiceLevel: away from a dead one at once, never to and fro', () => {
  expect(chooseServer(0, [255, 255], 0, 1e4)).toBe(0)
  expect(chooseServer(1, [255, 200], 1e9, 1e4)).toBe(1)
  expect(chooseServer(0, [undefined, 2], 0, 1e4)).toBe(1)
  expect(chooseServer(0, [undefined, undefined], 0, 1e4)).toBe(0)
  expect(chooseServer(0, [1, 255], 0, 1e4)).toBe(1)
  expect(chooseServer(0, [0, undefined], 1e9, 1e4)).toBe(0)
  expect(chooseServer(0, [150, 180], 9999, 1e4)).toBe(0)
  expect(chooseServer(0, [150, 180], 1e4, 1e4)).toBe(1)
  expect(chooseServer(0, [180, 150], 1e9, 1e4)).toBe(0)
})

test('[FIO-OPCUA-19] built-in types become numbers and back, within their ranges', () => {
  expect(numberOf(1, true)).toBe(1)
  expect(numberOf(8, [0xffffffff, 0xffffffff])).toBe(-1)
  expect(numberOf(9, [0xffffffff, 0])).toBe(2 ** 64 - 2 ** 32)
  expect(numberOf(9, [1, 2])).toBe(4294967298)
  expect(numberOf(12, 'x')).toBe(undefined)
  expect(numberOf(11, [1, 2])).toBe(undefined)
  expect(numberOf(13, new Date(0))).toBe(undefined)
  expect(valueFor(4, 32767.4)).toBe(32767)
  expect(valueFor(4, 32767.6)).toBe(undefined)
  expect(valueFor(3, -1)).toBe(undefined)
  expect(valueFor(8, -2)).toEqual([0xffffffff, 0xfffffffe])
  expect(valueFor(9, 4294967298)).toEqual([1, 2])
  expect(valueFor(10, 1e39)).toBe(undefined)
  expect(valueFor(11, 1e39)).toBe(1e39)
  expect(valueFor(11, Number.NaN)).toBe(undefined)
  expect(valueFor(12, 1)).toBe(undefined)
})
