/** Certificates made with openssl: a vendor's own, an authority's, and one that the authority signed. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { addCertificate, findCertificates, judge, listCertificates, moveCertificate } from './opcua-trust-store.ts'

const pem = (base64: string): Buffer =>
  Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`)
const der = (data: Buffer): Buffer => Buffer.from(new X509Certificate(data).raw)

/** O=Vendor, CN=Pump ../station, URI:urn:pump; 2026-11-23 to 2126-10-30. */
const VENDOR = pem(
  'MIIBwjCCAWigAwIBAgIUU10rIvd8zdO2GKjf/XDnzemYQK8wCgYIKoZIzj0EAwIwKzEPMA0GA1UECgwGVmVuZG9yMRgwFgYDVQQDDA9QdW1wIC4uL3N0YXRpb24wIBcNMjYxMTIzMDAzMzI2WhgPMjEyNjEwMzAwMDMzMjZaMCsxDzANBgNVBAoMBlZlbmRvcjEYMBYGA1UEAwwPUHVtcCAuLi9zdGF0aW9uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4AY44QRZaPH4cxTLkUi0xRbi4L10DAf78JPgkpAbJh1y18vCz0C164crBmI7oGwdrIVHgAU7KQKt3XM7y8x+b6NoMGYwHQYDVR0OBBYEFI8KZiG3Qb14+uoX43AbzVQybqZiMB8GA1UdIwQYMBaAFI8KZiG3Qb14+uoX43AbzVQybqZiMA8GA1UdEwEB/wQFMAMBAf8wEwYDVR0RBAwwCoYIdXJuOnB1bXAwCgYIKoZIzj0EAwIDSAAwRQIhAL2F6+o1Wq2QNGDBV77TlnLj2BLUZL0AgoYJvrFA3mpMAiBz6SaVmZ3pSWYQ8C82TePpCH3OVyx/15TBJRszzbB3GA==',
)
const VENDOR_THUMBPRINT = '6fb1551ac31e16a7a92dd324a371b5eb76a39f2f'
const AUTHORITY = pem(
  'MIIBijCCATGgAwIBAgIUIFrbW/VToRMYEzDZrtMRFof+qTwwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPUGxhbnQgYXV0aG9yaXR5MCAXDTI2MTEyMzAwMzMyN1oYDzIxMjYxMDMwMDAzMzI3WjAaMRgwFgYDVQQDDA9QbGFudCBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT08yUN5hFA2mL7nesgS4f+2B58S+xWAAUEcuF3fxdeCNnjoym9xhfikkIWR5mHz30HFlQwNzEr5ypGCk8cW/j/o1MwUTAdBgNVHQ4EFgQUb+ZixHpbrjQX8TGOZzio509Fi2EwHwYDVR0jBBgwFoAUb+ZixHpbrjQX8TGOZzio509Fi2EwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBt0gjMmL9W2ARHulH4s/4FqlZUqLOF5LEadVDbY+3VaQIgUYkYdE8+Pedh/Z1tlvkY/UsAfoCqn5+JRJFF72dMNMk=',
)
const SIGNED = pem(
  'MIIBLTCB1QIUDVIbOPOe6AyeKtMb5Q39laH2lfAwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPUGxhbnQgYXV0aG9yaXR5MCAXDTI2MTEyMzAwMzMyN1oYDzIxMjUwNjE3MDAzMzI3WjAYMRYwFAYDVQQDDA1TaWduZWQgc2VydmVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEODP0EMts7vtY39Soh65vBAkdj8v1s3iFjSTd6L6oncQXt968zTZUn/HYWoxhpYa5T60Ahn/YqUe2dLWzyJDc4TAKBggqhkjOPQQDAgNHADBEAiA724L0w2J56OLhkQPvhUEBhYNAHmh+6O6eebAWZwl89gIgObTDkrybKLJyLXFGwOAw6l8f6v6umJANAKAeeQWkVDQ=',
)
const NOW = new Date('2030-01-01T00:00:00Z')

const folders: string[] = []
const pki = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'flyball-pki-'))
  folders.push(path)
  return path
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
})

test('[FIO-OPCUA-20] an unknown server lands with the rejected once, and counts after it is moved to the trusted', () => {
  const dir = pki()
  expect(judge(dir, der(VENDOR), NOW).verdict).toBe('untrusted')
  expect(judge(dir, der(VENDOR), NOW).verdict).toBe('untrusted')
  const [rejected, ...more] = listCertificates(dir)
  expect(more).toEqual([])
  expect(rejected).toMatchObject({ place: 'rejected', thumbprint: VENDOR_THUMBPRINT, application_uri: 'urn:pump' })
  expect(rejected!.valid_to.toISOString()).toBe('2126-10-30T00:33:26.000Z')
  const found = findCertificates(dir, 'rejected', '6F:B1:55')
  expect(found).toHaveLength(1)
  moveCertificate(dir, found[0]!, 'trusted')
  expect(judge(dir, der(VENDOR), NOW)).toEqual({ verdict: 'trusted' })
  moveCertificate(dir, findCertificates(dir, 'trusted', VENDOR_THUMBPRINT)[0]!, 'rejected')
  expect(judge(dir, der(VENDOR), NOW).verdict).toBe('untrusted')
})

test('[FIO-OPCUA-21] the name that a stranger gives itself does not lead out of the folder', () => {
  const dir = pki()
  judge(dir, der(VENDOR), NOW)
  expect(readdirSync(join(dir, 'rejected'))).toEqual([`Pump-station[${VENDOR_THUMBPRINT}].pem`])
})

test('[FIO-OPCUA-22] an authority that is trusted speaks for what it signed, and for nothing else', () => {
  const dir = pki()
  expect(judge(dir, der(SIGNED), NOW).verdict).toBe('untrusted')
  addCertificate(dir, 'trusted', AUTHORITY)
  expect(judge(dir, der(SIGNED), NOW).verdict).toBe('trusted')
  expect(judge(dir, der(VENDOR), NOW).verdict).toBe('untrusted')
  // A signed one cannot sign: trusting it opens the door to itself alone.
  const other = pki()
  addCertificate(other, 'trusted', SIGNED)
  expect(judge(other, der(AUTHORITY), NOW).verdict).toBe('untrusted')
})

test('[FIO-OPCUA-23] time decides whatever is trusted, and what is no certificate is said to be none', () => {
  const dir = pki()
  addCertificate(dir, 'trusted', VENDOR)
  expect(judge(dir, der(VENDOR), new Date('2127-01-01')).verdict).toBe('expired')
  expect(judge(dir, der(VENDOR), new Date('2026-01-01')).verdict).toBe('not-yet-valid')
  expect(judge(dir, Buffer.from('certificate'), NOW)).toEqual({ verdict: 'unreadable' })
  expect(() => addCertificate(dir, 'trusted', Buffer.from('certificate'))).toThrow()
})

test('[FIO-OPCUA-24] a foreign file in the store is left alone', () => {
  const dir = pki()
  mkdirSync(join(dir, 'trusted/certs'), { recursive: true })
  writeFileSync(join(dir, 'trusted/certs/readme.txt'), 'not a certificate')
  expect(listCertificates(dir)).toEqual([])
  expect(judge(dir, der(VENDOR), NOW).verdict).toBe('untrusted')
})
