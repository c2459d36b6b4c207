/**
 * The safety requirements specification as text (Markdown), from the configuration that is signed, the SIL calculation and the
 * requirement texts. Generated, so that the paper cannot say another thing than the machine does.
 * @see IEC 61511-1:2016, 10.3 for what it must hold
 */
import type { CauseConfig, SifConfig, SisConfig } from '../core/config.ts'
import { votesOf } from '../core/tables.ts'
import type { SifResult } from '../sil/evaluate.ts'
import type { Sif, SilProject } from '../sil/sif.ts'
import { architectureText } from '../sil/subsystem.ts'
import { calculatedFor, evaluated, withoutCredit } from './check-sil.ts'
import type { Finding } from './finding.ts'
import type { Requirement, Requirements, SifRequirement } from './requirements.ts'
import { slowestWay } from './response.ts'

export interface SrsInput {
  readonly config: SisConfig
  /** SHA-256 of the configuration's bytes, hex. */
  readonly hash: string
  readonly requirements?: Requirements
  readonly sil?: SilProject
  /** Of `checkPaper`, with the same inputs. */
  readonly findings: readonly Finding[]
}

export function srsText(input: SrsInput): string {
  const { config, hash, requirements, findings } = input
  return [
    `# Safety requirements: ${requirements?.title ?? config.id}`,
    '',
    `Configuration \`${config.id}\`, revision ${config.revision}, SHA-256 \`${hash}\`. Written by \`flyball sis srs\`; change the configuration or the requirements file, not this page.`,
    'Engineered after IEC 61511, not certified.',
    '',
    ...(requirements === undefined ? [] : [requirements.basis, '']),
    '## The system',
    '',
    ...table(['what', 'value'], systemRows(config)),
    '',
    ...(requirements === undefined || requirements.general.length === 0
      ? []
      : ['## Requirements of the system', '', ...requirementLines(requirements.general), '']),
    '## Cause and effect',
    '',
    'N not stored, S stored, V not stored with override, R stored with override.',
    '',
    ...matrixLines(config),
    '',
    '## Functions',
    '',
    ...table(
      ['function', 'title', 'SIL', 'process safety time', 'response', 'allowed', 'requirement'],
      config.sifs.map((s) => [
        s.id,
        s.title,
        String(s.sil),
        seconds(s.process_safety_ms),
        seconds(slowestWay(config, s)?.total_ms),
        seconds(s.response_ms_max),
        s.requirement,
      ]),
    ),
    '',
    ...config.sifs.flatMap((s) => functionLines(input, s)),
    '## Transmitters',
    '',
    ...table(
      ['tag', 'service', 'span', 'fails', 'response', 'largest rate', 'stuck below, over'],
      config.transmitters.map((t) => [
        t.tag,
        t.service,
        `${t.lo} to ${t.hi} ${t.unit}`,
        t.fail,
        seconds(t.response_ms),
        t.rate_max_per_s === undefined ? 'none' : `${t.rate_max_per_s} ${t.unit}/s`,
        t.stuck === undefined ? 'not watched' : `${t.stuck.noise} ${t.unit}, ${seconds(t.stuck.window_ms)}`,
      ]),
    ),
    '',
    '## Contacts',
    '',
    ...table(
      ['tag', 'service', 'response'],
      config.contacts.map((c) => [c.tag, c.service, seconds(c.response_ms)]),
    ),
    '',
    '## Final elements',
    '',
    ...table(
      ['tag', 'service', 'energised', 'safe', 'stroke', 'confirmed within', 'partial stroke', 'vents', 'if it fails'],
      config.elements.map((e) => [
        e.tag,
        e.service,
        e.energised,
        e.energised === 'open' ? 'closed' : 'open',
        seconds(e.travel_ms),
        seconds(e.confirm_ms),
        e.partial_stroke_ms === undefined ? 'none' : seconds(e.partial_stroke_ms),
        e.vents ?? 'none',
        e.secondary ?? 'none',
      ]),
    ),
    '',
    ...sequenceLines(config),
    '## Open points',
    '',
    ...openPoints(input, findings),
    '',
  ].join('\n')
}

export function systemRows(config: SisConfig): readonly (readonly string[])[] {
  const { overrides: o } = config
  return [
    ['key position', config.mode],
    ['scan', seconds(config.scan_ms)],
    ['inputs are BAD when older than', seconds(config.stale_ms)],
    ['T_SF, without a sound frame everything trips', seconds(config.link_timeout_ms)],
    ['watchdog of the solver', seconds(config.watchdog_ms)],
    ['watchdog of the outputs, in the drop', seconds(config.output_watchdog_ms)],
    ['counts per mA', String(config.counts_per_mA)],
    ['bypass permit key', o.permit ?? 'none: no bypass is possible'],
    ['maintenance bypasses in the unit', String(o.mos_per_unit_max)],
    ['longest maintenance bypass, reminder before', `${seconds(o.mos_ms)}, ${seconds(o.reminder_ms)}`],
    ['at its end', o.at_expiry === 'remove' ? 'the bypass is removed' : `alarm only, allowed by ${o.waiver}`],
    ["bypasses end after loss of the control system's link", seconds(o.link_loss_ms)],
    ['longest force', seconds(o.force_ms)],
  ]
}

/** Rows are causes, columns effects; cells of a group carry n and the group's name. */
export const matrixCell = (config: SisConfig, cause: string, effect: string): string =>
  config.matrix
    .filter((x) => x.cause === cause && x.effect === effect)
    .map((x) => {
      const group = x.group === undefined ? '' : ` ${x.group}`
      const delay = x.delay_ms === undefined ? '' : ` +${seconds(x.delay_ms)}`
      return `${x.n !== undefined && x.n > 1 ? x.n : ''}${x.code}${group}${delay}`
    })
    .join(' ')

const matrixLines = (config: SisConfig): string[] => [
  ...table(
    ['cause', 'trips', ...config.effects.map((e) => e.id)],
    config.causes.map((c) => [
      `${c.id} ${c.title}`,
      `${voteText(c)} ${tripText(config, c)}`,
      ...config.effects.map((e) => matrixCell(config, c.id, e.id)),
    ]),
  ),
  '',
  ...table(
    ['effect', 'what', 'final elements', 'starts', 'reset'],
    config.effects.map((e) => [
      e.id,
      e.title,
      e.outputs.join(', '),
      e.start === 'with_reset'
        ? 'with the reset'
        : `by command${e.start_permit === undefined ? '' : `, permit ${e.start_permit}`}`,
      `${e.reset ?? 'secure write only'}${e.reset_permit === undefined ? '' : `, permit ${e.reset_permit}`}`,
    ]),
  ),
]

export const voteText = (c: CauseConfig): string => `${votesOf(c)}oo${c.inputs.length}`

export function tripText(config: SisConfig, c: CauseConfig): string {
  const { trip } = c
  if ('contact' in trip) return `${c.inputs.join(', ')} ${trip.contact}`
  const t = config.transmitters.find((x) => x.tag === c.inputs[0])
  const limit = 'above' in trip ? `above ${trip.above}` : `below ${trip.below}`
  return `${limit} ${t?.unit ?? ''}${c.time === undefined ? '' : ` ${c.time.kind.replace('_', ' ')} ${seconds(c.time.ms)}`}`
}

function functionLines({ config, requirements, sil }: SrsInput, s: SifConfig): string[] {
  const texts = requirements?.sifs.find(({ id }) => id === s.id)
  const calculated = sil === undefined ? undefined : calculatedFor(s, sil)
  return [
    `### ${s.id} ${s.title}`,
    '',
    ...table(['what', 'requirement'], functionRows(config, s, texts, calculated)),
    '',
    ...(texts === undefined ? [] : [...requirementLines(texts.requirements), '']),
  ]
}

/** Name and value of all that one function is required to be; the report prints the same. */
export function functionRows(
  config: SisConfig,
  s: SifConfig,
  texts: SifRequirement | undefined,
  calculated: Sif | undefined,
): readonly (readonly [string, string])[] {
  const causes = config.causes.filter((c) => s.causes.includes(c.id))
  const effects = config.effects.filter((e) => s.effects.includes(e.id))
  const way = slowestWay(config, s)
  const result = calculated === undefined ? undefined : evaluated(calculated)
  const code = (effect: string): string => causes.map((c) => matrixCell(config, c.id, effect)).join('/')
  return [
    ['hazard', texts?.hazard ?? 'not stated'],
    ['demands', texts?.demand ?? 'not stated'],
    [
      'demands a year, assumed',
      calculated?.demands_per_y === undefined ? 'not stated' : String(calculated.demands_per_y),
    ],
    ...causes.flatMap((c): (readonly [string, string])[] => [
      [`${c.id}: inputs and vote`, `${voteText(c)} of ${c.inputs.join(', ')}`],
      [`${c.id}: trips`, `${tripText(config, c)}${'contact' in c.trip ? '' : ` (${c.trip.counts} counts)`}`],
      [
        `${c.id}: pre-alarm`,
        c.pre_alarm === undefined ? 'none' : `${c.pre_alarm.at} ${unitOf(config, c)} (${c.pre_alarm.counts} counts)`,
      ],
      [`${c.id}: dead band, clearing only`, c.dead_band === undefined ? 'none' : `${c.dead_band} ${unitOf(config, c)}`],
      [`${c.id}: diagnostics`, diagnosticsText(config, c)],
      [`${c.id}: a BAD input`, badText(c)],
      [`${c.id}: bypass`, bypassText(config, c)],
    ]),
    ['acts', effects.map((e) => `${e.id} (${code(e.id)}): ${e.outputs.join(', ')}`).join('; ')],
    ['safe state', texts?.safe_state ?? effects.map((e) => e.title).join('; ')],
    ['process safety time', s.process_safety_ms === undefined ? 'not stated' : seconds(s.process_safety_ms)],
    [
      'response, computed',
      way === undefined
        ? 'no intersection'
        : `${seconds(way.total_ms)} = sensor ${seconds(way.sensor_ms)} + T_SF ${seconds(way.network_ms)} + 2 scans ${seconds(way.scans_ms)} + delays ${seconds(way.delay_ms)} + ${way.element} ${seconds(way.valve_ms)}`,
    ],
    ['response, allowed', s.response_ms_max === undefined ? 'not stated' : seconds(s.response_ms_max)],
    ['set point and times from', texts?.source ?? 'not stated'],
    ['SIL', `${s.sil}${calculated === undefined ? '' : `, ${calculated.demand} demand`}`],
    [
      'SIL by calculation',
      result === undefined
        ? 'not calculated'
        : `${result.achieved}: figure ${result.figure.toExponential(2)} (SIL ${result.silByFigure}), architecture SIL ${result.silByArchitecture}, systematic SIL ${result.silBySystematic}${creditText(result)}`,
    ],
    [
      'proof tests every',
      calculated === undefined
        ? 'not stated'
        : calculated.subsystems
            .map(({ subsystem: x }) => `${x.id} (${architectureText(x.architecture)}) ${hours(x.testInterval_h)}`)
            .join(', '),
    ],
    ['reset', texts?.reset ?? 'not stated'],
    ['bypass, what a person may do', texts?.bypass ?? 'not stated'],
    ...(s.inhibition_accepted === undefined ? [] : [['inhibition accepted', s.inhibition_accepted] as const]),
    ['requirement', s.requirement],
  ]
}

/** Where a figure leans on equipment that the configuration does not have. */
function creditText({ sif }: SifResult): string {
  const bare = withoutCredit(sif)
  return bare === sif ? '' : `; SIL ${evaluated(bare).achieved} with what the configuration has alone`
}

const unitOf = (config: SisConfig, c: CauseConfig): string =>
  config.transmitters.find((t) => t.tag === c.inputs[0])?.unit ?? ''

function diagnosticsText(config: SisConfig, c: CauseConfig): string {
  if ('contact' in c.trip) return 'line fault, stale'
  const stuck = config.transmitters.some((t) => c.inputs.includes(t.tag) && t.stuck !== undefined)
  return [
    'line fault, NE 43, stale',
    ...(config.transmitters.some((t) => c.inputs.includes(t.tag) && t.rate_max_per_s !== undefined) ? ['rate'] : []),
    ...(stuck ? ['stuck'] : []),
    ...(c.deviation === undefined
      ? []
      : [`deviation over ${c.deviation.limit} ${unitOf(config, c)} for ${seconds(c.deviation.ms)}`]),
  ].join(', ')
}

function badText(c: CauseConfig): string {
  if (c.on_bad === 'vote_trip') return 'votes to trip'
  if (c.on_bad === 'use_value') return 'votes by its last comparison'
  return c.bad_hold_ms === undefined
    ? 'leaves the vote'
    : `leaves the vote, and votes to trip after ${seconds(c.bad_hold_ms)}`
}

function bypassText(config: SisConfig, c: CauseConfig): string {
  if (c.manual) return 'none: nothing bypasses it'
  const parts = [
    ...(c.mos === undefined
      ? []
      : [
          `${c.mos.max} input${c.mos.max === 1 ? '' : 's'} at a time for ${seconds(config.overrides.mos_ms)}, ${c.on_bypass === 'keep' ? 'M stays' : 'M comes down'}`,
        ]),
    ...(c.startup === undefined
      ? []
      : [
          `start-up override for at most ${seconds(c.startup.ms_max)}, ends ${seconds(c.startup.stable_ms)} after it is stable`,
        ]),
    ...(c.inhibit === undefined ? [] : [`out of service while ${c.inhibit} is closed`]),
  ]
  return parts.length === 0 ? 'none' : parts.join('; ')
}

/** Steps of a sequence, as a table. */
export const SEQUENCE_HEAD = ['step', 'releases', 'trips', 'goes to', 'at the latest'] as const
export const sequenceRows = (q: SisConfig['sequences'][number]): string[][] =>
  q.steps.map((step) => [
    step.id,
    step.releases.join(', '),
    (step.trips ?? []).join(', '),
    step.go.map((go) => `${go.to} when ${go.when.map(conditionText).join(' and ') || 'at once'}`).join('; '),
    step.timeout === undefined ? 'no limit' : `${step.timeout.to} after ${seconds(step.timeout.ms)}`,
  ])

function sequenceLines(config: SisConfig): string[] {
  return config.sequences.flatMap((q) => [
    `## Sequence ${q.id}`,
    '',
    `A trip of ${q.on_trip.effects.join(', ')} leads to ${q.on_trip.to}.`,
    '',
    ...table(SEQUENCE_HEAD, sequenceRows(q)),
    '',
  ])
}

function conditionText(x: SisConfig['sequences'][number]['steps'][number]['go'][number]['when'][number]): string {
  if ('contact' in x) return `${x.contact} ${x.is}`
  if ('transmitter' in x) return `${x.transmitter} ${x.is} ${x.at}`
  if ('cause' in x) return `${x.cause} ${x.is}`
  if ('effect' in x) return `${x.effect} ${x.is}`
  if ('element' in x) return `${x.element} ${x.is}`
  if ('command' in x) return `${x.command} is asked`
  return `${seconds(x.after_ms)} have passed`
}

const requirementLines = (list: readonly Requirement[]): string[] =>
  list.map(
    ({ id, text, gap }) =>
      `- **${id}** ${text.trim()}${/[.!?]$/.test(text.trim()) ? '' : '.'}${gap === undefined ? '' : ` *No test yet: ${gap}*`}`,
  )

function openPoints({ sil, requirements }: SrsInput, findings: readonly Finding[]): string[] {
  const lines = findings
    .filter((f) => f.severity !== 'note' || f.cause.includes('accepted'))
    .map((f) => `- ${f.severity === 'note' ? 'accepted' : f.severity} ${f.rule}, ${f.place}: ${f.cause}`)
  return [
    ...(sil === undefined ? ['- There is no SIL calculation.'] : []),
    ...(requirements === undefined
      ? ['- There is no requirements file: hazards, demands and safe states are not stated.']
      : []),
    ...(lines.length === 0 ? ['- None found by `flyball sis check`.'] : lines),
  ]
}

/** Whole units where they are whole: 25 s, 8 h, 0.1 s. */
export function seconds(ms: number | undefined): string {
  if (ms === undefined) return 'none'
  if (ms >= 3_600_000 && ms % 360_000 === 0) return `${ms / 3_600_000} h`
  if (ms >= 600_000 && ms % 60_000 === 0) return `${ms / 60_000} min`
  return `${Number((ms / 1000).toFixed(3))} s`
}

const hours = (h: number): string => (h % 8760 === 0 ? `${h / 8760} y` : h % 730 === 0 ? `${h / 730} mo` : `${h} h`)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}
