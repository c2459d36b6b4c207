/**
 * `flyball build`: one artifact from the files of a strategy, and its strategy.lock.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { canonicalJson } from '../../controller/core/strategy/canonical-json.ts'
import { readInstruments, readStart } from '../plant-files.ts'
import { rangeWarnings } from '../range-warnings.ts'
import { withStart } from '../starts.ts'
import { signArtifact } from '../strategy/signature.ts'
import { buildStrategy } from '../strategy-files.ts'
import { FAULTY, reportFaults, summary } from './check.ts'

export function registerBuild(program: Command): void {
  program
    .command('build')
    .description('make the artifact that controllers, field I/O and gateway load')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .requiredOption('-o, --out <file>', 'where the artifact goes')
    .option('--sign <key>', 'sign it with this private key; the signature goes to FILE.sig')
    .option('--start <name>', 'begin with the values of a starting state of the plant, by its name')
    .action(
      async (strategy: string, flags: { readonly out: string; readonly start?: string; readonly sign?: string }) => {
        const built = await buildStrategy(strategy)
        if ('faults' in built) {
          reportFaults(built.faults)
          process.exitCode = FAULTY
          return
        }
        if (built.warnings.length > 0) reportFaults(built.warnings)
        // A start is one of the plant, so its files are judged too, before anything of the system runs.
        const instruments = flags.start === undefined ? undefined : readInstruments(built.folder)
        const plant = instruments !== undefined && 'ok' in instruments ? instruments.ok.plant : undefined
        const values =
          flags.start === undefined ? undefined : readStart(built.folder, flags.start, built.artifact, plant)
        const wrong = [instruments, values].flatMap((read) => (read !== undefined && 'wrong' in read ? read.wrong : []))
        if (wrong.length > 0) {
          process.stderr.write(`${wrong.join('\n')}\n${wrong.length} ${wrong.length === 1 ? 'fault' : 'faults'}\n`)
          process.exitCode = FAULTY
          return
        }
        if (instruments !== undefined && 'ok' in instruments)
          for (const line of rangeWarnings(built.folder, instruments.ok, built.artifact, built.model().modules))
            process.stderr.write(`${line}\n`)
        const artifact = values !== undefined && 'ok' in values ? withStart(built.artifact, values.ok) : built.artifact
        try {
          // Canonical, so that equal strategies make equal files.
          replaceFile(flags.out, `${canonicalJson(artifact)}\n`)
          // A signature of the artifact that stood here before must not stay beside this one.
          rmSync(`${flags.out}.sig`, { force: true })
        } catch (cause) {
          process.stderr.write(`${flags.out}: ${(cause as Error).message}\n`)
          process.exitCode = FAULTY
          return
        }
        if (flags.sign !== undefined) {
          try {
            const signature = signArtifact(artifact, readFileSync(flags.sign, 'utf8'))
            replaceFile(`${flags.out}.sig`, `${JSON.stringify(signature, null, 2)}\n`)
          } catch (cause) {
            process.stderr.write(`${flags.sign}: ${(cause as Error).message}\n`)
            process.exitCode = FAULTY
            return
          }
        }
        writeLock(join(built.folder, 'strategy.lock'), built.lock)
        process.stdout.write(`${flags.out}: ${summary(built.artifact)}\n`)
      },
    )
}

/** A reader sees the old file or the new one, never half of it. */
function replaceFile(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`
  writeFileSync(fresh, text)
  try {
    renameSync(fresh, path)
  } catch (cause) {
    rmSync(fresh, { force: true })
    throw cause
  }
}

/** Written only when it differs, so that a build of unchanged files changes nothing; a folder one may not write to has none. */
function writeLock(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return
  } catch {
    // There is none yet.
  }
  try {
    replaceFile(path, text)
  } catch (cause) {
    process.stderr.write(`${path} not written: ${(cause as Error).message}\n`)
  }
}
