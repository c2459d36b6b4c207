import type { Duplex } from 'node:stream'
import type { Stream } from '../../../numerics/streams.ts'
import { MBAP_BYTES, MbapReader, PDU_BYTES_MAX, writeMbap } from '../../../protocols/core/modbus/mbap.ts'
import { RtuRequestReader } from '../../../protocols/core/modbus/rtu.ts'
import type { ModbusServerCore } from '../../../protocols/core/modbus/server.ts'
import { type Framing, type Piece, spoil, type WireFault } from '../../core/emulator/wire-faults.ts'

/** What troubles the wire at this moment. */
export interface Trouble {
  readonly faults: readonly WireFault[]
  readonly chance: Stream
}

/** Silence that ends a frame: 3.5 characters at the slowest rate in use, and what the operating system adds. */
const SILENCE_MS = 30

/**
 * Answers the requests that come over a connection, a serial line or a TLS session, with whatever trouble there is.
 *
 * A late answer lets later ones pass; the pieces of a torn one stay together.
 */
export function serveStream(duplex: Duplex, framing: Framing, core: ModbusServerCore, trouble: Trouble): void {
  const timers = new Set<NodeJS.Timeout>()
  const after = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }
  const queue: Piece[] = []
  let sending = false
  const send = (): void => {
    if (sending) return
    const piece = queue.shift()
    if (piece === undefined || duplex.destroyed) return
    sending = true
    const write = (): void => {
      duplex.write(piece.bytes)
      sending = false
      send()
    }
    if (piece.after_ms === 0) write()
    else after(piece.after_ms, write)
  }
  const out = new Uint8Array(MBAP_BYTES + PDU_BYTES_MAX)
  const answered = (frame: Uint8Array): void => {
    if (trouble.faults.some((f) => f.kind === 'half-open')) return
    const [first, ...rest] = spoil(frame, framing, trouble.faults, trouble.chance)
    if (first === undefined) return
    const pieces = [{ after_ms: 0, bytes: first.bytes }, ...rest]
    const start = (): void => {
      queue.push(...pieces)
      send()
    }
    if (first.after_ms === 0) start()
    else after(first.after_ms, start)
  }

  const rtu = new RtuRequestReader((unit, bytes, from, to) => {
    const end = core.answer(unit, bytes, from, to, out, 1)
    if (end === 1) return
    out[0] = unit
    answered(out.slice(0, end))
  })
  const tcp = new MbapReader((transaction, unit, bytes, from, to) => {
    const end = core.answer(unit, bytes, from, to, out, MBAP_BYTES)
    if (end === MBAP_BYTES) return
    writeMbap(out, 0, transaction, unit, end - MBAP_BYTES)
    answered(out.slice(0, end))
  }, 'ignore')
  let silence: NodeJS.Timeout | undefined
  const received = (chunk: Uint8Array): void => {
    if (framing === 'tcp') {
      tcp.push(chunk)
      if (tcp.fault !== undefined) duplex.destroy()
      return
    }
    clearTimeout(silence)
    rtu.push(chunk)
    if (rtu.partial > 0) silence = setTimeout(() => rtu.silence(), SILENCE_MS)
  }

  // A peer's reset is ordinary; 'close' follows and does the work.
  duplex.on('error', () => {})
  duplex.on('data', received)
  duplex.on('close', () => {
    clearTimeout(silence)
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    queue.length = 0
  })
}
