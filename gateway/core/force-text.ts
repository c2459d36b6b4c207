/** Forces in the words of the journal and the system alarms. */
import type { Artifact, TagRecord } from '../../contracts/artifact.ts'
import { FORCE_MS_MAX, FORCE_REFUSAL, type ForceMessage, type ForcesMessage } from '../../contracts/link.ts'

/** The tag that an engineer knows a point by, and the unit that its forces are in; empty where there is none. */
export interface PointName {
  readonly tag: string
  readonly unit: string
}

export function pointName(artifact: Pick<Artifact, 'io' | 'tags' | 'control'>, point: string): PointName {
  const record = artifact.io.inputs.find((p) => p.point === point) ?? artifact.io.outputs.find((p) => p.point === point)
  const module = moduleOf(artifact.control, point)
  const tag: TagRecord | undefined =
    artifact.tags.find((t) => t.point === point) ?? artifact.tags.find((t) => t.tag === module)
  // A device's own EU need not be the tag's: a meter says W where the tag has kW. A wrong unit is worse than none.
  return { tag: tag?.tag ?? '', unit: record?.quantity === 'mA' ? 'mA' : '' }
}

/** The module of the block that writes an output point: FIC-101 of FIC-101.AO1. */
function moduleOf(control: Artifact['control'], point: string): string | undefined {
  const s = control.outputs.find((o) => o.point === point)?.s
  if (s === undefined) return undefined
  for (const { steps } of control.classes) {
    for (const { copies } of steps) {
      for (let i = 0; i < copies.length; i += 2) {
        if (copies[i + 1] !== s) continue
        const from = copies[i]!
        // The slice that the source lies in is the last one to begin at or before it.
        let writer: Artifact['control']['blocks'][number] | undefined
        for (const block of control.blocks) {
          if (block.s <= from && (writer === undefined || block.s > writer.s)) writer = block
        }
        return writer?.id.split('.')[0]
      }
    }
  }
  return undefined
}

/** `Force of RIO-1/AI/3 to 12 mA for 10 min`. */
export function orderText(m: Pick<ForceMessage, 'point' | 'value' | 'for_ms'>, unit: string): string {
  return `Force of ${m.point} to ${amount(m.value, unit)} for ${duration(m.for_ms)}`
}

/** A system alarm for each force that stands, without what changes from second to second. */
export function forceAlarms(forces: ForcesMessage | null, name: (point: string) => PointName): string[] {
  return (forces?.forces ?? []).map((f) => {
    const { tag, unit } = name(f.point)
    return `${f.point}${tag === '' ? '' : ` (${tag})`} is forced to ${amount(f.value, unit)} by ${f.who}: ${f.reason}`
  })
}

export interface ForceNews {
  readonly point: string
  readonly text: string
}

/**
 * What came and went between two lists, but for what an order of this gateway did: that is said with its answer.
 *
 * @param before - null: the gateway has just started
 * @param since - whether the link to field-io was lost since the list before, and how long ago that list came, ms
 * @param own - points about which an order of this gateway waits for its answer
 */
export function forceNews(
  before: ForcesMessage | null,
  after: ForcesMessage,
  own: ReadonlySet<string>,
  since: { readonly relinked: boolean; readonly elapsed_ms: number },
  name: (point: string) => PointName,
): ForceNews[] {
  const news: ForceNews[] = []
  const relinked = since.relinked || (before !== null && before.at.epoch !== after.at.epoch)
  for (const f of before?.forces ?? []) {
    if (own.has(f.point) || after.forces.some((g) => g.point === f.point)) continue
    // Its time was not over: only a restart forgets it.
    const why = relinked && f.left_ms > since.elapsed_ms ? 'has ended with a restart of field I/O' : 'has expired'
    news.push({ point: f.point, text: `Force of ${f.point} to ${amount(f.value, name(f.point).unit)} ${why}` })
  }
  for (const f of after.forces) {
    if (own.has(f.point) || before?.forces.some((g) => g.point === f.point && g.since_ms === f.since_ms)) continue
    const left = `${duration(f.left_ms)} left, by ${f.who}: ${f.reason}`
    news.push({ point: f.point, text: `Force of ${f.point} to ${amount(f.value, name(f.point).unit)} stands, ${left}` })
  }
  return news
}

/** Why field-io refused, and what to do. */
export function forceRefusal(refusal: number): string {
  switch (refusal) {
    case FORCE_REFUSAL.unknownPoint:
      return 'the running strategy has no such point: `flyball io check` lists them'
    case FORCE_REFUSAL.notFinite:
      return 'the value is not a number'
    case FORCE_REFUSAL.outOfRange:
      return 'the value is outside the range of the output, or neither 0 nor 1 for a bool: see min and max in io/'
    case FORCE_REFUSAL.duration:
      return `a force lasts more than 0 s and at most ${FORCE_MS_MAX / 3_600_000} h`
    case FORCE_REFUSAL.notForced:
      return 'it is not forced: `flyball io forces` lists what is'
    default:
      return `refusal ${refusal}`
  }
}

const amount = (value: number, unit: string): string => (unit === '' ? String(value) : `${value} ${unit}`)

/** `45 s`, `10 min`, `1 h 30 min`. */
function duration(ms: number): string {
  const s = Math.ceil(ms / 1000)
  if (s < 120) return `${s} s`
  const min = Math.ceil(s / 60)
  if (min < 120) return `${min} min`
  return min % 60 === 0 ? `${Math.floor(min / 60)} h` : `${Math.floor(min / 60)} h ${min % 60} min`
}
