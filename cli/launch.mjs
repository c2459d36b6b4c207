/**
 * Starts a program under the pinned Node with the compile cache: node cli/launch.mjs <main.ts> [arguments].
 * Plain JavaScript, because it must run far enough under any Node to say which one is needed.
 */
import module from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `flyball: needs Node 24, this is ${process.version}. Run it through npm (npm start, npx flyball), which brings its own.\n`,
  )
  process.exit(2)
}
module.enableCompileCache?.(resolve(import.meta.dirname, '../.flyball/compile-cache'))
const main = process.argv[2]
process.argv.splice(1, 2, main)
await import(pathToFileURL(resolve(main)).href)
