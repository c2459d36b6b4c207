/** Certificates for tests of TLS, made on the spot: no keys in the repository, and expired ones on demand. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

export interface Wish {
  readonly name: string
  /** Addresses and names it is good for. */
  readonly dns?: readonly string[]
  readonly ip?: readonly string[]
  /** Days from now; absent: from yesterday for thirty days. */
  readonly from_days?: number
  readonly to_days?: number
}

export interface Authority extends Certificate {
  issue(wish: Wish): Certificate
}

export function authority(name: string): Authority {
  const own = pair()
  const cert = certificate({ name }, own.public, name, own.private, true)
  return {
    cert,
    key: pem(own.private),
    issue(wish) {
      const keys = pair()
      return { cert: certificate(wish, keys.public, name, own.private, false), key: pem(keys.private) }
    },
  }
}

interface Keys {
  readonly public: KeyObject
  readonly private: KeyObject
}

function pair(): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { public: publicKey, private: privateKey }
}

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

/** One value in DER: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}

const SEQUENCE = 0x30
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const ECDSA_SHA256 = der(SEQUENCE, hex('06082a8648ce3d040302'))
const COMMON_NAME = hex('0603550403')
const BASIC_CONSTRAINTS = hex('0603551d13')
const ALTERNATIVE_NAMES = hex('0603551d11')
const TRUE = hex('0101ff')

const distinguished = (name: string): Buffer =>
  der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(name)))))

function utcTime(days: number): Buffer {
  const digits = new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}

/** X.509 version 3, ECDSA with SHA-256. @see RFC 5280, 4.1 */
function certificate(wish: Wish, key: KeyObject, issuer: string, signer: KeyObject, is_authority: boolean): string {
  const serial = Buffer.from([1, ...Buffer.from(String(performance.now()))])
  const names = [
    ...(wish.dns ?? []).map((name) => der(0x82, Buffer.from(name))),
    ...(wish.ip ?? []).map((ip) => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  ]
  const constraints = der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(0x04, der(SEQUENCE, ...(is_authority ? [TRUE] : []))))
  const extensions = [constraints]
  if (names.length > 0) extensions.push(der(SEQUENCE, ALTERNATIVE_NAMES, der(0x04, der(SEQUENCE, ...names))))
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial.subarray(0, 16)),
    ECDSA_SHA256,
    distinguished(issuer),
    der(SEQUENCE, utcTime(wish.from_days ?? -1), utcTime(wish.to_days ?? 30)),
    distinguished(wish.name),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signer))
  const lines =
    der(SEQUENCE, body, ECDSA_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
