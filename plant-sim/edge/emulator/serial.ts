import type { Duplex } from 'node:stream'
import type { SerialRecord } from '../../../contracts/artifact.ts'

export interface OpenSerial {
  readonly duplex: Duplex
  close(): Promise<void>
}

/** @throws Error that names the port and says what to do */
export async function openSerial(path: string, settings: SerialRecord): Promise<OpenSerial> {
  // Loaded here, so that whoever needs no serial port does not load its native part.
  const { SerialPort } = await import('serialport')
  const port = new SerialPort({
    path,
    baudRate: settings.baud,
    parity: settings.parity,
    dataBits: settings.data_bits,
    stopBits: settings.stop_bits,
    autoOpen: false,
  })
  await new Promise<void>((resolve, reject) =>
    port.open((cause) =>
      cause === null
        ? resolve()
        : reject(new Error(`${path}: ${cause.message}; see ls /dev/tty* for the ports there are`)),
    ),
  )
  return {
    duplex: port,
    close: () => new Promise((done) => (port.isOpen ? port.close(() => done()) : done())),
  }
}
