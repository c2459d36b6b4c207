/**
 * The connection to the gateway as a state machine: events in, effects out; time and chance arrive with the event.
 *
 * A value on a screen is a claim about the plant. As soon as the claim can no longer be renewed the machine says so:
 * 2 s without heartbeat is `slow`, 3 s or a closed socket is `frozen`, and nothing is sent until a full snapshot and a
 * heartbeat of a new connection have come.
 */
export interface LinkState {
  readonly phase: 'idle' | 'connecting' | 'opening' | 'live' | 'waiting'
  /** Connections tried in a row without becoming live. */
  readonly attempts: number
  readonly config: boolean
  readonly snapshot: boolean
  /** Own clock at the newest heartbeat of this connection, ms; null before the first. */
  readonly heartbeat_ms: number | null
  /** Own clock when the present connection was begun, ms. */
  readonly since_ms: number
  /** Own clock at which to connect again, ms; only in `waiting`. */
  readonly retryAt_ms: number
  /** True after the first time live: from then on a loss freezes values instead of waiting for the first ones. */
  readonly everLive: boolean
}

export type LinkEvent =
  | { readonly type: 'start' | 'opened' | 'config' | 'snapshot' | 'heartbeat'; readonly now_ms: number }
  /** `chance` in [0, 1) spreads the reconnections of many stations. */
  | { readonly type: 'tick' | 'closed'; readonly now_ms: number; readonly chance: number }

/** `lost`: values are frozen from here on. `restored`: they are live again, gaps may be filled. */
export type LinkEffect = 'connect' | 'drop' | 'send-open' | 'lost' | 'restored'

export type LinkHealth = 'connecting' | 'ok' | 'slow' | 'frozen'

export const SLOW_AFTER_MS = 2000
export const FROZEN_AFTER_MS = 3000
/** A connection that brings no config, snapshot and heartbeat in this time is given up. */
export const OPENING_MS_MAX = 5000

export const linkStart: LinkState = {
  phase: 'idle',
  attempts: 0,
  config: false,
  snapshot: false,
  heartbeat_ms: null,
  since_ms: 0,
  retryAt_ms: 0,
  everLive: false,
}

/** Back-off before connection attempt `attempts` + 1: 0.5 s doubling to 5 s, of which the upper half is chance. */
export function backOff_ms(attempts: number, chance: number): number {
  const top_ms = Math.min(5000, 1000 * 2 ** Math.min(attempts, 8))
  return Math.max(500, top_ms * (0.5 + 0.5 * chance))
}

export interface LinkStep {
  readonly state: LinkState
  readonly effects: readonly LinkEffect[]
}

export function stepLink(s: LinkState, e: LinkEvent): LinkStep {
  switch (e.type) {
    case 'start':
      return begin(s, e.now_ms)
    case 'opened':
      return s.phase === 'connecting' ? { state: { ...s, phase: 'opening' }, effects: ['send-open'] } : same(s)
    case 'config':
      return settle({ ...s, config: true })
    case 'snapshot':
      return settle({ ...s, snapshot: true })
    case 'heartbeat':
      return settle({ ...s, heartbeat_ms: e.now_ms })
    case 'closed':
      return s.phase === 'waiting' || s.phase === 'idle' ? same(s) : wait(s, e.now_ms, e.chance, [])
    case 'tick':
      if (s.phase === 'waiting') return e.now_ms >= s.retryAt_ms ? begin(s, e.now_ms) : same(s)
      if (s.phase === 'live' && e.now_ms - (s.heartbeat_ms ?? s.since_ms) >= FROZEN_AFTER_MS)
        return wait(s, e.now_ms, e.chance, ['drop'])
      if ((s.phase === 'connecting' || s.phase === 'opening') && e.now_ms - s.since_ms >= OPENING_MS_MAX)
        return wait(s, e.now_ms, e.chance, ['drop'])
      return same(s)
  }
}

/** What the screen says about the connection at own clock `now_ms`. Only `ok` and `slow` allow a command. */
export function linkHealth(s: LinkState, now_ms: number): LinkHealth {
  if (s.phase !== 'live') return s.everLive ? 'frozen' : 'connecting'
  const silent_ms = now_ms - (s.heartbeat_ms ?? s.since_ms)
  if (silent_ms >= FROZEN_AFTER_MS) return 'frozen'
  return silent_ms >= SLOW_AFTER_MS ? 'slow' : 'ok'
}

const same = (state: LinkState): LinkStep => ({ state, effects: [] })

function begin(s: LinkState, now_ms: number): LinkStep {
  const state: LinkState = {
    ...s,
    phase: 'connecting',
    config: false,
    snapshot: false,
    heartbeat_ms: null,
    since_ms: now_ms,
  }
  return { state, effects: ['connect'] }
}

/** Live only when all three have come in this connection: a heartbeat alone says nothing about the values shown. */
function settle(s: LinkState): LinkStep {
  if (s.phase !== 'opening' || !s.config || !s.snapshot || s.heartbeat_ms === null) return same(s)
  return { state: { ...s, phase: 'live', attempts: 0, everLive: true }, effects: ['restored'] }
}

function wait(s: LinkState, now_ms: number, chance: number, effects: readonly LinkEffect[]): LinkStep {
  const lost: readonly LinkEffect[] = s.phase === 'live' ? ['lost'] : []
  const retryAt_ms = now_ms + backOff_ms(s.attempts, chance)
  return { state: { ...s, phase: 'waiting', attempts: s.attempts + 1, retryAt_ms }, effects: [...effects, ...lost] }
}
