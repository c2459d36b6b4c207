/**
 * Which servers' certificates are trusted: files below a pki folder, so that they can be seen, copied and backed up.
 *
 *     own/certs/flyball.pem, own/private/private_key.pem   who we are
 *     trusted/certs/    servers (or authorities) that are accepted
 *     rejected/         servers that came by and were not: `flyball opcua trust` moves them
 *
 * Read anew for every connection that is made: a decision of the engineer acts without a restart.
 */
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type StorePlace = 'trusted' | 'rejected' | 'own'

export interface StoredCertificate {
  readonly place: StorePlace
  readonly path: string
  /** SHA-1 of the DER, hex in lower case: what OPC UA calls the thumbprint. */
  readonly thumbprint: string
  readonly subject: string
  readonly application_uri: string
  readonly valid_from: Date
  readonly valid_to: Date
}

const FOLDERS: Readonly<Record<StorePlace, string>> = {
  trusted: 'trusted/certs',
  rejected: 'rejected',
  own: 'own/certs',
}

/** Rejected certificates kept: whoever connects often with new ones must not fill the disk. */
const REJECTED_MAX = 50

export function createStore(pki_dir: string): void {
  for (const folder of [...Object.values(FOLDERS), 'own/private']) {
    mkdirSync(join(pki_dir, folder), { recursive: true, mode: 0o700 })
  }
}

/** All that can be read as a certificate; other files are not ours to judge. */
export function listCertificates(pki_dir: string): StoredCertificate[] {
  return (['own', 'trusted', 'rejected'] as const).flatMap((place) => {
    const folder = join(pki_dir, FOLDERS[place])
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const path = join(folder, name)
        const certificate = readCertificate(path)
        return certificate === undefined ? [] : [describe(place, path, certificate)]
      })
  })
}

/** Certificates of the store whose thumbprint begins so. */
export function findCertificates(pki_dir: string, place: StorePlace, thumbprint: string): StoredCertificate[] {
  const wanted = thumbprint.replaceAll(':', '').toLowerCase()
  return listCertificates(pki_dir).filter((c) => c.place === place && c.thumbprint.startsWith(wanted))
}

export function moveCertificate(pki_dir: string, certificate: StoredCertificate, to: 'trusted' | 'rejected'): string {
  createStore(pki_dir)
  const path = join(pki_dir, FOLDERS[to], fileName(certificate.subject, certificate.thumbprint))
  renameSync(certificate.path, path)
  return path
}

/** Puts a certificate (PEM or DER) into a place of the store. @throws Error where it is none */
export function addCertificate(pki_dir: string, place: 'trusted' | 'rejected', data: Buffer): StoredCertificate {
  createStore(pki_dir)
  const certificate = new X509Certificate(data)
  const thumbprint = thumbprintOf(certificate)
  const path = join(pki_dir, FOLDERS[place], fileName(subjectOf(certificate), thumbprint))
  writeFileSync(path, certificate.toString(), { mode: 0o600 })
  if (place === 'rejected') prune(join(pki_dir, FOLDERS.rejected))
  return describe(place, path, certificate)
}

export type Verdict =
  | { readonly verdict: 'trusted' }
  | {
      readonly verdict: 'untrusted' | 'expired' | 'not-yet-valid' | 'unreadable'
      readonly certificate?: StoredCertificate
    }

/**
 * Judges a server's certificate (DER, the first of its chain). One that is not trusted is put with the rejected.
 *
 * Trusted is what lies in trusted/certs itself, or what an authority that lies there has signed.
 */
export function judge(pki_dir: string, der: Buffer, now: Date): Verdict {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return { verdict: 'unreadable' }
  }
  const thumbprint = thumbprintOf(certificate)
  const folder = join(pki_dir, FOLDERS.trusted)
  const trusted = existsSync(folder)
    ? readdirSync(folder).flatMap((name) => readCertificate(join(folder, name)) ?? [])
    : []
  const is_trusted = trusted.some(
    (t) => thumbprintOf(t) === thumbprint || (t.ca && certificate.checkIssued(t) && certificate.verify(t.publicKey)),
  )
  const found = is_trusted
    ? describe('trusted', '', certificate)
    : addCertificate(pki_dir, 'rejected', Buffer.from(certificate.raw))
  if (now > new Date(certificate.validTo)) return { verdict: 'expired', certificate: found }
  if (now < new Date(certificate.validFrom)) return { verdict: 'not-yet-valid', certificate: found }
  return is_trusted ? { verdict: 'trusted' } : { verdict: 'untrusted', certificate: found }
}

function readCertificate(path: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readFileSync(path))
  } catch {
    return undefined
  }
}

const thumbprintOf = (certificate: X509Certificate): string => certificate.fingerprint.replaceAll(':', '').toLowerCase()

const subjectOf = (certificate: X509Certificate): string => certificate.subject.split('\n').join(', ')

function describe(place: StorePlace, path: string, certificate: X509Certificate): StoredCertificate {
  return {
    place,
    path,
    thumbprint: thumbprintOf(certificate),
    subject: subjectOf(certificate),
    application_uri: /URI:([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1] ?? '',
    valid_from: new Date(certificate.validFrom),
    valid_to: new Date(certificate.validTo),
  }
}

/** The subject is the sender's own word: only harmless characters of it reach a file name. */
function fileName(subject: string, thumbprint: string): string {
  const name = (/CN=([^,]*)/.exec(subject)?.[1] ?? 'server').replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)
  return `${name}[${thumbprint}].pem`
}

function prune(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name))
  if (files.length <= REJECTED_MAX) return
  const dated = files.flatMap((path) => {
    const certificate = readCertificate(path)
    return certificate === undefined ? [] : [{ path, from: Date.parse(certificate.validFrom) }]
  })
  dated.sort((a, b) => a.from - b.from)
  for (const { path } of dated.slice(0, files.length - REJECTED_MAX)) rmSync(path, { force: true })
}
