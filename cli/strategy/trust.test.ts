// An artifact that is not what was built, or not signed by whom a run trusts, is refused by every program that loads one.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { startController } from '../../controller/edge/program.ts'
import { prepare } from '../../field-io/edge/config.ts'
import { readArtifact } from '../../gateway/edge/artifact-file.ts'
import { ArtifactFault, checkArtifact, contentHash } from '../../protocols/edge/artifact-check.ts'
import { buildStrategy } from '../strategy-files.ts'
import { newKeys, signArtifact } from './signature.ts'

const FLYBALL = resolve(import.meta.dirname, '../flyball.mjs')
const folder = mkdtempSync(join(tmpdir(), 'flyball-trust-'))
const at = (name: string): string => join(folder, name)
let artifact: Artifact
const mine = newKeys()
const other = newKeys()

beforeAll(async () => {
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error('bench-loop does not build')
  artifact = built.artifact
  writeFileSync(at('mine.pub'), mine.publicKey)
  writeFileSync(at('mine.key'), mine.privateKey)
  writeFileSync(at('none.pub'), 'no key')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An artifact in a file of its own, signed or not. */
function fileOf(name: string, content: Artifact, signature?: unknown): string {
  const path = at(name)
  writeFileSync(path, JSON.stringify(content))
  if (signature !== undefined) writeFileSync(`${path}.sig`, JSON.stringify(signature))
  return path
}
/** As if one number had been changed by hand: and then by one who mends the hash as well. */
const changed = (): Artifact => ({ ...artifact, title: 'Another' })
const mended = (): Artifact => ({ ...changed(), hash: contentHash(changed()) })

interface Case {
  readonly what: string
  readonly path: () => string
  readonly trust?: string
  readonly code: string
  readonly words: RegExp
}
const CASES: readonly Case[] = [
  {
    what: 'a byte changed after the build',
    path: () => fileOf('changed.fly', changed()),
    code: 'CFG_ARTIFACT_HASH',
    words: /changed\.fly: its content has the hash [0-9a-f]{12}, not [0-9a-f]{12}; .*build it again/,
  },
  {
    what: 'a byte changed, with the signature of before and a trusted key',
    path: () => fileOf('changed2.fly', changed(), signArtifact(artifact, mine.privateKey)),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_HASH',
    words: /changed2\.fly/,
  },
  {
    what: 'no hash at all',
    path: () => fileOf('nohash.fly', { ...artifact, hash: undefined } as unknown as Artifact),
    code: 'CFG_ARTIFACT_HASH',
    words: /not undefined/,
  },
  {
    what: 'unsigned',
    path: () => fileOf('unsigned.fly', artifact),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_UNSIGNED',
    words: /unsigned\.fly: not signed by the trusted key [0-9a-f]{16}: .*ENOENT.*unsigned\.fly\.sig: flyball build/,
  },
  {
    what: 'a signature that is none',
    path: () => fileOf('torn.fly', artifact, 'half of it'),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_UNSIGNED',
    words: /torn\.fly/,
  },
  {
    what: 'signed by another key',
    path: () => fileOf('other.fly', artifact, signArtifact(artifact, other.privateKey)),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_SIGNATURE',
    words: /other\.fly: it was signed with the key [0-9a-f]{16}, not with [0-9a-f]{16}; sign it with the key/,
  },
  {
    what: 'signed by another key under the name of the trusted one',
    path: () => {
      const { key } = signArtifact(artifact, mine.privateKey)
      return fileOf('forged.fly', artifact, { ...signArtifact(artifact, other.privateKey), key })
    },
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_SIGNATURE',
    words: /the signature is not of this content/,
  },
  {
    what: 'changed with its hash, and the signature of before',
    path: () => fileOf('mended.fly', mended(), signArtifact(artifact, mine.privateKey)),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_SIGNATURE',
    words: /the signature is of [0-9a-f]{12}, not of [0-9a-f]{12}/,
  },
  {
    what: 'changed with its hash, and the signature made to name it',
    path: () =>
      fileOf('mended2.fly', mended(), { ...signArtifact(artifact, mine.privateKey), artifact: mended().hash }),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_SIGNATURE',
    words: /the signature is not of this content/,
  },
  {
    what: 'a signature by an algorithm that is none',
    path: () => fileOf('none.fly', artifact, { ...signArtifact(artifact, mine.privateKey), algorithm: 'none' }),
    trust: 'mine.pub',
    code: 'CFG_ARTIFACT_SIGNATURE',
    words: /none\.fly/,
  },
  {
    what: 'a trusted key that is none',
    path: () => fileOf('good.fly', artifact, signArtifact(artifact, mine.privateKey)),
    trust: 'none.pub',
    code: 'CFG_TRUST_KEY',
    words: /none\.pub: no public key: .*NAME\.pub/,
  },
  {
    what: 'a trusted key that is not there',
    path: () => fileOf('good.fly', artifact, signArtifact(artifact, mine.privateKey)),
    trust: 'gone.pub',
    code: 'CFG_TRUST_KEY',
    words: /gone\.pub/,
  },
]

const faultOf = (run: () => unknown): unknown => {
  try {
    run()
    return undefined
  } catch (cause) {
    return cause
  }
}

test.each(CASES)('[SIGN-1] refused: $what', async ({ path, trust, code, words }) => {
  const file = path()
  const trusted = trust === undefined ? {} : { trust_path: at(trust) }
  const shared = faultOf(() => checkArtifact(JSON.parse(readFileSync(file, 'utf8')), file, trusted.trust_path))
  expect(shared).toBeInstanceOf(ArtifactFault)
  expect(shared).toMatchObject({ code, message: expect.stringMatching(words) })
  // Port 9 of this machine: nothing may be asked of it, because nothing may run.
  const control = { artifact_path: file, index: 0, field_io: '127.0.0.1:9', ...trusted } as const
  await expect(startController(control)).rejects.toMatchObject({ code })
  const io = { artifact_path: file, endpoints: { 'plant:RIO-1': '127.0.0.1:9' }, link_port: 0, data_dir: folder }
  expect(faultOf(() => prepare({ ...io, ...trusted }))).toMatchObject({ code })
  const gateway = faultOf(() => readArtifact(file, trusted.trust_path))
  expect(gateway).toMatchObject({ code: 'GW_ARTIFACT', message: expect.stringContaining(code) })
})

test('[SIGN-2] what was built runs, and with a trusted key what that key has signed', async () => {
  const unsigned = fileOf('plain.fly', artifact)
  const signed = fileOf('signed.fly', artifact, signArtifact(artifact, mine.privateKey))
  for (const [path, trust] of [
    [unsigned, undefined],
    [signed, undefined],
    [signed, at('mine.pub')],
  ] as const) {
    const trusted = trust === undefined ? {} : { trust_path: trust }
    expect(faultOf(() => readArtifact(path, trust))).toBeUndefined()
    const io = { artifact_path: path, endpoints: { 'plant:RIO-1': '127.0.0.1:9' }, link_port: 0, data_dir: folder }
    expect(prepare({ ...io, ...trusted }).artifact.hash).toBe(artifact.hash)
    const running = await startController({ artifact_path: path, index: 1, field_io: '127.0.0.1:9', ...trusted })
    await running.close()
  }
})

test('[SIGN-3] the order of keys and the white space of the file are no part of what is signed', () => {
  const turned = Object.fromEntries(Object.entries(artifact).toReversed()) as unknown as Artifact
  const path = fileOf('turned.fly', turned, signArtifact(artifact, mine.privateKey))
  writeFileSync(path, JSON.stringify(turned, null, 4))
  expect(faultOf(() => checkArtifact(JSON.parse(readFileSync(path, 'utf8')), path, at('mine.pub')))).toBeUndefined()
})

const flyball = (...args: string[]) => spawnSync(process.execPath, [FLYBALL, ...args], { encoding: 'utf8' })

test('[SIGN-4] flyball run --trust too, and what it trusts runs', async () => {
  const te = at('te.fly')
  const built = flyball('build', 'tennessee-eastman', '--start', 'mode1', '--sign', at('mine.key'), '-o', te)
  expect(built).toMatchObject({ status: 0 })
  const run = (...args: string[]) => flyball('run', 'tennessee-eastman', '--hours', '0.01', '--json', ...args)
  const trusted = run('--artifact', te, '--trust', at('mine.pub'))
  expect(trusted).toMatchObject({ status: 0 })
  // The same as the strategy built anew: what was signed is what runs.
  const { times_real_time: _, ...figures } = JSON.parse(trusted.stdout)
  expect(figures).toMatchObject({ strategy: 'Tennessee Eastman', trip: null })
  const { times_real_time: __, ...anew } = JSON.parse(run().stdout)
  expect(figures).toEqual(anew)
  expect(run('--trust', at('mine.pub'))).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^--trust: found no --artifact/),
  })
  const { title, ...rest } = JSON.parse(readFileSync(te, 'utf8')) as Artifact
  writeFileSync(te, JSON.stringify({ ...rest, title: `${title}!` }))
  expect(run('--artifact', te)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^CFG_ARTIFACT_HASH: .*te\.fly/),
  })
}, 60_000)

test('[SIGN-4] flyball start --trust runs nothing that the key has not signed: exit code 2 and one line that says why', () => {
  const bare = flyball('start', '--data', at('data'), '--trust', at('mine.pub'))
  expect(bare).toMatchObject({ status: 2, stderr: expect.stringMatching(/^--trust: found no --artifact/) })
  const path = fileOf('by-other.fly', artifact, signArtifact(artifact, other.privateKey))
  const signed = flyball('start', '--data', at('data'), '--artifact', path, '--trust', at('mine.pub'))
  expect(signed).toMatchObject({ status: 2, stderr: expect.stringMatching(/^CFG_ARTIFACT_SIGNATURE: .*by-other\.fly/) })
  const torn = flyball('start', '--data', at('data'), '--artifact', fileOf('half.fly', changed()))
  expect(torn).toMatchObject({ status: 2, stderr: expect.stringMatching(/^CFG_ARTIFACT_HASH: .*half\.fly/) })
  const none = flyball('start', '--data', at('data'), '--artifact', at('nothing.fly'))
  expect(none).toMatchObject({ status: 2, stderr: expect.stringMatching(/^--artifact: .*nothing\.fly/) })
})
