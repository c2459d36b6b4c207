/**
 * The gateway with its operators: each station gives increments, one after the other, and never gives up on an answer.
 *
 * What is open is journalled before it is sent. Without an answer it is sent again, then asked after with a void, which closes the
 * number. A gateway that was killed begins a new durable session and first voids what its journal holds open.
 */
import { COMMAND_KIND, type Command, compareTicks, OUTCOME, type TagFrame, type TickId } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { Judge } from './judge.ts'
import type { Loop } from './loop.ts'
import { createProgram, type Program } from './process.ts'
import { STATIONS } from './stand-in.ts'

export interface OperatorOptions {
  /** Mutants of the gateway's own rules. */
  readonly session_durable: boolean
  readonly query_closes: boolean
  readonly open_max: number
}

export interface Operators {
  readonly program: Program
  readonly open: number
  /** True time of the oldest command without an answer. */
  readonly waits_since_ms: number
  readonly given: number
  /** Operators give no new commands any more. */
  rest(): void
  receive(message: LinkMessage): void
  tags(tags: TagFrame): void
}

export interface OperatorWorld {
  readonly loop: Loop
  readonly chance: Stream
  readonly judge: Judge
  readonly options: OperatorOptions
  send(message: LinkMessage): void
  onStart(): void
  onKill(): void
}

interface Open {
  readonly command: Command
  readonly given_ms: number
  tries: number
}

const RETRY_MS = 400
const TRIES = 3
const SEQ_PER_SESSION = 2 ** 20

export function createOperators(world: OperatorWorld): Operators {
  const { loop, chance, judge, options } = world
  // Durable: the session, and what each station holds open.
  let session = 0
  const journal: Open[][] = Array.from({ length: STATIONS }, () => [])
  let shown: TickId = { epoch: 0, n: 0 }
  let seen: Float64Array = new Float64Array(2 * STATIONS)
  let k = 0
  let resting = false
  let given = 0

  const program = createProgram(loop, chance, start, () => world.onKill())

  function start(): void {
    session = options.session_durable ? session + 1 : 1
    k = 0
    shown = { epoch: 0, n: 0 }
    for (const opens of journal) for (const open of opens) open.tries = TRIES
    for (let station = 0; station < STATIONS; station++) {
      program.after(chance.uniform() * 500, () => think(station))
      program.after(chance.uniform() * RETRY_MS, () => retry(station))
    }
    world.onStart()
  }

  function think(station: number): void {
    program.after(50 + chance.uniform() * 900, () => think(station))
    if (resting || journal[station]!.length >= options.open_max || shown.epoch === 0) return
    const command: Command = {
      station,
      seq: session * SEQ_PER_SESSION + ++k,
      kind: COMMAND_KIND.set,
      epoch: shown.epoch,
      n: shown.n,
      ttl_ticks: 20,
      target: station,
      // A negative one is refused by the engine.
      value: chance.uniform() < 0.05 ? -1 : 1 + chance.below(9),
      expected: Number.NaN,
    }
    given++
    const open = { command, given_ms: loop.now, tries: 0 }
    journal[station]!.push(open)
    ask(open)
  }

  function retry(station: number): void {
    program.after(RETRY_MS, () => retry(station))
    for (const open of [...journal[station]!]) ask(open)
  }

  function ask(open: Open): void {
    if (open.tries++ < TRIES) {
      world.send({ type: 'command', command: open.command })
    } else if (options.query_closes) {
      world.send({ type: 'command', command: { ...open.command, kind: COMMAND_KIND.void } })
    } else {
      const { station, seq } = open.command
      settle(station, seq, seen[station]! >= seq ? seen[STATIONS + station]! : OUTCOME.voided)
    }
  }

  function settle(station: number, seq: number, outcome: number): void {
    const opens = journal[station] ?? []
    const i = opens.findIndex((open) => open.command.seq === seq)
    if (i < 0) return
    judge.answered(opens[i]!.command, outcome)
    opens.splice(i, 1)
  }

  return {
    program,
    get open() {
      return journal.reduce((sum, opens) => sum + opens.length, 0)
    },
    get waits_since_ms() {
      return Math.min(...journal.flat().map((open) => open.given_ms))
    },
    get given() {
      return given
    },
    rest: () => {
      resting = true
    },
    receive: (message) =>
      program.deliver(() => {
        if (message.type === 'command-result')
          settle(message.result.station, message.result.seq, message.result.outcome)
      }),
    tags: (tags) =>
      program.deliver(() => {
        if (compareTicks(tags, shown) <= 0) return
        shown = { epoch: tags.epoch, n: tags.n }
        seen = tags.values
      }),
  }
}
