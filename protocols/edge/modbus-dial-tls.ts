import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect as connectPlain, isIP } from 'node:net'
import { resolve } from 'node:path'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import type { TlsRecord } from '../../contracts/artifact.ts'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import { parseEndpoint } from './back-off.ts'
import { type Dial, KEEP_ALIVE_MS } from './modbus-dial.ts'

/**
 * A connection by Modbus/TCP Security: TLS 1.2 or newer, both sides with a certificate, the device's name compared. The
 * role in the certificate is not asked for: it is the device that grants by it.
 *
 * The files are read for every attempt, so that a renewed certificate is taken without a restart.
 * @see MODBUS/TCP Security Protocol Specification v36
 */
export function dialTls(endpoint: string, tls: TlsRecord, folder: string): Dial {
  const { host, port } = parseEndpoint(endpoint)
  const name = tls.server_name ?? host
  return (events) => {
    let up = false
    let heard = false
    const fail = (detail: string, cause?: unknown): void =>
      events.down(new ModbusFault('IO_TLS', { endpoint, detail }, cause))
    const lost = (cause: Error): void =>
      events.down(new ModbusFault(up ? 'IO_CLOSED' : 'IO_CONNECT', { endpoint, detail: cause.message }, cause))
    let files: TlsFiles
    try {
      files = readFiles(tls, folder)
    } catch (cause) {
      // Told after this call, so that the caller has the wire it is about.
      const soon = setImmediate(() => fail((cause as Error).message, cause))
      return { write: () => {}, writableLength: 0, destroy: () => clearImmediate(soon) }
    }
    const stream = connectPlain({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
    let secure: TLSSocket | undefined
    const ended = (): void => {
      if (up && !heard) fail(`the device hung up before it said anything: does it accept our certificate ${tls.cert}?`)
      else events.down(new ModbusFault('IO_CLOSED', { endpoint, detail: 'closed by the device' }))
    }
    stream.on('error', lost)
    stream.once('close', ended)
    stream.once('connect', () => {
      secure = connect({
        socket: stream,
        ...files,
        minVersion: 'TLSv1.2',
        // A name in the greeting must not be an address.
        ...(isIP(name) === 0 ? { servername: name } : {}),
        checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
      })
      secure.once('secureConnect', () => {
        up = true
        events.up()
      })
      secure.on('data', (bytes: Buffer) => {
        heard = true
        events.data(bytes, bytes.length)
      })
      secure.on('error', (cause: NodeJS.ErrnoException) => {
        const detail = tlsDetail(cause, tls, folder, name)
        if (detail !== undefined) fail(detail, cause)
        else lost(cause)
      })
      secure.once('end', ended)
    })
    return {
      write: (bytes) => void secure?.write(bytes),
      get writableLength() {
        return secure?.writableLength ?? 0
      },
      // Reset, as in modbus-dial.ts: what is not delivered yet is thrown away.
      destroy: () => void (stream.connecting ? stream.destroy() : stream.resetAndDestroy()),
    }
  }
}

interface TlsFiles {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** @throws Error saying which file is wrong and what to do. */
function readFiles(tls: TlsRecord, folder: string): TlsFiles {
  const files = {
    ca: read('ca', tls.ca, folder),
    cert: read('cert', tls.cert, folder),
    key: read('key', tls.key, folder),
  }
  const own = certificate('cert', tls.cert, files.cert)
  const now = Date.now()
  if (Date.parse(own.validTo) < now)
    throw new Error(`our certificate ${tls.cert} expired on ${own.validTo}: put a renewed one there`)
  if (Date.parse(own.validFrom) > now)
    throw new Error(`our certificate ${tls.cert} is not valid before ${own.validFrom}: compare the clocks`)
  if (!own.checkPrivateKey(privateKey(tls.key, files.key)))
    throw new Error(`tls.key ${tls.key} does not belong to ${tls.cert}`)
  const anchor = certificate('ca', tls.ca, files.ca)
  if (Date.parse(anchor.validTo) < now)
    throw new Error(`the certificate authority ${tls.ca} expired on ${anchor.validTo}: put the present one there`)
  return files
}

function read(what: 'ca' | 'cert' | 'key', path: string, folder: string): Buffer {
  try {
    return readFileSync(resolve(folder, path))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read by this user' : String(code)
    throw new Error(`tls.${what} ${path} ${why}`, { cause })
  }
}

function certificate(what: 'ca' | 'cert', path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new Error(`tls.${what} ${path} holds no certificate in PEM form`, { cause })
  }
}

function privateKey(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new Error(`tls.key ${path} holds no private key in PEM form, or one with a pass phrase`, { cause })
  }
}

/** What is wrong with which certificate, and what to do; undefined: it is not about TLS. */
function tlsDetail(cause: NodeJS.ErrnoException, tls: TlsRecord, folder: string, name: string): string | undefined {
  const code = cause.code ?? ''
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return "the device's certificate has expired: renew it on the device"
    case 'CERT_NOT_YET_VALID':
      return "the device's certificate is not valid yet: compare the clocks"
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the device's certificate is not for ${name}: ${reason(cause)}; set tls.server_name if that is the device`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
    case 'INVALID_CA':
      return `the device's certificate is not trusted: ${resolve(folder, tls.ca)} did not sign it (${cause.message})`
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'what answers there does not speak TLS: is it the port of plain Modbus?'
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return 'the device has no TLS 1.2 or newer'
  }
  if (/ALERT/.test(code)) return `the device does not accept our certificate ${tls.cert}: ${alertText(code)}`
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') ? cause.message : undefined
}

const reason = (cause: NodeJS.ErrnoException & { reason?: string }): string => cause.reason ?? cause.message

/** `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` as `unknown ca`. */
const alertText = (code: string): string =>
  code
    .replace(/^.*ALERT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
