/**
 * The files of a strategy that describe its plant: what is installed, and which values go with which starting state.
 * All that is wrong with them comes back as lines, each with file, line, column, found, expected and a suggestion.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Artifact } from '../contracts/artifact.ts'
import { nearest } from '../numerics/nearest.ts'
import type { Instruments } from '../plant-sim/core/instruments/records.ts'
import { plantNamesOf } from '../plant-sim/core/plants.ts'
import { formatFault } from '../plant-sim/edge/config-fault.ts'
import { parseInstruments } from '../plant-sim/edge/parse-instruments.ts'

export type Read<T> = { readonly ok: T } | { readonly wrong: readonly string[] }

const suggest = (name: string, names: Iterable<string>): string => {
  const near = nearest(name, names)
  return near === '' ? '' : `, did you mean ${near}?`
}

function textOf(folder: string, file: string, what: string): { shown: string; text?: string; wrong?: string } {
  const path = join(folder, file)
  const shown = relative(process.cwd(), path)
  try {
    return { shown, text: readFileSync(path, 'utf8') }
  } catch {
    return { shown, wrong: `${shown}: not there, expected ${what}` }
  }
}

export function readInstruments(folder: string): Read<Instruments> {
  const { shown, text, wrong } = textOf(folder, 'plant/instruments.yaml', "the list of the plant's instruments")
  if (text === undefined) return { wrong: [wrong!] }
  const parsed = parseInstruments(text, shown)
  return parsed.ok === undefined ? { wrong: parsed.faults.map(formatFault) } : { ok: parsed.ok }
}

/**
 * Values by key (`PIC-07.SP`) of one start. Every start of the file is judged, not only the one that is asked for.
 * @param plant - name of the model whose starts they are; absent: the names are not judged
 */
export function readStart(
  folder: string,
  start: string,
  artifact: Artifact,
  plant?: string,
): Read<ReadonlyMap<string, number>> {
  const { shown, text, wrong: missing } = textOf(folder, 'plant/starts.yaml', 'the set points of each starting state')
  if (text === undefined) return { wrong: [missing!] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const wrong: string[] = document.errors.map(
    (e) => `${shown}:${e.linePos?.[0].line ?? 0}: ${e.message.split('\n')[0]}`,
  )
  const say = (node: unknown, found: string, expected: string): void => {
    const at = (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0
    const { line, col } = lines.linePos(at)
    wrong.push(`${shown}:${line}:${col} found ${found}, expected ${expected}`)
  }
  const keys = artifact.control.writable.map((w) => w.key)
  let asked: Map<string, number> | undefined
  const names: string[] = []
  const known = plant === undefined ? undefined : plantNamesOf(plant).starts
  if (!isMap(document.contents)) say(document.contents, 'no starts', 'start: {KEY: number, ...}')
  else
    for (const { key: name, value: values } of document.contents.items) {
      names.push(String(name))
      if (known !== undefined && !known.includes(String(name)))
        say(name, `'${name}'`, `a start of ${plant}, ${known.join(', ')}${suggest(String(name), known)}`)
      if (!isMap(values)) {
        say(name, `'${name}' without values`, '{KEY: number, ...}')
        continue
      }
      const read = new Map<string, number>()
      for (const { key, value } of values.items) {
        if (!keys.includes(String(key)))
          say(key, `'${key}'`, `something an operator may write${suggest(String(key), keys)}`)
        else if (!isScalar(value) || typeof value.value !== 'number' || !Number.isFinite(value.value))
          say(value, `'${value}'`, `a number for ${key}`)
        else read.set(String(key), value.value)
      }
      if (String(name) === start) asked = read
    }
  if (wrong.length > 0) return { wrong }
  if (asked === undefined) return { wrong: [`${shown}: no start '${start}', expected one of ${names.join(', ')}`] }
  return { ok: asked }
}
