/** The edge of a controller in the world: one program around the real member, with the small engine. */
import type { TagFrame } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { createMember, type Member, type MemberEvent, onMemberEvent } from '../../controller/core/member.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { Judge } from './judge.ts'
import type { Loop } from './loop.ts'
import type { WorldPlant } from './plant.ts'
import { createProgram, type Program } from './process.ts'

export interface ControllerHost {
  readonly program: Program
  readonly member: Member | undefined
  receive(message: LinkMessage): void
  opened(): void
  down(): void
  /** A bit of its state turns: now, or just before it sends its state away. The answer calls off what has not happened. */
  flip(when: 'now' | 'before its snapshot', onFlip: () => void): () => void
  /** Its state is still the one that was hit. */
  readonly flipped: boolean
}

export interface ControllerWorld {
  readonly loop: Loop
  readonly chance: Stream
  readonly judge: Judge
  readonly index: 0 | 1
  readonly plant: WorldPlant
  /** Mutants: what it makes of a message before it is taken. */
  twist(message: LinkMessage, member: Member): LinkMessage
  send(message: LinkMessage): void
  tags(tags: TagFrame): void
  onStart(): void
  onKill(): void
}

const IDLE_MS = 1000

export function createControllerHost(world: ControllerWorld): ControllerHost {
  const { loop, judge, index, plant } = world
  let member: Member | undefined
  let hit: unknown
  let heard_ms = 0
  const program = createProgram(
    loop,
    world.chance,
    () => {
      member = createMember({ controller: index, artifact: plant.artifact.hash, create: plant.create })
      const idle = (): void => {
        if (loop.now - heard_ms > IDLE_MS) {
          heard_ms = loop.now
          feed({ type: 'idle' })
        }
        program.after(IDLE_MS / 2, idle)
      }
      program.after(IDLE_MS / 2, idle)
      world.onStart()
    },
    () => {
      member = undefined
      hit = undefined
      waiting = undefined
      world.onKill()
    },
  )
  const feed = (event: MemberEvent): void => {
    if (member === undefined) return
    for (const effect of onMemberEvent(member, event)) {
      if (effect.type === 'tags') world.tags(effect.tags)
      else {
        // What was hit may have been overwritten before it did harm.
        if (effect.message.type === 'output' && judge.output(effect.message.output, host.flipped)) hit = undefined
        world.send(effect.message)
      }
    }
  }
  let waiting: (() => void) | undefined
  const flipNow = (): void => {
    if (member === undefined || waiting === undefined) return
    const onFlip = waiting
    waiting = undefined
    hit = member.engine
    plant.operators?.hit(member.engine, world.chance)
    onFlip()
  }
  const host: ControllerHost = {
    program,
    get member() {
      return member
    },
    get flipped() {
      return member !== undefined && hit === member.engine
    },
    receive: (message) =>
      program.deliver(() => {
        heard_ms = loop.now
        if (message.type === 'snapshot-request') flipNow()
        if (member !== undefined) feed({ type: 'message', message: world.twist(message, member) })
      }),
    opened: () => program.deliver(() => feed({ type: 'up' })),
    down: () => program.deliver(() => feed({ type: 'down' })),
    flip: (when, onFlip) => {
      waiting = onFlip
      if (when === 'now') flipNow()
      return () => {
        waiting = undefined
      }
    },
  }
  return host
}
