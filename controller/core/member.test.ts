import { describe, expect, test } from 'vitest'
import type { Frame, TickId } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { createMember, type Engine, onMemberEvent } from './member.ts'

/** An engine whose state is the list of frames it was given: executed twice, or in another order, it shows. */
function listEngine(): Engine & { readonly given: number[] } {
  let state: TickId = { epoch: 0, n: 0 }
  const given: number[] = []
  return {
    given,
    get state() {
      return state
    },
    step: (frame) => {
      state = { epoch: frame.epoch, n: frame.n }
      given.push(frame.n)
      const nothing = { values: new Float64Array(1), statuses: new Uint16Array(1) }
      return { ...nothing, results: [], tags: { ...nothing, events: [] } }
    },
    digest: () => given.reduce((h, n) => (h * 31 + n) % 1e9, 7),
    save: () => Uint8Array.from(given),
    load: (bytes, at) => {
      if (bytes[0] === 255) throw new RangeError('no state')
      given.splice(0, given.length, ...bytes)
      state = at
    },
  }
}

const frame = (n: number, prev_n: number, prev_epoch = prev_n === 0 ? 0 : 1): LinkMessage => {
  const f: Frame = { epoch: 1, n, prev_epoch, prev_n, t_ms: 5, preferred: 0, inputs: [], readbacks: [], commands: [] }
  return { type: 'frame', frame: f }
}
const digestOf = (given: readonly number[]): number => given.reduce((h, n) => (h * 31 + n) % 1e9, 7)

function rig() {
  const engines: ReturnType<typeof listEngine>[] = []
  const create = () => {
    engines.push(listEngine())
    return engines.at(-1)!
  }
  const member = createMember({ controller: 1, artifact: 'a', create })
  const tell = (message: LinkMessage): LinkMessage[] =>
    onMemberEvent(member, { type: 'message', message }).flatMap((e) => (e.type === 'send' ? [e.message] : []))
  const up = () => onMemberEvent(member, { type: 'up' })
  return { member, tell, up, given: () => engines.at(-1)!.given }
}

function joined() {
  const r = rig()
  r.up()
  r.tell({ type: 'welcome', join: 7, epoch: 1 })
  return r
}

test('it says hello with its state, and asks for what it lacks when it is welcome', () => {
  const { up, tell } = rig()
  const hello = { type: 'hello', role: 'controller', index: 1, artifact: 'a', state: { epoch: 0, n: 0 } }
  expect(up()).toEqual([{ type: 'send', message: hello }])
  expect(tell({ type: 'welcome', join: 7, epoch: 1 })).toEqual([{ type: 'replay-request', from: { epoch: 0, n: 0 } }])
})

test('[EX-1] executes a frame on its parent, answers under its join, publishes the scan', () => {
  const { member } = joined()
  const effects = onMemberEvent(member, { type: 'message', message: frame(1, 0) })
  expect(effects).toMatchObject([
    {
      type: 'send',
      message: { type: 'output', output: { epoch: 1, n: 1, controller: 1, join: 7, digest: digestOf([1]) } },
    },
    { type: 'tags', tags: { epoch: 1, n: 1, controller: 1, t_ms: 5 } },
  ])
})

describe('[EX-1] a gap is never skipped', () => {
  test('it asks, once, and goes on when the missing frames come, in whatever order', () => {
    const { tell, given } = joined()
    tell(frame(1, 0))
    expect(tell(frame(5, 3))).toEqual([{ type: 'replay-request', from: { epoch: 1, n: 1 } }])
    expect(tell(frame(6, 5))).toEqual([])
    expect(tell(frame(3, 2))).toEqual([])
    expect(given()).toEqual([1])
    expect(tell(frame(2, 1)).map((m) => (m.type === 'output' ? m.output.n : m.type))).toEqual([2, 3, 5, 6])
    expect(given()).toEqual([1, 2, 3, 5, 6])
  })

  test('it asks again when nothing comes of it', () => {
    const { tell } = joined()
    tell(frame(1, 0))
    const asked = [5, 6, 7, 8, 9, 10, 11].map((n) => tell(frame(n, n - 1)).length)
    expect(asked.reduce((a, b) => a + b)).toBe(2)
  })

  test('a frame of another epoch with the next n is not the next frame', () => {
    const { tell, given } = joined()
    tell(frame(1, 0))
    expect(tell(frame(2, 1, 9))).toEqual([{ type: 'replay-request', from: { epoch: 1, n: 1 } }])
    expect(given()).toEqual([1])
  })
})

test('[EX-12] a repeated frame gets the same answer, an older one none, and neither is executed', () => {
  const { tell, given } = joined()
  tell(frame(1, 0))
  const [first] = tell(frame(2, 1))
  expect(tell(frame(2, 1))).toEqual([first])
  expect(tell(frame(1, 0))).toEqual([])
  expect(given()).toEqual([1, 2])
})

test('[EX-5] an answer given again bears the join it has now', () => {
  const { tell } = joined()
  tell(frame(1, 0))
  tell({ type: 'welcome', join: 8, epoch: 1 })
  expect(tell(frame(1, 0))).toMatchObject([{ type: 'output', output: { n: 1, join: 8 } }])
  // A welcome that was overtaken by a later one changes nothing.
  tell({ type: 'welcome', join: 7, epoch: 1 })
  expect(tell(frame(2, 1))).toMatchObject([{ type: 'output', output: { n: 2, join: 8 } }])
})

test('[EX-6] taken out, it drops its state, takes the restored one and steps on from there', () => {
  const { tell, given } = joined()
  tell(frame(1, 0))
  expect(tell({ type: 'leave', reason: 'digest' })).toMatchObject([{ type: 'hello', state: { epoch: 0, n: 0 } }])
  tell({ type: 'welcome', join: 9, epoch: 1 })
  const state = Uint8Array.of(1, 2, 3)
  tell({ type: 'restore', join: 9, epoch: 1, n: 3, digest: digestOf([1, 2, 3]), artifact: 'a', state })
  tell(frame(4, 3))
  expect(given()).toEqual([1, 2, 3, 4])
})

test.each([
  ['whose digest is not that of its bytes', Uint8Array.of(1, 2, 4)],
  ['that is none', Uint8Array.of(255)],
])('[EX-6] a state %s is refused: it says hello without one', (_, state) => {
  const { tell, given } = joined()
  const restore = {
    type: 'restore',
    join: 7,
    epoch: 1,
    n: 3,
    digest: digestOf([1, 2, 3]),
    artifact: 'a',
    state,
  } as const
  expect(tell(restore)).toMatchObject([{ type: 'hello', state: { epoch: 0, n: 0 } }])
  expect(given()).toEqual([])
})

test('a restore that comes late does not set back a state that steps', () => {
  const { tell, given } = joined()
  for (const n of [1, 2, 3, 4]) tell(frame(n, n - 1))
  const state = Uint8Array.of(1, 2)
  tell({ type: 'restore', join: 7, epoch: 1, n: 2, digest: digestOf([1, 2]), artifact: 'a', state })
  expect(given()).toEqual([1, 2, 3, 4])
})

test('gives its state with its digest when asked; without one it has nothing to give', () => {
  const { tell } = joined()
  expect(tell({ type: 'snapshot-request' })).toEqual([])
  tell(frame(1, 0))
  const state = Uint8Array.of(1)
  expect(tell({ type: 'snapshot-request' })).toEqual([
    { type: 'snapshot', epoch: 1, n: 1, digest: digestOf([1]), artifact: 'a', state },
  ])
})

test('unheard, it says hello again: the first one may have been lost', () => {
  const { member, up, tell } = rig()
  up()
  expect(onMemberEvent(member, { type: 'idle' })).toMatchObject([{ message: { type: 'hello' } }])
  const hellos = [1, 2, 3, 4, 5].flatMap((n) => tell(frame(n, n - 1)))
  expect(hellos).toMatchObject([{ type: 'hello' }])
})
