import type { IoStatusMessage, LinkMessage } from '../../contracts/link.ts'
import { type Link, linkRecord } from '../../protocols/edge/link.ts'
import { type LinkServer, listenLinks } from '../../protocols/edge/link-server.ts'

export interface LinksHandlers {
  readonly on_controller: (index: 0 | 1, message: LinkMessage) => void
  readonly on_controller_down: (index: 0 | 1) => void
  readonly on_gateway: (message: LinkMessage) => void
  /** Fills in what only the edge knows before a status goes to the gateway. */
  readonly complete: (status: IoStatusMessage) => IoStatusMessage
}

export interface Links {
  readonly port: number
  toController(index: 0 | 1, message: LinkMessage): void
  toGateway(message: LinkMessage): void
  close(): Promise<void>
}

/** The port on which controllers and the gateway come to field-io. The first message of each says who it is. */
export async function openLinks(port: number, handlers: LinksHandlers): Promise<Links> {
  const controllers: (Link | undefined)[] = [undefined, undefined]
  const gateways = new Set<Link>()
  /** The frame last sent, as bytes: both controllers get the same. */
  let frame: unknown
  let frame_record: Uint8Array | undefined

  const take = (link: Link, message: LinkMessage): void => {
    if (link === controllers[0]) handlers.on_controller(0, message)
    else if (link === controllers[1]) handlers.on_controller(1, message)
    else if (gateways.has(link)) handlers.on_gateway(message)
    else if (message.type !== 'hello') link.close(`'${message.type}' before hello`)
    else if (message.role === 'gateway') {
      gateways.add(link)
      handlers.on_gateway(message)
    } else if (message.role === 'controller' && (message.index === 0 || message.index === 1)) {
      const former = controllers[message.index]
      controllers[message.index] = link
      former?.close('replaced by a new link')
      handlers.on_controller(message.index, message)
    } else link.close(`no place for a ${message.role} ${message.index}`)
  }
  const server: LinkServer = await listenLinks({
    port,
    on_message: take,
    on_end: (link, reason) => {
      gateways.delete(link)
      for (const index of [0, 1] as const) {
        if (controllers[index] !== link) continue
        controllers[index] = undefined
        process.stderr.write(`field-io: controller ${'AB'[index]} lost: ${reason}\n`)
        handlers.on_controller_down(index)
      }
    },
  })
  return {
    port: server.port,
    toController(index, message) {
      const link = controllers[index]
      if (link === undefined) return
      if (message.type !== 'frame') {
        link.send(message)
        return
      }
      if (message.frame !== frame || frame_record === undefined) {
        frame = message.frame
        frame_record = linkRecord(message)
      }
      link.sendRecord(frame_record)
    },
    toGateway(message) {
      if (gateways.size === 0) return
      const record = linkRecord(message.type === 'io-status' ? handlers.complete(message) : message)
      for (const link of [...gateways]) link.sendRecord(record)
    },
    close: () => server.close(),
  }
}
