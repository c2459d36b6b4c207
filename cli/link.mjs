/**
 * Part of `npm ci`: puts the project's own command where npx finds it at once. Otherwise npx installs the project into its cache first, which takes
 * seconds and complains about the Node that npm itself runs on.
 */
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../node_modules/.bin')
// Windows wants wrappers of npm's own making: there npx goes its long way.
if (process.platform !== 'win32' && existsSync(bin)) {
  rmSync(resolve(bin, 'flyball'), { force: true })
  symlinkSync('../../cli/flyball.mjs', resolve(bin, 'flyball'))
  chmodSync(resolve(import.meta.dirname, 'flyball.mjs'), 0o755)
}
