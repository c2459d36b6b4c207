/**
 * What a point means in the strategy: the tag it belongs to, and how AI or AO turn the device's own quantity into the tag's units.
 * Read from the artifact, so that it is what the controllers run.
 */
import type { Artifact, BlockRecord } from '../../contracts/artifact.ts'
import { AI } from '../../controller/core/blocks/ai.ts'
import { AO } from '../../controller/core/blocks/ao.ts'
import { layoutOf } from '../../controller/core/layout.ts'

export interface PointScale {
  readonly tag: string
  readonly block: string
  /** Unit of the tag's side. */
  readonly eu: string
  readonly decimals: number
  /** The device's own quantity at 0 % and 100 %. */
  readonly q: readonly [number, number]
  /** The same two ends in the tag's units. */
  readonly range: readonly [number, number]
  /** A square root between them: flow from a differential pressure. */
  readonly root: boolean
  /** The block judges the signal by NAMUR NE 43. */
  readonly ne43: boolean
}

/** Scales by point, inputs and outputs; points that no AI or AO scales are missing. */
export function pointScales(artifact: Artifact): ReadonlyMap<string, PointScale> {
  const { control } = artifact
  const blocks = new Map(control.blocks.map((b) => [b.s, b]))
  const to = new Map<number, number[]>()
  const from = new Map<number, number>()
  for (const { steps } of control.classes) {
    for (const { copies } of steps) {
      for (let i = 0; i < copies.length; i += 2) {
        to.set(copies[i]!, [...(to.get(copies[i]!) ?? []), copies[i + 1]!])
        from.set(copies[i + 1]!, copies[i]!)
      }
    }
  }
  const scales = new Map<string, PointScale>()
  for (const { point, s } of control.inputs) {
    const block = (to.get(s) ?? []).map((at) => blocks.get(at - AI_IN)).find((b): b is BlockRecord => b?.type === 'AI')
    if (block !== undefined) scales.set(point, scaleOfInput(artifact, block))
  }
  for (const { point, s } of control.outputs) {
    const block = blocks.get((from.get(s) ?? Number.NaN) - AO_OUT)
    if (block?.type === 'AO') scales.set(point, scaleOfOutput(artifact, block))
  }
  return scales
}

export function toTagUnits(scale: PointScale, quantity: number): number {
  if (isDirect(scale)) return quantity
  const [q0, q1] = scale.q
  const [lo, hi] = scale.range
  const part = (quantity - q0) / (q1 - q0)
  return lo + (scale.root ? Math.sqrt(Math.max(0, part)) : part) * (hi - lo)
}

export function fromTagUnits(scale: PointScale, value: number): number {
  if (isDirect(scale)) return value
  const [q0, q1] = scale.q
  const [lo, hi] = scale.range
  const part = (value - lo) / (hi - lo)
  return q0 + (scale.root ? part * part : part) * (q1 - q0)
}

/** The device speaks the tag's units, and the block passes them on. */
export const isDirect = ({ q, range, root }: PointScale): boolean => !root && q[0] === range[0] && q[1] === range[1]

/** Tag of a point: of the block that scales it, else the one that names it as its source. */
export function tagOfPoint(artifact: Artifact, point: string, scales: ReadonlyMap<string, PointScale>): string {
  return scales.get(point)?.tag ?? artifact.tags.find((t) => t.point === point)?.tag ?? ''
}

const AI_LAYOUT = layoutOf(AI.fields)
const AO_LAYOUT = layoutOf(AO.fields)
const AI_IN = AI_LAYOUT.S['IN']!
const AO_OUT = AO_LAYOUT.S['OUT']!
const DIRECT = 0
const SQRT = 2

const tagOf = (block: BlockRecord): string => block.id.split('.')[0]!

function scaleOfInput(artifact: Artifact, block: BlockRecord): PointScale {
  const k = (name: string, i = 0): number => artifact.control.k_init[block.k + AI_LAYOUT.K[name]! + i]!
  const tag = artifact.tags.find((t) => t.tag === tagOf(block))
  const linear = k('LINEAR')
  // Direct: XD stands for nothing, the range is that of the tag.
  const direct = linear === DIRECT && tag !== undefined && tag.lo < tag.hi
  const q = direct ? ([tag.lo, tag.hi] as const) : ([k('XD'), k('XD', 1)] as const)
  return {
    tag: tagOf(block),
    block: block.id,
    eu: tag?.eu ?? '',
    decimals: tag?.decimals ?? 2,
    q,
    range: linear === DIRECT ? q : [k('OUT_SCALE'), k('OUT_SCALE', 1)],
    root: linear === SQRT,
    ne43: linear !== DIRECT && k('NE43') !== 0,
  }
}

function scaleOfOutput(artifact: Artifact, block: BlockRecord): PointScale {
  const k = (name: string, i = 0): number => artifact.control.k_init[block.k + AO_LAYOUT.K[name]! + i]!
  const tag = artifact.tags.find((t) => t.tag === tagOf(block))
  const ends = [k('XD'), k('XD', 1)] as const
  return {
    tag: tagOf(block),
    block: block.id,
    // A valve's own tag is in the units of its output; a controller's output has units of its own.
    eu: tag?.out?.eu ?? (tag?.kind === 'valve' ? tag.eu : '%'),
    decimals: tag?.out?.decimals ?? 1,
    q: k('INCREASE_TO_CLOSE') === 0 ? ends : [ends[1], ends[0]],
    range: [k('PV_SCALE'), k('PV_SCALE', 1)],
    root: false,
    ne43: false,
  }
}
