/**
 * A program as the world can hurt it: killed (memory lost, timers gone), paused (what arrives waits, in an order of its own for
 * timers and sockets), resumed.
 */
import type { Stream } from '../../numerics/streams.ts'
import type { Loop } from './loop.ts'

export interface Program {
  readonly up: boolean
  readonly paused: boolean
  /** True time since when it has been up and running. */
  readonly well_since_ms: number
  /** Something arrives from outside: now, after the pause, or never. */
  deliver(action: () => void): void
  /** A timer of this life of the program. */
  after(delay_ms: number, action: () => void): void
  kill(): void
  start(): void
  pause(): void
  resume(): void
}

export function createProgram(loop: Loop, chance: Stream, onStart: () => void, onKill: () => void): Program {
  let life = 0
  let up = false
  let paused = false
  let well_since_ms = 0
  let arrivals: (() => void)[] = []
  let timers: (() => void)[] = []
  return {
    get up() {
      return up
    },
    get paused() {
      return paused
    },
    get well_since_ms() {
      return well_since_ms
    },
    deliver: (action) => {
      if (!up) return
      if (paused) arrivals.push(action)
      else action()
    },
    after: (delay_ms, action) => {
      const mine = life
      loop.after(delay_ms, () => {
        if (mine !== life || !up) return
        if (paused) timers.push(action)
        else action()
      })
    },
    kill: () => {
      if (!up) return
      up = false
      paused = false
      life++
      arrivals = []
      timers = []
      onKill()
    },
    start: () => {
      if (up) return
      up = true
      well_since_ms = loop.now
      onStart()
    },
    pause: () => {
      paused = true
    },
    resume: () => {
      if (!paused) return
      paused = false
      well_since_ms = loop.now
      // An event loop that wakes up may look at its sockets before its timers or after them.
      const first = chance.uniform() < 0.5
      const queue = first ? [...arrivals, ...timers] : [...timers, ...arrivals]
      arrivals = []
      timers = []
      const mine = life
      for (const action of queue) if (mine === life) action()
    },
  }
}
