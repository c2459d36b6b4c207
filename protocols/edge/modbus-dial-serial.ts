import type { SerialPort } from 'serialport'
import type { SerialRecord } from '../../contracts/artifact.ts'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { Dial } from './modbus-dial.ts'

/**
 * A serial port, locked for this program. A port that is missing or was unplugged is tried again for ever by the link: an
 * adapter that is plugged in again goes on by itself.
 *
 * @param prepare - awaited before the port is opened.
 */
export function dialSerial(path: string, serial: SerialRecord, prepare: () => Promise<void>): Dial {
  return (events) => {
    let port: SerialPort | undefined
    let wanted = true
    const fail = (cause: Error): void =>
      events.down(new ModbusFault('IO_SERIAL', { endpoint: path, detail: remedy(cause) }, cause))
    const release = (): void => {
      if (port?.isOpen === true) port.close(() => {})
    }
    const open = async (): Promise<void> => {
      // Loaded when first used: it brings a native part that most installations never need.
      const [{ SerialPort }] = await Promise.all([import('serialport'), prepare()])
      if (!wanted) return
      port = new SerialPort({
        path,
        baudRate: serial.baud,
        parity: serial.parity,
        dataBits: serial.data_bits,
        stopBits: serial.stop_bits,
        autoOpen: false,
      })
      port.on('error', (cause) => {
        if (wanted) fail(cause)
      })
      port.on('close', (cause: Error | null) => {
        if (wanted) fail(cause ?? new Error('closed'))
      })
      port.on('data', (bytes: Buffer) => {
        if (wanted) events.data(bytes, bytes.length)
      })
      port.open((cause) => {
        // It may have been given up while it was opening.
        if (!wanted) release()
        else if (cause) fail(cause)
        else events.up()
      })
    }
    open().catch((cause: Error) => {
      if (wanted) fail(cause)
    })
    return {
      write: (bytes) => void port?.write(bytes),
      get writableLength() {
        return port?.writableLength ?? 0
      },
      destroy() {
        wanted = false
        release()
      },
    }
  }
}

function remedy(cause: Error & { disconnected?: boolean }): string {
  const { message } = cause
  if (cause.disconnected === true || /\b(EIO|ENXIO|ENODEV|EBADF)\b/.test(message))
    return `the port has gone (${message}): plug the adapter in again`
  if (/No such file|File not found/i.test(message))
    return 'the port does not exist: plug the adapter in or correct the name'
  if (/Permission denied|Access denied/i.test(message))
    return 'the port may not be used: add this user to the group dialout'
  if (/lock port|busy|temporarily unavailable/i.test(message)) return 'the port is used by another program: end that'
  if (/ioctl|Invalid argument|baud/i.test(message))
    return `the port cannot be set so, or is no serial port (${message}): correct the settings or the name`
  return message
}
