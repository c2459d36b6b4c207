/**
 * Where the strategy's belief about a transmitter's range is not what is installed.
 *
 * No fault here: a wrong range is one of those that can be trained for. So it is said, with both places, and the plant runs.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Artifact } from '../contracts/artifact.ts'
import { BLOCK_TYPES } from '../controller/core/blocks/index.ts'
import { layoutOf } from '../controller/core/layout.ts'
import type { Instruments } from '../plant-sim/core/instruments/records.ts'

/** Where a module of the strategy stands. */
export interface ModulePlace {
  readonly tag: string
  /** Below the strategy's folder. */
  readonly file: string
  readonly line: number
}

const INDIRECT = 1
const MA_0 = 4
const MA_100 = 20

/** One line for each AI block that takes the current of a transmitter for another range than it has. */
export function rangeWarnings(
  folder: string,
  instruments: Instruments,
  artifact: Artifact,
  modules: readonly ModulePlace[],
): string[] {
  const path = join(folder, 'plant/instruments.yaml')
  const shown = (file: string): string => relative(process.cwd(), join(folder, file))
  const lineOf = transmitterLines(readFileSync(path, 'utf8'))
  const blocks = inputBlocks(artifact)
  return instruments.transmitters.flatMap((t) => {
    const endpoint = `plant:${instruments.drops[t.drop]!.id}`
    const points = artifact.io.inputs.filter(
      (p) => p.register === t.register && artifact.io.devices[p.device]!.endpoint === endpoint && p.quantity === 'mA',
    )
    return points.flatMap((point) =>
      blocks.flatMap(({ id, from, valueAt }) => {
        if (from !== point.point) return []
        const scale = instruments.counts_per_mA / point.counts_per_unit
        const [lo, hi] = [valueAt(MA_0 * scale), valueAt(MA_100 * scale)]
        const tolerance = 1e-6 * Math.abs(t.hi - t.lo)
        if (Math.abs(lo - t.lo) <= tolerance && Math.abs(hi - t.hi) <= tolerance) return []
        const place = modules.find(({ tag }) => tag === id.slice(0, id.lastIndexOf('.')))
        const where = place === undefined ? '' : `${shown(place.file)}:${place.line} `
        const installed = `${shown('plant/instruments.yaml')}:${lineOf(t.tag)} ${t.tag} is ${t.lo} to ${t.hi} ${t.unit}`
        return [`warning: ${installed}, but ${where}${id} takes ${point.point} as ${round(lo)} to ${round(hi)}`]
      }),
    )
  })
}

/** Each AI block that converts a current: the point it reads, and what it makes of a current. */
function inputBlocks(artifact: Artifact): { id: string; from: string; valueAt: (mA: number) => number }[] {
  const { S, K } = layoutOf(BLOCK_TYPES.get('AI')!.fields)
  const { k_init, classes, inputs, blocks } = artifact.control
  const point_at = new Map(inputs.map(({ point, s }) => [s, point]))
  const source = new Map<number, number>()
  for (const { copies } of classes.flatMap(({ steps }) => steps))
    for (let i = 0; i < copies.length; i += 2) source.set(copies[i + 1]!, copies[i]!)
  return blocks.flatMap((block) => {
    if (block.type !== 'AI') return []
    const from = point_at.get(source.get(block.s + S['IN']!) ?? -1)
    const k = (field: string, i = 0): number => k_init[block.k + K[field]! + i]!
    if (from === undefined || k('LINEAR') !== INDIRECT) return []
    const [out_0, out_100, xd_0, xd_100] = [k('OUT_SCALE'), k('OUT_SCALE', 1), k('XD'), k('XD', 1)]
    const valueAt = (mA: number): number => out_0 + ((mA - xd_0) / (xd_100 - xd_0)) * (out_100 - out_0)
    return [{ id: block.id, from, valueAt }]
  })
}

function transmitterLines(text: string): (tag: string) => number {
  const lines = new LineCounter()
  const list = parseDocument(text, { lineCounter: lines }).get('transmitters')
  return (tag) => {
    const item = isSeq(list) ? list.items.find((each) => isMap(each) && each.get('tag') === tag) : undefined
    return lines.linePos((item as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0).line
  }
}

const round = (value: number): number => Number(value.toPrecision(6))
