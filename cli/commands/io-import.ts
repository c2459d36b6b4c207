/**
 * `flyball io import`: a device profile from a vendor's list of registers.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { ADDRESS_STYLES, type AddressStyle, STYLE_TEXT } from '../../protocols/core/profile/address-style.ts'
import { profileFromTable } from '../../protocols/core/profile/from-table.ts'
import { PROFILE_PROTOCOLS } from '../../protocols/core/profile/read-profile.ts'
import { FAULTY, reportFaults } from './check.ts'

interface Flags {
  readonly name?: string
  readonly out?: string
  readonly title?: string
  readonly source?: string
  readonly protocol: string
  readonly addresses?: string
}

export function registerIoImport(io: Command): void {
  io.command('import')
    .description('make a device profile from a table of registers (CSV with a header)')
    .argument('<file>', 'the table')
    .option('--name <name>', 'of the profile: letters, digits and _; without it that of the file')
    .option('-o, --out <file>', 'where it goes, NAME.yaml; without it to standard output')
    .option('--title <text>', 'for people')
    .option('--source <text>', 'where the figures come from, and their licence')
    .option('--protocol <name>', `what the device speaks: ${PROFILE_PROTOCOLS.join(', ')}`, 'modbus-tcp')
    .option('--addresses <style>', '0 or 1: what the first register is called; modicon: 40001; without it by the list')
    .action((file: string, flags: Flags) => {
      process.exitCode = importProfile(file, flags)
    })
}

/** Writes the profile and says what it took the list for; the exit code. */
export function importProfile(file: string, flags: Flags): number {
  const wrong = (text: string): number => {
    process.stderr.write(`${text}\n`)
    return FAULTY
  }
  const name =
    flags.name ??
    basename(file)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9_]+/g, '_')
  if (!/^[A-Za-z0-9_]+$/.test(name)) return wrong(`--name: found '${name}', expected letters, digits and _`)
  if (flags.out !== undefined && basename(flags.out) !== `${name}.yaml`)
    return wrong(`--out: found '${flags.out}', expected a file ${name}.yaml: a profile is called as its file`)
  const addresses = ADDRESS_STYLES.find((style) => style === flags.addresses)
  if (flags.addresses !== undefined && addresses === undefined)
    return wrong(`--addresses: found '${flags.addresses}', expected ${ADDRESS_STYLES.join(', ')}`)
  if (!(PROFILE_PROTOCOLS as readonly string[]).includes(flags.protocol))
    return wrong(`--protocol: found '${flags.protocol}', expected ${PROFILE_PROTOCOLS.join(', ')}`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (cause) {
    return wrong(`${file}: ${(cause as Error).message}`)
  }
  const made = profileFromTable(text, {
    name,
    title: flags.title ?? name,
    source: flags.source ?? `${basename(file)}, licence not known`,
    protocols: [flags.protocol],
    ...(addresses === undefined ? {} : { addresses }),
  })
  if ('faults' in made) {
    reportFaults(made.faults.map((fault) => ({ ...fault, file })))
    return FAULTY
  }
  const yaml = profileText(made.value, basename(file), made.addresses)
  if (flags.out === undefined) process.stdout.write(yaml)
  else writeFileSync(flags.out, yaml)
  const say = flags.out === undefined ? process.stderr : process.stdout
  say.write(
    `${file}: ${made.points} points; ${STYLE_TEXT[made.addresses]} (${made.detected ? 'by the list' : 'as told'})\n`,
  )
  for (const [given, own] of made.renamed) say.write(`  '${given}' is called ${own}\n`)
  if (made.unused.length > 0) say.write(`  columns not used: ${made.unused.join(', ')}\n`)
  return 0
}

/** One point a line, so that a change of the list is a line of a diff. */
function profileText(value: Readonly<Record<string, unknown>>, from: string, addresses: AddressStyle): string {
  const { points, ...head } = value
  const lines = Object.entries(points as Readonly<Record<string, unknown>>)
  return [
    `# From ${from}; ${STYLE_TEXT[addresses]}.`,
    '# Add what the list does not say: requests, serial, timeout, watchdog, holes.',
    ...Object.entries(head).map(([key, item]) => `${key}: ${flow(item)}`),
    'points:',
    ...lines.map(([key, item]) => `  ${word(key)}: ${flow(item)}`),
    '',
  ].join('\n')
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${word(key)}: ${flow(item)}`)
      .join(', ')}}`
  return typeof value === 'string' ? word(value) : String(value)
}

/** Plain where YAML reads the same text, else in quotes. */
function word(text: string): string {
  const plain =
    /^[A-Za-z_][A-Za-z0-9_ ./()-]*$/.test(text) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(text) &&
    text.trim() === text
  return plain ? text : JSON.stringify(text)
}
