/** Hears the safety system's datagrams on a port of the own machine. It never answers: the way is one way. */
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import { readSisSnapshot, SIS_DATAGRAM_BYTES_MAX } from '../../contracts/sis-snapshot-codec.ts'
import { GatewayFault } from './gateway-fault.ts'

export interface SisReceiver {
  readonly port: number
  close(): void
}

export interface SisReceiverHandlers {
  readonly on_snapshot: (snapshot: SisSnapshot) => void
  /** Something that is no snapshot came, and was dropped. */
  readonly on_malformed: (found: string) => void
}

/** @throws GatewayFault GW_NO_SIS where the port cannot be opened */
export async function listenSis(port: number, handlers: SisReceiverHandlers): Promise<SisReceiver> {
  const socket = createSocket('udp4')
  socket.on('message', (data) => {
    if (data.length > SIS_DATAGRAM_BYTES_MAX) {
      handlers.on_malformed(`${data.length} bytes`)
      return
    }
    const reading = readSisSnapshot(data.toString('utf8'))
    if (reading.ok) handlers.on_snapshot(reading.snapshot)
    else handlers.on_malformed(reading.found)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close()
      reject(
        new GatewayFault(
          'GW_NO_SIS',
          `no datagrams of the safety system: ${cause.message}`,
          'End the program that has this UDP port, or give another one.',
          cause,
        ),
      )
    })
    socket.bind(port, '127.0.0.1', () => resolve())
  })
  // From here on an error is one datagram's.
  socket.removeAllListeners('error')
  socket.on('error', () => {})
  return { port: (socket.address() as AddressInfo).port, close: () => socket.close() }
}
