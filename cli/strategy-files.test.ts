// The strategies of the house: without faults, and the same artifact however the file system lists them.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../controller/core/blocks/index.ts'
import { createController } from '../controller/core/controller.ts'
import { canonicalJson } from '../controller/core/strategy/canonical-json.ts'
import { compile } from '../controller/core/strategy/compile.ts'
import { compileExpression } from '../controller/core/strategy/expression.ts'
import { faultText } from '../controller/core/strategy/fault.ts'
import { buildStrategy, loadStrategy } from './strategy-files.ts'

const STRATEGIES = resolve(import.meta.dirname, '../strategies')
const NAMES = readdirSync(STRATEGIES).filter((name) => existsSync(join(STRATEGIES, name, 'strategy.yaml')))

test.each(NAMES)('%s has no faults, and its hash is that of its content', async (name) => {
  const built = await buildStrategy(name)
  expect('faults' in built ? built.faults.map(faultText) : []).toEqual([])
  if ('faults' in built) return
  const { hash, ...content } = built.artifact
  expect(hash).toBe(createHash('sha256').update(canonicalJson(content)).digest('hex'))
  // What was written to a file and read back is what the programs load.
  expect(() => createController(JSON.parse(canonicalJson(built.artifact)))).not.toThrow()
})

test.each(NAMES)('%s is the same artifact when its files come in another order', async (name) => {
  const [built, loaded] = [await buildStrategy(name), loadStrategy(name)]
  expect('files' in loaded && 'artifact' in built).toBe(true)
  if (!('files' in loaded) || !('artifact' in built)) return
  const result = compile([...loaded.files].reverse(), {
    types: BLOCK_TYPES,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    expression: compileExpression,
  })
  expect('artifact' in result && result.artifact).toEqual(built.artifact)
  expect('lock' in result && result.lock).toBe(built.lock)
})
