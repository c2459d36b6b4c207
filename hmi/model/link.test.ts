import { expect, test } from 'vitest'
import { backOff_ms, type LinkEffect, type LinkEvent, type LinkState, linkHealth, linkStart, stepLink } from './link.ts'

/** Runs events through the machine and gathers what it asks for. */
function run(events: readonly LinkEvent[], from: LinkState = linkStart): { state: LinkState; effects: LinkEffect[] } {
  const effects: LinkEffect[] = []
  let state = from
  for (const event of events) {
    const step = stepLink(state, event)
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects }
}
const at = (type: 'start' | 'opened' | 'config' | 'snapshot' | 'heartbeat', now_ms: number): LinkEvent => ({
  type,
  now_ms,
})
const tick = (now_ms: number): LinkEvent => ({ type: 'tick', now_ms, chance: 0.5 })
const closed = (now_ms: number): LinkEvent => ({ type: 'closed', now_ms, chance: 0.5 })
const live = run([at('start', 0), at('opened', 10), at('config', 20), at('snapshot', 30), at('heartbeat', 40)]).state

test('[4.8] is live only after config, snapshot and heartbeat of one connection, in any order', () => {
  const three = ['config', 'snapshot', 'heartbeat'] as const
  for (const missing of three) {
    const { state } = run([
      at('start', 0),
      at('opened', 10),
      ...three.filter((t) => t !== missing).map((t) => at(t, 20)),
    ])
    expect(linkHealth(state, 20)).toBe('connecting')
  }
  const { state, effects } = run([
    at('start', 0),
    at('opened', 1),
    at('heartbeat', 2),
    at('snapshot', 3),
    at('config', 4),
  ])
  expect(linkHealth(state, 4)).toBe('ok')
  expect(effects).toEqual(['connect', 'send-open', 'restored'])
})

test('[4.8] slow after 2 s without heartbeat, frozen after 3 s, and the socket is given up', () => {
  expect(linkHealth(live, 40 + 1999)).toBe('ok')
  expect(linkHealth(live, 40 + 2000)).toBe('slow')
  expect(linkHealth(live, 40 + 3000)).toBe('frozen')
  expect(run([tick(40 + 2999)], live).effects).toEqual([])
  expect(run([tick(40 + 3000)], live).effects).toEqual(['drop', 'lost'])
})

test('[4.8] a closed socket freezes at once and stays frozen until a snapshot of the next connection', () => {
  const { state, effects } = run([closed(100)], live)
  expect(effects).toEqual(['lost'])
  expect(linkHealth(state, 100)).toBe('frozen')
  const again = run([tick(10_000), at('opened', 10_010), at('config', 10_020), at('heartbeat', 10_030)], state)
  expect(linkHealth(again.state, 10_030)).toBe('frozen')
  expect(linkHealth(run([at('snapshot', 10_040)], again.state).state, 10_040)).toBe('ok')
})

test('[4.8] back-off lies in 0.5 to 5 s, grows, and spreads by chance', () => {
  for (let attempts = 0; attempts < 40; attempts++)
    for (const chance of [0, 0.3, 0.999]) {
      expect(backOff_ms(attempts, chance)).toBeGreaterThanOrEqual(500)
      expect(backOff_ms(attempts, chance)).toBeLessThanOrEqual(5000)
    }
  expect(backOff_ms(3, 0.5)).toBeGreaterThan(backOff_ms(0, 0.5))
  expect(backOff_ms(5, 0.9)).not.toBe(backOff_ms(5, 0.1))
})

test('a connection that opens but never speaks is tried again', () => {
  const { state, effects } = run([at('start', 0), at('opened', 10), tick(4000), tick(5000)])
  expect(effects).toEqual(['connect', 'send-open', 'drop'])
  expect(state.phase).toBe('waiting')
  expect(run([tick(state.retryAt_ms - 1)], state).effects).toEqual([])
  expect(run([tick(state.retryAt_ms)], state).effects).toEqual(['connect'])
})

test('before the first values a loss is "connecting", not "frozen": nothing is on the screen to freeze', () => {
  expect(linkHealth(run([at('start', 0), closed(5)]).state, 5)).toBe('connecting')
})
