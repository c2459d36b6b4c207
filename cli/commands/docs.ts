/**
 * `flyball docs`: loop sheets of a strategy, and the reference pages that are made from the engine's declarations.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { blocksPage } from '../strategy/blocks-page.ts'
import { layoutText } from '../strategy/diagram-layout.ts'
import { schemaText } from '../strategy/schema.ts'
import { type NamedTest, type Page, sheets } from '../strategy/sheets.ts'
import { buildStrategy } from '../strategy-files.ts'
import { FAULTY, reportFaults } from './check.ts'

interface Flags {
  readonly out?: string
  readonly reference?: string
}

export function registerDocs(program: Command): void {
  program
    .command('docs')
    .description('write a loop sheet (HTML) for every module of a strategy')
    .argument('[strategy]', 'a folder, or a name under strategies/')
    .option('-o, --out <dir>', 'where the sheets go')
    .option('--reference <dir>', 'write blocks.md and strategy.schema.json there')
    .action(async (strategy: string | undefined, flags: Flags) => {
      try {
        if (flags.reference !== undefined) await writeReference(flags.reference)
        else if (strategy === undefined || flags.out === undefined)
          throw new Error('expected a strategy and --out, or --reference')
        else await writeSheets(strategy, flags.out)
      } catch (cause) {
        process.stderr.write(`${(cause as Error).message}\n`)
        process.exitCode = FAULTY
      }
    })
}

async function writeReference(folder: string): Promise<void> {
  const { BLOCK_TYPES } = await import('../../controller/core/blocks/index.ts')
  writePages(folder, [
    { path: 'blocks.md', text: blocksPage(BLOCK_TYPES) },
    { path: 'strategy.schema.json', text: schemaText(BLOCK_TYPES) },
  ])
}

async function writeSheets(strategy: string, out: string): Promise<void> {
  const built = await buildStrategy(strategy)
  if ('faults' in built) {
    reportFaults(built.faults)
    process.exitCode = FAULTY
    return
  }
  const tests = testsIn(built.folder)
  const model = built.model()
  const pages = sheets(model, built.artifact.hash, (tag) =>
    tests.filter((t) => t.text.includes(tag)).map(({ file, name }) => ({ file, name })),
  )
  writePages(out, [...pages, { path: 'layout.json', text: layoutText(model.modules) }])
  process.stdout.write(`${out}: ${pages.length} pages and layout.json\n`)
}

function writePages(folder: string, pages: readonly Page[]): void {
  mkdirSync(resolve(folder), { recursive: true })
  for (const { path, text } of pages) writeFileSync(join(folder, path), text)
}

/** Every named test of the strategy's own test files, with its text. A file that cannot be read has no tests here. */
function testsIn(folder: string): (NamedTest & { text: string })[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.yaml'))
  return files.sort().flatMap((path) => {
    const file = path.replaceAll('\\', '/')
    try {
      const text = readFileSync(join(folder, path), 'utf8')
      const tests = (parse(text) as { tests?: unknown } | null)?.tests
      const list = Array.isArray(tests) ? (tests as { name?: unknown }[]) : []
      // The plant of a file belongs to each of its tests.
      return list.map((test) => ({ file, name: String(test?.name ?? ''), text }))
    } catch {
      return []
    }
  })
}
