/**
 * A strategy on disk: finds its folder, reads its files, compiles them.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { Artifact } from '../contracts/artifact.ts'
import type { StrategyFile } from '../controller/core/strategy/compile.ts'
import type { ConfigFault } from '../controller/core/strategy/fault.ts'
import { LOCK_FILE } from '../controller/core/strategy/lock.ts'
import type { StrategyModel } from '../controller/core/strategy/model.ts'

const STRATEGIES = resolve(import.meta.dirname, '../strategies')
const PROFILES = resolve(import.meta.dirname, '../field-io/profiles')

export interface LoadedStrategy {
  /** Absolute path of the folder. */
  readonly folder: string
  /** The YAML files below it, tables of loops and strategy.lock, paths relative with forward slashes, sorted. */
  readonly files: readonly StrategyFile[]
}

export type Loaded = LoadedStrategy | { readonly faults: readonly ConfigFault[] }

export type Built =
  | {
      readonly artifact: Artifact
      readonly lock: string
      readonly warnings: readonly ConfigFault[]
      readonly model: () => StrategyModel
      readonly folder: string
    }
  | { readonly faults: readonly ConfigFault[] }

/** @param nameOrPath - a folder, or the name of one under strategies/; a folder of that name here comes first */
export function loadStrategy(nameOrPath: string): Loaded {
  const folder = [resolve(nameOrPath), join(STRATEGIES, nameOrPath)].find(isFolder)
  if (folder === undefined) {
    const found = `no folder '${nameOrPath}'`
    const names = readdirSync(STRATEGIES).filter((name) => isFolder(join(STRATEGIES, name)))
    return {
      faults: [fileFault('CFG_NO_STRATEGY', nameOrPath, found, `a folder or one of ${names.sort().join(', ')}`)],
    }
  }
  const files: StrategyFile[] = []
  const faults: ConfigFault[] = []
  for (const path of strategyPaths(folder, faults)) {
    try {
      files.push({ path, text: readText(join(folder, path)) })
    } catch (cause) {
      faults.push(fileFault('CFG_UNREADABLE_FILE', path, reason(cause), 'a readable UTF-8 text'))
    }
  }
  return faults.length > 0 ? { faults } : { folder, files }
}

/**
 * A strategy as it was at a revision of git: `main:strategies/tennessee-eastman`, or `HEAD~3:tennessee-eastman` by its name. Where a
 * folder of that name is there, that is meant.
 */
export function loadRevision(text: string): Loaded {
  const colon = text.indexOf(':')
  if (colon <= 0 || isFolder(resolve(text))) return loadStrategy(text)
  const [revision, name] = [text.slice(0, colon), text.slice(colon + 1)]
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024 })
  try {
    for (const folder of [name, `strategies/${name}`]) {
      const base = folder.replace(/\/+$/, '')
      const paths = git('ls-tree', '-r', '-z', '--name-only', revision, '--', `${base}/`).split('\0').filter(Boolean)
      // From inside a folder of the repository git answers relative to it, and `show` is asked the same way.
      const own = paths.map((path) => ({ path: path.slice(base.length + 1), whole: path }))
      const wanted = own.filter(
        ({ path }) => isOfStrategy(path) && !path.split('/').some((part) => part.startsWith('.')),
      )
      if (wanted.length === 0) continue
      return {
        folder: text,
        files: wanted.map(({ path, whole }) => ({ path, text: git('show', `${revision}:./${whole}`) })),
      }
    }
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? (cause as Error).message).split('\n')[0]!
    return { faults: [fileFault('CFG_NO_STRATEGY', text, said, 'a revision and a folder, as main:strategies/NAME')] }
  }
  return {
    faults: [fileFault('CFG_NO_STRATEGY', text, `no '${name}' at ${revision}`, 'a folder with a strategy.yaml')],
  }
}

/** Whether a file below the folder belongs to the strategy: YAML, a table of loops, the lock. */
const isOfStrategy = (path: string): boolean =>
  /\.ya?ml$/.test(path) || /^loops\/.*\.csv$/.test(path) || path === LOCK_FILE

/** The artifact of a strategy, or all faults of its files. The libraries of the compiler are loaded here, not before. */
export async function buildStrategy(nameOrPath: string): Promise<Built> {
  return buildLoaded(loadStrategy(nameOrPath))
}

export async function buildLoaded(loaded: Loaded): Promise<Built> {
  if ('faults' in loaded) return loaded
  const { compile } = await import('../controller/core/strategy/compile.ts')
  const { BLOCK_TYPES } = await import('../controller/core/blocks/index.ts')
  // The expression library costs half a second: only for a strategy that has one.
  const needed = loaded.files.some((file) => /\b(expr|SFC)\b/.test(file.text))
  const expression = needed ? (await import('../controller/core/strategy/expression.ts')).compileExpression : undefined
  const profiles = loaded.files.some((file) => /\bprofile:/.test(file.text)) ? shippedProfiles() : []
  const result = compile(loaded.files, {
    types: BLOCK_TYPES,
    profiles,
    hash: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    ...(expression === undefined ? {} : { expression }),
  })
  return 'faults' in result ? result : { ...result, folder: loaded.folder }
}

/** The device profiles that come along with field-io; their paths are those of the repository. */
export function shippedProfiles(): StrategyFile[] {
  return readdirSync(PROFILES)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ path: `field-io/profiles/${name}`, text: readText(join(PROFILES, name)) }))
}

/** The folder of a strategy as a path from here, with forward slashes: what a forge needs to find a file. */
export function sourceRoot(nameOrPath: string): string {
  const folder = [resolve(nameOrPath), join(STRATEGIES, nameOrPath)].find(isFolder) ?? resolve(nameOrPath)
  return relative(process.cwd(), folder).split(sep).join('/')
}

/** What cannot be looked at (a link to itself) is no folder: reading it as a file says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Paths of all files that a strategy is made of; hidden folders are none of ours. */
function strategyPaths(folder: string, faults: ConfigFault[]): string[] {
  const paths: string[] = []
  const walk = (below: string): void => {
    const here = join(folder, below)
    let names: string[]
    try {
      names = readdirSync(here)
    } catch (cause) {
      faults.push(fileFault('CFG_UNREADABLE_FILE', below, reason(cause), 'a readable folder'))
      return
    }
    for (const name of names) {
      const path = join(below, name)
      if (name.startsWith('.')) continue
      if (isFolder(join(folder, path))) walk(path)
      else if (isOfStrategy(path.split(sep).join('/'))) paths.push(path.split(sep).join('/'))
    }
  }
  walk('')
  return paths.sort()
}

/** @throws where the bytes are no UTF-8: a replaced character in a tag would be a fault nobody finds. */
function readText(path: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
}

function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'bytes that are no UTF-8'
  return cause instanceof Error ? cause.message : String(cause)
}

function fileFault(code: ConfigFault['code'], file: string, found: string, expected: string): ConfigFault {
  return { code, file, line: 0, column: 0, found, expected, suggestion: '' }
}
