import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const FLYBALL = resolve(import.meta.dirname, '../flyball.mjs')
/** O=Vendor, CN=Pump ../station, made with openssl; valid until 2126-10-30. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBwjCCAWigAwIBAgIUU10rIvd8zdO2GKjf/XDnzemYQK8wCgYIKoZIzj0EAwIwKzEPMA0GA1UECgwGVmVuZG9yMRgwFgYDVQQDDA9QdW1wIC4uL3N0YXRpb24wIBcNMjYxMTIzMDAzMzI2WhgPMjEyNjEwMzAwMDMzMjZaMCsxDzANBgNVBAoMBlZlbmRvcjEYMBYGA1UEAwwPUHVtcCAuLi9zdGF0aW9uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4AY44QRZaPH4cxTLkUi0xRbi4L10DAf78JPgkpAbJh1y18vCz0C164crBmI7oGwdrIVHgAU7KQKt3XM7y8x+b6NoMGYwHQYDVR0OBBYEFI8KZiG3Qb14+uoX43AbzVQybqZiMB8GA1UdIwQYMBaAFI8KZiG3Qb14+uoX43AbzVQybqZiMA8GA1UdEwEB/wQFMAMBAf8wEwYDVR0RBAwwCoYIdXJuOnB1bXAwCgYIKoZIzj0EAwIDSAAwRQIhAL2F6+o1Wq2QNGDBV77TlnLj2BLUZL0AgoYJvrFA3mpMAiBz6SaVmZ3pSWYQ8C82TePpCH3OVyx/15TBJRszzbB3GA==
-----END CERTIFICATE-----
`

test('[CLI-OPCUA-1] trust, list, reject: from a file, by the begin of the thumbprint, with words for what is not there', () => {
  const data = mkdtempSync(join(tmpdir(), 'flyball-cli-opcua-'))
  const run = (...words: string[]): { out: string; code: number } => {
    try {
      const out = execFileSync(process.execPath, [FLYBALL, 'opcua', ...words, '--data', data], { stdio: 'pipe' })
      return { out: out.toString(), code: 0 }
    } catch (cause) {
      const { status, stderr } = cause as { status: number; stderr: Buffer }
      return { out: stderr.toString(), code: status }
    }
  }
  try {
    expect(run('list').out).toContain('No certificates')
    expect(run('trust', 'abc')).toMatchObject({ code: 2, out: expect.stringContaining("begins with 'abc'") as string })
    writeFileSync(join(data, 'pump.pem'), PEM)
    expect(run('trust', join(data, 'pump.pem')).out).toContain('6fb1551ac31e16a7a92dd324a371b5eb76a39f2f')
    expect(run('list').out).toMatch(
      /^trusted {3}6fb1551a.* until 2126-10-30 {2}O=Vendor, CN=Pump ..\/station {2}urn:pump\n$/,
    )
    expect(run('reject', '6fb155').code).toBe(0)
    expect(run('list').out).toMatch(/^rejected/)
    expect(run('trust', '6fb155').code).toBe(0)
    expect(run('remove', '6fb155').code).toBe(2)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}, 30_000)
