// Whatever a person may have typed: the reader says what is wrong with the file, or the check says what is wrong with the configuration.
// Neither falls over, and what the solver's loader refuses is never without an error.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig } from '../core/check-config.ts'
import { chance as chanceOf } from '../core/testing/chance.ts'
import { checkPaper } from './check.ts'
import { locate } from './json-source.ts'
import { readConfig } from './read-config.ts'
import { srsText } from './srs.ts'

const FOLDER = join(import.meta.dirname, '../config')

type Node = Record<string, unknown> | unknown[]

/** Every list and mapping of the document. */
function nodes(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return []
  return [value as Node, ...Object.values(value).flatMap(nodes)]
}

test.each(['tennessee-eastman', 'boiler'])(
  '[SC-0] %s, spoiled at random in one to six places',
  (name) => {
    const text = readFileSync(join(FOLDER, `${name}.json`), 'utf8')
    const words = [...new Set([...text.matchAll(/"([^"]{1,20})"/g)].map((m) => m[1]!))]
    let [unread, refused, found, clean] = [0, 0, 0, 0]
    for (let seed = 1; seed <= 80; seed++) {
      const chance = chanceOf(Math.imul(seed, 0x9e3779b1))
      const config: unknown = JSON.parse(text)
      const count = 1 + chance.below(6)
      for (let i = 0; i < count; i++) {
        const all = nodes(config)
        const node = all[chance.below(all.length)]!
        const keys = Object.keys(node)
        if (keys.length === 0) continue
        const key = keys[chance.below(keys.length)]!
        const old = (node as Record<string, unknown>)[key]
        const kind = chance.below(5)
        if (kind === 0 && Array.isArray(node)) node.splice(Number(key), 1)
        else if (kind === 1 && Array.isArray(node)) node.push(structuredClone(old))
        else if (typeof old === 'number')
          (node as Record<string, unknown>)[key] = [0, -1, 1, old * 2, old / 3, 1e9, 65_535][chance.below(7)]
        else if (typeof old === 'string') (node as Record<string, unknown>)[key] = words[chance.below(words.length)]
        else if (kind === 2) delete (node as Record<string, unknown>)[key]
      }
      const read = readConfig('a.json', JSON.stringify(config, null, 2))
      if ('faults' in read) {
        expect(Math.min(...read.faults.map((f) => f.at.line))).toBeGreaterThan(0)
        unread++
        continue
      }
      const findings = checkPaper(read.config)
      expect(Math.min(1e6, ...findings.map((f) => locate(read.tree, f.place).line))).toBeGreaterThan(0)
      const loads = checkConfig(read.config).every((f) => f.severity === 'warning')
      if (!loads) expect([seed, findings.some((f) => f.severity === 'error')]).toEqual([seed, true])
      // The paper is written of faulty ones too: that is when it is read most.
      expect(srsText({ config: read.config, hash: '', findings })).toContain('## Open points')
      if (!loads) refused++
      else if (findings.some((f) => f.severity !== 'note')) found++
      else clean++
    }
    // Every way out was taken.
    expect(Math.min(unread, refused, found + clean)).toBeGreaterThan(2)
  },
  30_000,
)
