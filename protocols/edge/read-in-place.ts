import { Socket } from 'node:net'

/**
 * Reads an accepted socket into one buffer of ours, as `onread` does for sockets that connect; `received` gets the bytes,
 * valid during the call only. Call it in the turn in which the connection was accepted.
 *
 * Node offers `onread` to outgoing sockets alone. For accepted ones it takes and gives back 64 kB for every read, a tenth
 * of what an answer costs: the server was at 0.76 of libmodbus' rate on a busy machine and is at 0.94 with this (0.93 and
 * 0.98 with the cores to itself). So the places where `onread` keeps its buffer are filled in here. Where this Node has no
 * such places the bytes come as events.
 */
export function readInPlace(socket: Socket, buffer: Uint8Array, received: (bytes: Uint8Array) => void): void {
  const inner = socket as unknown as Record<symbol, unknown> & { readonly _handle?: { useUserBuffer?: unknown } }
  const take = inner._handle?.useUserBuffer
  if (PLACES === undefined || typeof take !== 'function') {
    socket.on('data', received)
    return
  }
  inner[PLACES.buffer] = buffer
  inner[PLACES.callback] = (count: number) => {
    received(buffer.subarray(0, count))
    return true
  }
  take.call(inner._handle, buffer)
  // Without a listener for its data a socket is paused, and would not notice its end.
  socket.resume()
}

interface Places {
  readonly buffer: symbol
  readonly callback: symbol
}

const PLACES = findPlaces()

/** Whether this Node has the places. */
export const READS_IN_PLACE: boolean = PLACES !== undefined

function findPlaces(): Places | undefined {
  const buffer = new Uint8Array(1)
  const callback = (): boolean => true
  const sample = new Socket({ onread: { buffer, callback } }) as unknown as Record<symbol, unknown>
  const holding = (value: unknown): symbol | undefined =>
    Object.getOwnPropertySymbols(sample).find((symbol) => sample[symbol] === value)
  const [for_buffer, for_callback] = [holding(buffer), holding(callback)]
  return for_buffer === undefined || for_callback === undefined
    ? undefined
    : { buffer: for_buffer, callback: for_callback }
}
