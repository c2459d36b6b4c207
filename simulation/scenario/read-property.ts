/**
 * A property in one line: `forall: {sp: 0..40, disturbance: steps(3)}, expect: after(saturation).overshoot < 5%`. Its steps are
 * the plain ones: the set point of the plant's loop, the disturbance at the plant's input, and the expectation over some time.
 */
import type { Faults, Place } from '../../controller/core/strategy/fault.ts'
import type { MapEntry, MapSource, Source } from '../../controller/core/strategy/source.ts'
import { type BlockRef, isUnknown } from './names.ts'
import type { TestContext } from './read-context.ts'
import type { PlantSpec } from './scenario.ts'

/** The variables that such a test may have. */
const VARIABLES = ['sp', 'disturbance'] as const
/** Long enough for the disturbances of `steps(3)` and what follows them. */
const DURING = '10min'

export interface PlainLoop {
  readonly block: BlockRef
  /** What drives the plant, as the test names it. */
  readonly from: string
}

/** The loop that the plant belongs to: that of the tag which drives it. */
export function loopOf(
  faults: Faults,
  at: Place,
  plant: PlantSpec | undefined,
  { names }: TestContext,
): PlainLoop | undefined {
  // A plant that could not be read has its own faults.
  if (plant === undefined) return undefined
  const end = plant.kind === 'linear' && plant.from.length === 1 ? plant.from[0] : undefined
  const block = end === undefined || end.name.includes('/') ? undefined : names.block(end.name.split('.')[0]!)
  const isLoop =
    block !== undefined &&
    !isUnknown(block) &&
    block.layout.S['PV'] !== undefined &&
    block.layout.S['SP'] !== undefined &&
    block.record.id !== end?.name
  if (isLoop) return { block, from: end!.name }
  faults.add(
    'CFG_MISSING_FIELD',
    at,
    "a test without 'steps'",
    "'steps', or a plant with one model 'from' a block of a loop",
  )
  return undefined
}

export function plainSteps(
  faults: Faults,
  test: MapSource,
  { block, from }: PlainLoop,
  forall: MapSource | undefined,
): MapSource[] {
  const find = (key: string): MapEntry | undefined => test.entries.find((e) => e.key === key)
  const step = (at: Place, entries: readonly (readonly [string, string | Source])[]): MapSource => ({
    kind: 'map',
    at,
    entries: entries.map(([key, value]) => ({
      key,
      at,
      value: typeof value === 'string' ? { kind: 'scalar', value, at } : value,
    })),
  })
  const steps: MapSource[] = []
  for (const { key, at } of forall?.entries ?? []) {
    if (key === 'sp')
      steps.push(
        step(at, [
          ['set', `${block.record.id}.SP`],
          ['to', key],
        ]),
      )
    else if (key === 'disturbance')
      steps.push(
        step(at, [
          ['disturb', from],
          ['by', key],
        ]),
      )
    else {
      const found = `the variable '${key}' of a test without 'steps'`
      faults.add('CFG_UNKNOWN_FIELD', at, found, `${VARIABLES.join(' or ')}, or 'steps' that use it`)
    }
  }
  const expect = find('expect')!
  const during = find('during')
  steps.push(
    step(expect.at, [
      ['expect', expect.value],
      ['during', during?.value ?? DURING],
    ]),
  )
  return steps
}
