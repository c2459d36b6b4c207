/**
 * Drives the plant by the conductor: its deadlines on the monotonic clock, its grants over the link to field-io.
 *
 * Between two ticks it can stand still for the whole run's sake: the controllers' state is asked of field-io, or given back, and
 * that of the safety solver, whose scans it releases within the tick where the plant has a safety system under test.
 */
import { COMMAND_KIND, type Command, type CommandResult } from '../../contracts/frame.ts'
import type { ForceState, LinkMessage, PaceMessage, SnapshotMessage } from '../../contracts/link.ts'
import type { Link } from '../../protocols/edge/link.ts'
import { listenLinks } from '../../protocols/edge/link-server.ts'
import {
  type ConductorEvent,
  type ConductorOptions,
  type ConductorState,
  conduct,
  createConductor,
  isAtRest,
  pace,
} from '../core/conductor.ts'
import { listenSisBench, type SisBench } from './sis-bench.ts'

export interface ConductingOptions extends ConductorOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Advances the plant by a tick, or by a part of one; the last of a tick `ends` it. */
  readonly advance: (dt_ms: number, ends: boolean) => void
  /** The pace has changed, or half a second has passed. */
  readonly on_pace: (message: PaceMessage) => void
  /** An operator's command was carried out. */
  readonly on_command?: (command: Command) => void
  /** What became of an order of ours. */
  readonly on_order?: (result: CommandResult) => void
  /** The line to a safety solver; absent: the plant has no safety system. */
  readonly sis_bench?: {
    /** 0: any free port. */
    readonly port: number
    /** Macro-step of the plant, ms: a scan is a multiple of it. */
    readonly step_ms: number
    /** Nobody has written the solenoids yet: the first solver finds the plant as it would at a shift's begin. */
    readonly untouched: () => boolean
  }
}

export interface Conducting {
  readonly port: number
  readonly state: Readonly<ConductorState>
  /** Hash of the strategy that field-io runs; undefined while there is no field-io. */
  readonly strategy: string | undefined
  pace(): PaceMessage
  setFactor(factor: number): void
  setPaused(paused: boolean): void
  /**
   * Does this when the tick in hand is done, and lets no other begin before it has ended. One at a time, in order.
   * From within `advance`: after the tick that this advance belongs to.
   */
  atRest<T>(act: () => Promise<T> | T): Promise<T>
  /** The controllers' state of the present tick; undefined where none is to be had in time. Only within `atRest`. */
  controllers(): Promise<SnapshotMessage | undefined>
  /** Gives it back. False where field-io did not say that it goes on from there. Only within `atRest`. */
  restoreControllers(snapshot: SnapshotMessage): Promise<boolean>
  /** The forces that stood when the controllers' state was asked last; undefined: field-io did not say. */
  readonly forces: readonly ForceState[] | undefined
  /** What field-io's devices held at that moment; undefined: it did not say. */
  readonly device_memory: Uint8Array | undefined
  /** For its devices: what they held. Before `restoreForces`, whose answer says that this was heard too. Only within `atRest`. */
  restoreDevices(memory: Uint8Array): void
  /** These in place of all that stand. Answers what stands then, undefined without an answer. Only within `atRest`. */
  restoreForces(forces: readonly ForceState[]): Promise<readonly ForceState[] | undefined>
  /** Writes as an operator does, in the frame of the next grant. False where there is no field-io. */
  order(target: number, value: number, seq: number): boolean
  /** The safety system's line; undefined where the plant has none. */
  readonly sis: SisBench | undefined
  /** The state of the solver at this tick, "" without a solver, or why there is none. Only within `atRest`. */
  solverState(): Promise<{ readonly state: string } | { readonly reason: string }>
  /** Gives it back, for a plant at this time; "" asks for that of a healthy plant. Answers "", or why not. Only within `atRest`. */
  restoreSolver(time_ms: number, state: string): Promise<string>
  /** The plant was set to another time. Only within `atRest`. */
  moved(time_ms: number): void
  close(): Promise<void>
}

/** @throws LinkFault where the port cannot be opened. */
export async function conductPlant(options: ConductingOptions): Promise<Conducting> {
  const state = createConductor(options, performance.now())
  let field_io: Link | undefined
  let strategy: string | undefined
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let closed = false
  let resting: (() => void)[] = []
  let resters = 0
  let turn: Promise<unknown> = Promise.resolve()
  let sis: SisBench | undefined
  let forces: readonly ForceState[] | undefined
  let device_memory: Uint8Array | undefined
  let expected: { readonly type: LinkMessage['type']; take(message: LinkMessage | undefined): void } | undefined

  const handle = (event: ConductorEvent): void => {
    const { effects, wake_ms } = conduct(state, event, performance.now())
    for (const effect of effects) {
      if (effect.type === 'advance') {
        options.advance(effect.dt_ms, effect.ends)
        continue
      }
      if (effect.type === 'step') {
        sis?.step(effect.n)
        continue
      }
      if (effect.type === 'pace') options.on_pace(effect)
      field_io?.send(effect)
    }
    schedule(wake_ms)
    if (state.held && isAtRest(state) && resting.length > 0) {
      const woken = resting
      resting = []
      for (const wake of woken) wake()
    }
  }
  const schedule = (wake_ms: number): void => {
    clearTimeout(timer)
    clearImmediate(immediate)
    if (closed) return
    const delay_ms = wake_ms - performance.now()
    // A timer is good to a millisecond; between two ticks the sockets are served in any case.
    if (delay_ms < 0.5) immediate = setImmediate(tick)
    else timer = setTimeout(tick, delay_ms)
  }
  const tick = (): void => handle({ type: 'time' })

  const onMessage = (link: Link, message: LinkMessage): void => {
    if (message.type === 'hello') {
      if (message.role !== 'field-io') {
        link.close(`the conductor speaks with field-io, not with a ${message.role}`)
        return
      }
      // The newest speaks for field-io: an older connection is one it no longer knows of.
      const former = field_io
      field_io = link
      strategy = message.artifact
      if (former !== undefined && former !== link) former.close('another field-io said hello')
      handle({ type: 'hello', tick: message.state.n })
    } else if (link !== field_io) {
      link.close(`${message.type} before hello`)
    } else if (message.type === 'done') {
      handle({ type: 'done', tick: message.tick })
    } else if (message.type === 'command') {
      options.on_command?.(message.command)
    } else if (message.type === 'command-result') {
      options.on_order?.(message.result)
    } else if (message.type === 'device-memory') {
      device_memory = message.memory
    } else if (message.type === 'forces') {
      forces = message.forces
      if (expected?.type === 'forces') expected.take(message)
    } else if (message.type === 'snapshot' || message.type === 'welcome') {
      if (expected?.type === message.type) expected.take(message)
    } else {
      link.close(`the conductor does not take ${message.type}`)
    }
  }
  const server = await listenLinks({
    host: options.host,
    port: options.port,
    on_message: onMessage,
    on_end: (link) => {
      if (link !== field_io) return
      field_io = undefined
      strategy = undefined
      expected?.take(undefined)
      handle({ type: 'lost' })
    },
  })
  /** The next message of this type, or undefined after the time that a tick may take. */
  const ask = (message: LinkMessage, type: LinkMessage['type']): Promise<LinkMessage | undefined> =>
    new Promise((resolve) => {
      if (field_io === undefined) {
        resolve(undefined)
        return
      }
      const give_up = setTimeout(() => expected?.take(undefined), options.done_timeout_ms)
      expected = {
        type,
        take(answer) {
          clearTimeout(give_up)
          expected = undefined
          resolve(answer)
        },
      }
      field_io.send(message)
    })
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      resting.push(resolve)
      handle({ type: 'held', held: true })
    })
  const atRest = <T>(act: () => Promise<T> | T): Promise<T> => {
    resters++
    // At once, not at its turn: the grant that follows an advance is the last one before it.
    state.held = true
    const done = turn.then(async () => {
      try {
        await rest()
        return await act()
      } finally {
        resters--
        if (resters === 0 && !closed) handle({ type: 'held', held: false })
      }
    })
    turn = done.catch(() => {})
    return done
  }
  const { sis_bench } = options
  if (sis_bench !== undefined) {
    const opening = listenSisBench({
      host: options.host,
      port: sis_bench.port,
      timeout_ms: options.done_timeout_ms,
      refuse: ({ scan_ms }) => refusal(scan_ms, options.tick_ms, sis_bench.step_ms),
      on_hello(hello) {
        void atRest(async () => {
          if (closed || sis?.solver !== hello) return
          if (sis_bench.untouched()) {
            const reason = await sis.load(scanAt(state.time_ms), '')
            if (reason !== '') process.stderr.write(`plant-sim: the safety solver starts tripped: ${reason}\n`)
          }
          if (sis.solver === hello) handle({ type: 'solver', scan_ms: hello.scan_ms })
        })
      },
      on_done: (n) => handle({ type: 'scanned', n }),
      on_lost: () => handle({ type: 'solver-lost' }),
    })
    sis = await opening.catch(async (cause: Error) => {
      await server.close()
      throw cause
    })
  }
  const scanAt = (time_ms: number): number => time_ms / (sis?.solver?.scan_ms ?? 1)

  handle({ type: 'time' })
  return {
    port: server.port,
    state,
    sis,
    atRest,
    async solverState() {
      if (sis?.solver === undefined) return { state: '' }
      return state.silent ? { reason: 'the safety system does not answer' } : sis.save(scanAt(state.time_ms))
    },
    restoreSolver: async (time_ms, text) => (sis?.solver === undefined ? '' : sis.load(scanAt(time_ms), text)),
    moved: (time_ms) => handle({ type: 'moved', time_ms }),
    get strategy() {
      return strategy
    },
    pace: () => pace(state, performance.now()),
    setFactor: (factor) => handle({ type: 'factor', factor }),
    setPaused: (paused) => handle({ type: 'paused', paused }),
    get forces() {
      return forces
    },
    get device_memory() {
      return device_memory
    },
    restoreDevices: (memory) => void field_io?.send({ type: 'device-memory', memory }),
    async restoreForces(given) {
      const answer = await ask({ type: 'forces', at: { epoch: 0, n: 0 }, forces: given }, 'forces')
      return answer?.type === 'forces' ? answer.forces : undefined
    },
    order(target, value, seq) {
      if (field_io === undefined) return false
      // Station, epoch and tick are field-io's to say.
      const command = { station: 0, seq, kind: COMMAND_KIND.set, epoch: 0, n: 0, ttl_ticks: 0, target, value }
      field_io.send({ type: 'command', command: { ...command, expected: Number.NaN } })
      return true
    },
    async controllers() {
      forces = undefined
      device_memory = undefined
      const answer = await ask({ type: 'snapshot-request' }, 'snapshot')
      return answer?.type === 'snapshot' && answer.state.length > 0 ? answer : undefined
    },
    async restoreControllers({ epoch, n, digest, artifact, state: bytes }) {
      const message = { type: 'restore', join: 0, epoch, n, digest, artifact, state: bytes } as const
      return (await ask(message, 'welcome')) !== undefined
    },
    async close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(immediate)
      expected?.take(undefined)
      await sis?.close()
      await server.close()
    },
  }
}

/** Why scans of this period cannot be paced; undefined: they can. */
function refusal(scan_ms: number, tick_ms: number, step_ms: number): string | undefined {
  if (tick_ms % scan_ms === 0 && scan_ms % step_ms === 0) return undefined
  return `found scans of ${scan_ms} ms, expected a divisor of the tick of ${tick_ms} ms and a multiple of the plant's step of ${step_ms} ms`
}
