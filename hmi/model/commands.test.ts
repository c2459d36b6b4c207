import { expect, test } from 'vitest'
import type { CommandStateText, OperatorCommand } from '../../contracts/hmi-wire.ts'
import { answer, type Commands, expire, issue, lastOf, lose, mayCommand } from './commands.ts'

const command = (id: string): OperatorCommand => ({
  type: 'command',
  id,
  tag: 'FIC-01',
  field: 'SP',
  value: 2,
  expected: 1,
  epoch: 1,
  n: 7,
})
const says = (id: string, state: CommandStateText['state'], reason = ''): CommandStateText => ({
  type: 'command-state',
  id,
  state,
  reason,
})
const one = issue([], command('a'), 1, 0)
const stateOf = (list: Commands) => list[0]?.state

test('[D16] pending until the controller answers, `sent` is no answer', () => {
  expect(stateOf(one)).toBe('pending')
  expect(stateOf(answer(one, says('a', 'sent'), 10))).toBe('pending')
  expect(stateOf(answer(one, says('a', 'applied'), 20))).toBe('applied')
  expect(answer(one, says('a', 'refused', 'why'), 20)[0]).toMatchObject({ state: 'refused', reason: 'why' })
})

test('[D16] without an answer in 5 s it is not confirmed; a late answer still counts, a late `sent` does not', () => {
  expect(stateOf(expire(one, 4999))).toBe('pending')
  const unknown = expire(one, 5000)
  expect(stateOf(unknown)).toBe('unknown')
  expect(stateOf(answer(unknown, says('a', 'sent'), 5100))).toBe('unknown')
  expect(stateOf(answer(unknown, says('a', 'applied'), 6000))).toBe('applied')
})

test('a final answer is not overwritten, another command is not touched', () => {
  const applied = answer(one, says('a', 'applied'), 20)
  expect(stateOf(answer(applied, says('a', 'refused'), 30))).toBe('applied')
  expect(stateOf(answer(one, says('b', 'refused'), 30))).toBe('pending')
})

test('[4.8] losing the connection makes it unknown, and offline nothing may be commanded', () => {
  expect(lose(one, 50)[0]).toMatchObject({ state: 'unknown', reason: 'link' })
  expect(mayCommand([], false)).toBe('offline')
  expect(mayCommand(one, true)).toBe('busy')
  expect(mayCommand(answer(one, says('a', 'applied'), 1), true)).toBe('')
})

test('the tick goes after 4 s, a refusal stays', () => {
  const applied = answer(one, says('a', 'applied'), 100)
  expect(lastOf(applied, 'FIC-01', 'SP', 4100)?.state).toBe('applied')
  expect(lastOf(applied, 'FIC-01', 'SP', 4101)).toBeUndefined()
  expect(lastOf(answer(one, says('a', 'refused'), 100), 'FIC-01', 'SP', 1e6)?.state).toBe('refused')
  expect(lastOf(one, 'FIC-01', 'OUT', 0)).toBeUndefined()
})

test('memory is bounded', () => {
  let list: Commands = []
  for (let k = 0; k < 500; k++) list = issue(list, command(String(k)), 1, k)
  expect(list.length).toBe(50)
  expect(list[0]?.command.id).toBe('499')
})
