/**
 * A controller as a member of its pair: joins, executes frames, replays, gives its state away. Without a clock and without I/O.
 *
 *     const member = createMember(config)
 *     for (const effect of onMemberEvent(member, event)) perform(effect)
 *
 * A frame is executed only on the state it names as its parent; anything else is kept for a moment and asked for, and a gap is
 * never skipped. Two members that were given the same frames hold the same bits.
 */
import { compareTicks, type Frame, type Output, type TagFrame, type TickId } from '../../contracts/frame.ts'
import type { LinkMessage, RestoreMessage } from '../../contracts/link.ts'

/** What computes: the compiled strategy, or a stand-in for it. */
export interface Engine {
  /** Where its state stands; (0, 0): cold. */
  readonly state: TickId
  /** One scan. The arrays may be used again by the next scan. */
  step(frame: Frame): StepResult
  /** Of the whole mutable state, a safe integer. */
  digest(): number
  save(): Uint8Array
  /** @throws RangeError where the bytes are no state of this strategy. */
  load(bytes: Uint8Array, at: TickId): void
}

export interface StepResult extends Pick<Output, 'values' | 'statuses' | 'results'> {
  readonly tags: Pick<TagFrame, 'values' | 'statuses' | 'events'>
}

export interface MemberConfig {
  readonly controller: 0 | 1
  /** Hash of the artifact that `create` makes engines of. */
  readonly artifact: string
  /** A cold engine. */
  create(): Engine
}

export type MemberEvent =
  /** The link to field-io is open. */
  | { readonly type: 'up' }
  | { readonly type: 'down' }
  /** A message from field-io. */
  | { readonly type: 'message'; readonly message: LinkMessage }
  /** The edge has heard nothing for a second on an open link. */
  | { readonly type: 'idle' }

export type MemberEffect =
  | { readonly type: 'send'; readonly message: LinkMessage }
  | { readonly type: 'tags'; readonly tags: TagFrame }

export interface Member {
  readonly config: MemberConfig
  engine: Engine
  connected: boolean
  /** 0: not welcomed. */
  join: number
  /** The answer to the frame the state stands at: for when that frame comes again. */
  output: Output | undefined
  /** Frames that cannot be executed yet. */
  held: Frame[]
  /** Frames that could not be executed since the last request: the request, or its answer, may be lost. */
  stuck: number
  effects: MemberEffect[]
}

/** Frames between two requests of the same kind. */
const ASK_AGAIN = 5
const HELD_MAX = 128

export function createMember(config: MemberConfig): Member {
  return {
    config,
    engine: config.create(),
    connected: false,
    join: 0,
    output: undefined,
    held: [],
    stuck: 0,
    effects: [],
  }
}

/** Takes one event, changes `member` in place, and says what is to be sent, in order. */
export function onMemberEvent(member: Member, event: MemberEvent): MemberEffect[] {
  member.effects = []
  if (event.type === 'up') {
    member.connected = true
    hello(member)
  } else if (event.type === 'down') {
    member.connected = false
    member.join = 0
    member.held = []
  } else if (member.connected) {
    if (event.type === 'message') onMessage(member, event.message)
    else if (member.join === 0) hello(member)
    else request(member)
  }
  return member.effects
}

function onMessage(member: Member, message: LinkMessage): void {
  if (message.type === 'frame') onFrame(member, message.frame)
  else if (message.type === 'welcome') {
    // An older welcome that comes late names a join that is over.
    if (message.join <= member.join) return
    member.join = message.join
    request(member)
  } else if (message.type === 'restore') onRestore(member, message)
  else if (message.type === 'leave') {
    forget(member)
    hello(member)
  } else if (message.type === 'snapshot-request') sendSnapshot(member)
}

/** Says who it is and where it stands; the join begins with the welcome. */
function hello(member: Member): void {
  const { controller, artifact } = member.config
  member.join = 0
  member.stuck = 0
  const { epoch, n } = member.engine.state
  send(member, { type: 'hello', role: 'controller', index: controller, artifact, state: { epoch, n } })
}

function onFrame(member: Member, frame: Frame): void {
  if (member.join === 0) {
    if (++member.stuck >= ASK_AGAIN) hello(member)
    return
  }
  const order = compareTicks(frame, member.engine.state)
  if (order < 0) return
  if (order === 0) {
    if (member.output !== undefined) send(member, { type: 'output', output: { ...member.output, join: member.join } })
    return
  }
  hold(member, frame)
  if (executeHeld(member)) return
  if (++member.stuck === 1 || member.stuck > ASK_AGAIN) request(member)
}

/** Keeps the frames that come next: where there are too many, the farthest will be asked for again. */
function hold(member: Member, frame: Frame): void {
  if (member.held.some((f) => compareTicks(f, frame) === 0)) return
  member.held.push(frame)
  if (member.held.length <= HELD_MAX) return
  const farthest = member.held.reduce((a, b) => (compareTicks(a, b) >= 0 ? a : b))
  member.held = member.held.filter((f) => f !== farthest)
}

/** Executes what has become possible. */
function executeHeld(member: Member): boolean {
  let any = false
  for (;;) {
    const { state } = member.engine
    const next = member.held.find((f) => f.prev_epoch === state.epoch && f.prev_n === state.n)
    if (next === undefined) break
    execute(member, next)
    member.held = member.held.filter((f) => compareTicks(f, member.engine.state) > 0)
    any = true
  }
  if (any) member.stuck = 0
  return any
}

function execute(member: Member, frame: Frame): void {
  const { engine } = member
  const { values, statuses, results, tags } = engine.step(frame)
  const { epoch, n, t_ms } = frame
  const { controller } = member.config
  const output: Output = {
    epoch,
    n,
    controller,
    join: member.join,
    digest: engine.digest(),
    values: values.slice(),
    statuses: statuses.slice(),
    results,
  }
  member.output = output
  send(member, { type: 'output', output })
  member.effects.push({ type: 'tags', tags: { epoch, n, controller, t_ms, ...tags } })
}

function onRestore(member: Member, message: RestoreMessage): void {
  if (member.join === 0 || message.join < member.join || message.artifact !== member.config.artifact) return
  // A copy that comes late would only set back a state that steps.
  if (member.stuck === 0 && member.engine.state.epoch > 0) return
  // The welcome of this join may have been lost.
  member.join = message.join
  forget(member, member.held)
  if (message.state.length > 0 && !loads(member, message)) {
    forget(member)
    hello(member)
    return
  }
  executeHeld(member)
}

/** The digest proves the bytes: a state that is not the one that was agreed on must not be stepped from. */
function loads(member: Member, message: RestoreMessage): boolean {
  try {
    member.engine.load(message.state, { epoch: message.epoch, n: message.n })
  } catch (fault) {
    if (fault instanceof RangeError) return false
    throw fault
  }
  return member.engine.digest() === message.digest
}

function forget(member: Member, held: Frame[] = []): void {
  member.engine = member.config.create()
  member.output = undefined
  member.held = held
  member.stuck = 0
}

function request(member: Member): void {
  member.stuck = 1
  const { epoch, n } = member.engine.state
  send(member, { type: 'replay-request', from: { epoch, n } })
}

function sendSnapshot(member: Member): void {
  const { engine, config } = member
  const { epoch, n } = engine.state
  if (epoch === 0) return
  const { artifact } = config
  send(member, { type: 'snapshot', epoch, n, digest: engine.digest(), artifact, state: engine.save() })
}

function send(member: Member, message: LinkMessage): void {
  member.effects.push({ type: 'send', message })
}
