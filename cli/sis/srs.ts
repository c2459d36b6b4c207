/** `flyball sis srs`: the safety requirements specification, written from what is signed. */
import { existsSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { checkPaper } from '../../safety/proof/check.ts'
import { srsText } from '../../safety/proof/srs.ts'
import { FAULTY } from '../commands/check.ts'
import { holdAgainst } from './check.ts'
import { loadConfig, reportFileFaults } from './load-config.ts'

export interface PaperFlags {
  readonly sil?: string
  readonly requirements?: string
}

export function registerSrs(sis: Command): void {
  sis
    .command('srs')
    .description('write the safety requirements specification of a configuration')
    .argument('<config>', 'safety configuration, or its name under safety/config')
    .option('--sil <file>', 'SIL calculation; safety/sil/examples/NAME.sil.yaml where it is there')
    .option('--requirements <file>', 'requirement texts; NAME.requirements.yaml where it is there')
    .option('--write <file>', 'write it there')
    .action((file: string, flags: PaperFlags & { readonly write?: string }) => {
      const text = srsOf(file, flags)
      if (text === undefined) process.exitCode = FAULTY
      else if (flags.write === undefined) process.stdout.write(text)
      else writeFileSync(flags.write, text)
    })
}

/** Undefined after saying what is wrong. */
export function srsOf(file: string, flags: PaperFlags): string | undefined {
  const loaded = loadConfig(file)
  if ('faults' in loaded) {
    reportFileFaults(loaded.faults)
    return undefined
  }
  const against = holdAgainst(loaded, withExampleSil(loaded.config.id, flags))
  if (against === undefined) return undefined
  return srsText({ config: loaded.config, hash: loaded.hash, ...against, findings: checkPaper(loaded.config, against) })
}

/** The calculation that comes along with a configuration of this name, where none was named. */
export function withExampleSil<T extends { readonly sil?: string }>(id: string, flags: T): T {
  const example = `safety/sil/examples/${id}.sil.yaml`
  return flags.sil === undefined && existsSync(example) ? { ...flags, sil: example } : flags
}
