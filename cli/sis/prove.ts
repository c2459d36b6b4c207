/** `flyball sis prove`: every state that each safety function can reach, and the invariants over each scan. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { checkConfig } from '../../safety/core/check-config.ts'
import { type Part, type Proof, prove } from '../../safety/proof/prove.ts'
import { RULES } from '../../safety/proof/prove-judge.ts'
import { FAULTY } from '../commands/check.ts'
import { type LoadedConfig, loadConfig, reportFileFaults } from './load-config.ts'

const VIOLATED = 1

interface ProveFlags {
  readonly sif?: string
  readonly json?: true
  readonly out?: string
}

export function registerProve(sis: Command): void {
  sis
    .command('prove')
    .description('explore every reachable state of each safety function and check the twelve invariants over each scan')
    .argument('<config>', 'safety configuration, or its name under safety/config')
    .option('--sif <id>', 'this function only')
    .option('--json', 'every figure as JSON')
    .option('--out <file>', 'write the figures there as JSON')
    .action((file: string, flags: ProveFlags) => {
      const loaded = loadConfig(file)
      if ('faults' in loaded) {
        reportFileFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      const { config } = loaded
      const faults = checkConfig(config).filter((fault) => fault.severity === 'error')
      for (const fault of faults) process.stderr.write(`${file}: ${fault.code} ${fault.path}: ${fault.message}\n`)
      const unknown = flags.sif !== undefined && !config.sifs.some((s) => s.id === flags.sif)
      if (unknown) process.stderr.write(`${file}: no safety function '${flags.sif}'; found ${sifNames(loaded)}\n`)
      if (faults.length > 0 || unknown) {
        process.exitCode = FAULTY
        return
      }
      const began = performance.now()
      const proof = prove(config, flags.sif === undefined ? [] : [flags.sif], (part) => {
        if (!flags.json) process.stdout.write(partText(part))
      })
      const seconds = (performance.now() - began) / 1000
      const whole = { id: config.id, revision: config.revision, hash: loaded.hash, seconds, rules: RULES, ...proof }
      if (flags.json) process.stdout.write(`${JSON.stringify(whole, null, 2)}\n`)
      else process.stdout.write(summary(proof, loaded, seconds))
      if (flags.out !== undefined)
        try {
          writeFileSync(flags.out, `${JSON.stringify(whole, null, 2)}\n`)
        } catch (cause) {
          process.stderr.write(`${flags.out}: ${(cause as Error).message}\n`)
          process.exitCode = FAULTY
          return
        }
      if (proof.verdict !== 'proved') process.exitCode = VIOLATED
    })
}

const SLICES = { requests: 'requests and faults', band: 'dead band and switches', startup: 'start-up' } as const

const sifNames = ({ config }: LoadedConfig): string => config.sifs.map((s) => s.id).join(', ')
const count = (n: number): string => n.toLocaleString('en')

function partText(part: Part): string {
  const what = `${part.sif} on ${part.effects.join(', ')}, ${SLICES[part.slice]}`
  if (part.broken !== undefined)
    return `${what}: VIOLATED ${part.broken.rule}\n${part.broken.trace.map((line) => `  ${line}\n`).join('')}`
  const figures = `${count(part.states)} states, ${count(part.transitions)} transitions, ${part.depth + 1} scans deep`
  if (!part.complete) return `${what}: not finished after ${figures}\n`
  return part.as === undefined ? `${what}: ${figures}\n` : `${what}: the machine of ${part.as}\n`
}

function summary(proof: Proof, { file, config, hash }: LoadedConfig, seconds: number): string {
  const words = { proved: 'proved', violated: 'VIOLATED', 'not finished': 'NOT FINISHED' }
  return (
    `${file}: ${words[proof.verdict]}: ${new Set(proof.parts.map((p) => p.sif)).size} of ${config.sifs.length} functions, ` +
    `${count(proof.states)} states, ${count(proof.transitions)} transitions, ${RULES.length} rules, ${seconds.toFixed(0)} s; ${hash.slice(0, 12)}\n`
  )
}
