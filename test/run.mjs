/**
 * The gate: `npm test`. Brings what the tests need (from Debian, when it may), then types, lint and all tests.
 * Ends non-zero on any failure; its last line is the runner's count. Arguments go to vitest: `npm test -- --project unit`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/** What the tests talk to, and the Debian package that brings it. */
const NEEDED = [
  { file: '/usr/bin/chromium', packages: ['chromium', 'fonts-dejavu-core'] },
  { file: '/usr/bin/mbpoll', packages: ['mbpoll'] },
  { file: '/usr/include/modbus/modbus.h', packages: ['libmodbus-dev'] },
  { file: '/usr/bin/socat', packages: ['socat'] },
  { file: '/usr/lib/python3/dist-packages/pymodbus', packages: ['python3-pymodbus', 'python3-serial-asyncio'] },
  { file: '/usr/bin/cc', packages: ['gcc', 'libc6-dev'] },
]

const ENV = { ...process.env, PATH: `${ROOT}/node_modules/.bin${delimiter}${process.env.PATH}` }

const run = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...ENV, ...options.env } }).status

const missing = NEEDED.filter(({ file }) => !existsSync(file)).flatMap(({ packages }) => packages)
if (missing.length > 0) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`npm test needs ${missing.join(', ')}. On Debian: sudo apt-get install ${missing.join(' ')}\n`)
    process.exit(2)
  }
  const apt = { env: { DEBIAN_FRONTEND: 'noninteractive' } }
  run('apt-get', ['update', '-qq'], apt)
  if (run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], apt) !== 0) {
    process.stderr.write(
      `npm test: could not install ${missing.join(', ')}; its tests would fail, so nothing was run.\n`,
    )
    process.exit(2)
  }
}

const only = process.argv.slice(2)
if (only.length === 0) {
  // One on each core.
  const checks = [
    ['tsc', '-b'],
    ['biome', 'check', '.'],
  ].map(
    ([command, ...args]) =>
      new Promise((done) => spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: ENV }).on('exit', done)),
  )
  if ((await Promise.all(checks)).some((code) => code !== 0)) process.exit(1)
}
process.exit(run('vitest', ['run', ...only]) ?? 1)
