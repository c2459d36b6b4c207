import { readFileSync } from 'node:fs'
import type { Artifact } from '../../contracts/artifact.ts'
import type { Frame } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { checkArtifact } from '../../protocols/edge/artifact-check.ts'
import { connectLink } from '../../protocols/edge/link-client.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { createMember, type MemberEvent, onMemberEvent } from '../core/member.ts'
import { engineOf } from './engine.ts'

export interface ControllerProgramConfig {
  readonly artifact_path: string
  /** 0 = A, 1 = B. */
  readonly index: 0 | 1
  /** `host:port` of field-io's link port. */
  readonly field_io: string
  /** `host:port` of the gateway's link port; absent: nobody watches. */
  readonly gateway?: string
  /** Public key that must have signed the artifact; absent: signatures are not asked for. */
  readonly trust_path?: string
}

/** A controller cannot run with what it was given. */
export class ControllerConfigFault extends Error {
  override readonly name = 'ControllerConfigFault'
  readonly code = 'CFG_CONTROLLER'
}

/** Not welcomed for so long after saying hello: it is said again. */
const HELLO_AGAIN_MS = 1000
/** A gateway that falls so far behind is cut off: control does not wait for a screen. */
const GATEWAY_UNREAD_BYTES_MAX = 8 * 1024 * 1024

/**
 * Runs one controller of a pair: frames in, outputs to field-io, tags to the gateway. It has no clock of its own and
 * connects for ever. A message that makes no sense ends the link it came on, never the process.
 * @throws ControllerConfigFault, ArtifactFault
 */
export async function startController(config: ControllerProgramConfig): Promise<Running> {
  const artifact = readArtifact(config.artifact_path, config.trust_path)
  if (config.index !== 0 && config.index !== 1)
    throw new ControllerConfigFault(`CFG_CONTROLLER: index ${config.index}, 0 (A) or 1 (B) is possible`)
  const name = `controller ${'AB'[config.index]}`
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`)

  const member = createMember({
    controller: config.index,
    artifact: artifact.hash,
    create: () => engineOf(artifact),
  })

  const gateway =
    config.gateway === undefined
      ? undefined
      : connectLink(config.gateway, {
          unread_bytes_max: GATEWAY_UNREAD_BYTES_MAX,
          on_open: (link) => {
            const { epoch, n } = member.engine.state
            const state = { epoch, n }
            link.send({ type: 'hello', role: 'controller', index: config.index, artifact: artifact.hash, state })
          },
          // Commands come through field-io, in frames: nothing that is said here could be obeyed.
          on_message: (link, message) => link.close(`a gateway does not send '${message.type}'`),
          on_end: (_link, reason) => say(`gateway ${config.gateway} lost: ${reason}`),
        })

  const deliver = (event: MemberEvent): void => {
    for (const effect of onMemberEvent(member, event)) {
      if (effect.type === 'send') field_io.link?.send(effect.message)
      else gateway?.link?.send({ type: 'tags', tags: effect.tags })
    }
  }
  const field_io = connectLink(config.field_io, {
    on_open: () => {
      say(`linked to field-io ${config.field_io}`)
      deliver({ type: 'up' })
    },
    on_message: (link, message) => {
      const fault = faultOf(message, artifact)
      if (fault === undefined) deliver({ type: 'message', message })
      else link.close(fault)
    },
    on_end: (_link, reason) => {
      say(`field-io ${config.field_io} lost: ${reason}`)
      deliver({ type: 'down' })
    },
  })
  // Only until it is welcomed: afterwards silence may be a plant that stands still, and hello would end the join.
  let timer: NodeJS.Timeout
  const look = (): void => {
    if (member.connected && member.join === 0) deliver({ type: 'idle' })
    timer = setTimeout(look, HELLO_AGAIN_MS)
  }
  timer = setTimeout(look, HELLO_AGAIN_MS)

  return {
    ports: {},
    async close() {
      clearTimeout(timer)
      field_io.close()
      gateway?.close()
    },
  }
}

/** What a message from field-io names must exist in this artifact; undefined: it does. */
function faultOf(message: LinkMessage, artifact: Artifact): string | undefined {
  switch (message.type) {
    case 'frame':
      return frameFault(message.frame, artifact)
    case 'welcome':
    case 'restore':
    case 'leave':
    case 'snapshot-request':
      return undefined
    default:
      return `field-io does not send '${message.type}'`
  }
}

function frameFault(frame: Frame, artifact: Artifact): string | undefined {
  const { inputs, outputs } = artifact.control
  for (const change of frame.inputs)
    if (change.input >= inputs.length) return `frame ${frame.n}: input ${change.input} of ${inputs.length}`
  for (const readback of frame.readbacks)
    if (readback.output >= outputs.length) return `frame ${frame.n}: read-back ${readback.output} of ${outputs.length}`
  return undefined
}

function readArtifact(path: string, trust_path: string | undefined): Artifact {
  let artifact: Artifact
  try {
    artifact = JSON.parse(readFileSync(path, 'utf8')) as Artifact
  } catch (cause) {
    throw new ControllerConfigFault(`CFG_CONTROLLER: ${path}: no artifact; build the strategy first`, { cause })
  }
  if (artifact.format !== 1)
    throw new ControllerConfigFault(`CFG_CONTROLLER: ${path}: format ${artifact.format}, 1 is known`)
  checkArtifact(artifact, path, trust_path)
  return artifact
}
