/**
 * What the rules say a block does: every target mode under every condition in every step of the cascade handshake. Written
 * from the rules (R2, R7 to R9, R11, R13, 2.3, 2.6, 2.10 to 2.12), in words; knows nothing of the blocks' code.
 */
export type Mode = 'oos' | 'iman' | 'lo' | 'man' | 'auto' | 'cas' | 'rcas' | 'rout'

/** SHED_OPT, 1 to 8 in this order. */
export const SHED_OPTIONS = [
  'normal, return',
  'normal, no return',
  'to Auto, return',
  'to Auto, no return',
  'to Man, return',
  'to Man, no return',
  'to retained target, return',
  'to retained target, no return',
] as const
export type ShedOption = (typeof SHED_OPTIONS)[number]

/** What is wrong. */
export type Condition =
  | 'none'
  | 'CAS_IN cannot handshake'
  | 'CAS_IN IA from before'
  | 'CAS_IN bad'
  | 'CAS_IN bad for FSTATE_TIME'
  | 'input bad'
  | 'second input bad'
  | 'tracking'
  | 'device silent'
  | 'BKCAL_IN bad'
  | 'BKCAL_IN NI'
  | 'BKCAL_IN IR'
  | 'BKCAL_IN LO'
  | 'BKCAL_IN FSA'
  | 'first BKCAL_IN NI'
  | 'host cannot handshake'
  | 'host IA from before'
  | 'host IFS'
  | `host Bad: ${ShedOption}`
  | `host silent: ${ShedOption}`

/** Steps of the handshake, towards the master, or the host where the target is a remote mode; of a control selector towards its slave. */
export const STEPS = [0, 1, 2, 3, 4] as const
export type Step = (typeof STEPS)[number]

export interface Expected {
  readonly actual: Mode
  /** Substatus of OUT: IA answers a request; held is usable and constant; last is Uncertain, last usable value. */
  readonly out: 'OOS' | 'IA' | 'held' | 'last' | 'running'
  /** Of BKCAL_OUT; for a selector of BKCAL_SEL_1. */
  readonly back: 'OOS' | 'LO' | 'FSA' | 'NI' | 'IR' | 'C'
  /** Of RCAS_OUT or ROUT_OUT, with that target. */
  readonly host?: 'LO' | 'FSA' | 'NI' | 'IR' | 'C'
  /** The target after it, where that is another. */
  readonly becomes?: Mode
}

const BACK = ['BKCAL_IN bad', 'BKCAL_IN NI', 'BKCAL_IN IR', 'BKCAL_IN LO', 'BKCAL_IN FSA'] as const
const MASTER = ['none', 'CAS_IN cannot handshake', 'CAS_IN IA from before', 'CAS_IN bad'] as const
const ALL = ['oos', 'man', 'auto', 'cas'] as const

const HOST: readonly Condition[] = [
  'none',
  'host cannot handshake',
  'host IA from before',
  ...SHED_OPTIONS.map((o) => `host Bad: ${o}` as const),
  ...SHED_OPTIONS.map((o) => `host silent: ${o}` as const),
]

/** Which targets and conditions a block type has. */
export const BLOCKS: Readonly<
  Record<string, { readonly targets: readonly Mode[]; readonly conditions: readonly Condition[] }>
> = {
  PID: { targets: ALL, conditions: [...MASTER, 'input bad', 'tracking', ...BACK] },
  AO: { targets: ALL, conditions: [...MASTER, 'CAS_IN bad for FSTATE_TIME', 'device silent'] },
  DO: { targets: ALL, conditions: [...MASTER, 'CAS_IN bad for FSTATE_TIME', 'device silent'] },
  RATIO: { targets: ALL, conditions: [...MASTER, 'input bad', ...BACK] },
  BIAS_GAIN: { targets: ALL, conditions: [...MASTER, 'input bad', ...BACK] },
  RATE_LIMIT: { targets: ALL, conditions: [...MASTER, ...BACK] },
  CONTROL_SELECTOR: { targets: ['oos', 'man', 'auto'], conditions: ['none', 'input bad', 'second input bad'] },
  SPLITTER: { targets: ['oos', 'auto', 'cas'], conditions: [...MASTER, ...BACK, 'first BKCAL_IN NI'] },
}

/**
 * The same with a host [R9, R13]. The master of the block cannot handshake, so that Cas is where it is without its host;
 * before, the operator had it in Man.
 */
export const REMOTE_BLOCKS: typeof BLOCKS = {
  PID: { targets: ['rcas', 'rout'], conditions: [...HOST, 'input bad', 'tracking', ...BACK] },
  AO: { targets: ['rcas'], conditions: [...HOST, 'host IFS', 'device silent'] },
  DO: { targets: ['rcas'], conditions: [...HOST, 'host IFS', 'device silent'] },
  RATIO: { targets: ['rcas'], conditions: [...HOST, 'input bad', ...BACK] },
  BIAS_GAIN: { targets: ['rcas'], conditions: [...HOST, 'input bad', ...BACK] },
}

const ORDER: readonly Mode[] = ['oos', 'iman', 'lo', 'man', 'auto', 'cas', 'rcas', 'rout']
const highest = (modes: readonly Mode[]): Mode => modes.reduce((a, b) => (ORDER.indexOf(b) < ORDER.indexOf(a) ? b : a))

/** The judge. */
export function expected(block: string, target: Mode, condition: Condition, step: Step): Expected {
  if (target === 'rcas' || target === 'rout') return withHost(block, target, condition, step)
  const selector = block === 'CONTROL_SELECTOR'
  const forced: Mode[] = [target]
  if ((BACK as readonly Condition[]).includes(condition) || condition === 'device silent') forced.push('iman')
  // The slave of a selector is not in cascade before step 3.
  if (selector && step < 3) forced.push('iman')
  if (condition === 'tracking' && target !== 'man') forced.push('lo')
  if (condition === 'CAS_IN bad for FSTATE_TIME' && target === 'cas') forced.push('lo')
  if (condition === 'input bad' || condition === 'second input bad') forced.push('man')
  if (target === 'cas') {
    const lost = condition === 'CAS_IN bad' || condition === 'CAS_IN bad for FSTATE_TIME'
    // An acknowledgement counts from the step on in which there is a request.
    const early = condition === 'CAS_IN IA from before' && step >= 1
    const taken = condition === 'CAS_IN cannot handshake' || early || step >= 2
    if (lost || !taken) forced.push('auto')
  }
  const actual = highest(forced)

  const asked = condition === 'BKCAL_IN IR' || (selector && (step === 1 || step === 2))
  let out: Expected['out'] = 'held'
  if (actual === 'oos') out = 'OOS'
  else if (actual === 'auto' || actual === 'cas') out = 'running'
  else if (condition === 'device silent') out = 'last'
  else if (actual === 'iman' && asked) out = 'IA'
  // A switch has no limits.
  else if (block === 'DO') out = 'running'

  let back: Expected['back'] = 'NI'
  if (selector) back = actual === 'auto' ? 'C' : 'NI'
  else if (actual === 'oos') back = 'OOS'
  else if (actual === 'cas') back = 'C'
  else if (actual === 'auto' && target === 'cas') back = 'IR'
  else if (actual === 'lo') back = condition === 'tracking' ? 'LO' : 'FSA'
  return { actual, out, back }
}

/** Where SHED_OPT has a block without its host: in Cas with its master, in Auto, or in Man, which is the retained target too. */
function waits(option: ShedOption | undefined): Mode {
  if (option === undefined || option.startsWith('normal')) return 'cas'
  return option.startsWith('to Auto') ? 'auto' : 'man'
}

/** The option of a condition in which the host is lost. */
export const optionOf = (condition: Condition): ShedOption | undefined =>
  SHED_OPTIONS.find((o) => condition.startsWith('host ') && condition.endsWith(`: ${o}`))

/** The judge of the remote modes. */
function withHost(block: string, target: Mode, condition: Condition, step: Step): Expected {
  const option = optionOf(condition)
  const lost = option !== undefined
  const early = condition === 'host IA from before' && step >= 1
  const taken = !lost && (condition === 'host cannot handshake' || early || step >= 2)
  const forced: Mode[] = []
  if ((BACK as readonly Condition[]).includes(condition) || condition === 'device silent') forced.push('iman')
  if (condition === 'tracking' || condition === 'host IFS') forced.push('lo')
  if (condition === 'input bad') forced.push('man')
  const held = forced.length > 0
  // Without its host the block is where it waits: no question of priority, because that is not forced upon its target.
  const actual = held ? highest(forced) : taken ? target : waits(option)

  let out: Expected['out'] = 'running'
  if (condition === 'device silent') out = 'last'
  else if (actual === 'iman' && condition === 'BKCAL_IN IR') out = 'IA'
  else if ((actual === 'iman' || actual === 'lo' || actual === 'man') && block !== 'DO') out = 'held'

  const locked = condition === 'host IFS' ? 'FSA' : 'LO'
  const back: Expected['back'] = actual === 'cas' ? 'C' : actual === 'lo' ? locked : 'NI'
  // A host that has not been there yet is waited for, and so is not lost by a Bad status.
  const awaited = condition.startsWith('host Bad') && step === 0
  const gone = lost && !awaited && option.endsWith('no return')
  let host: NonNullable<Expected['host']> = 'IR'
  if (actual === 'lo') host = locked
  else if (held || gone) host = 'NI'
  else if (taken) host = 'C'
  return gone ? { actual, out, back, host, becomes: waits(option) } : { actual, out, back, host }
}

export interface Cell extends Expected {
  readonly block: string
  readonly target: Mode
  readonly condition: Condition
  readonly step: Step
}

export const CELLS: readonly Cell[] = [...Object.entries(BLOCKS), ...Object.entries(REMOTE_BLOCKS)].flatMap(
  ([block, { targets, conditions }]) =>
    targets.flatMap((target) =>
      conditions.flatMap((condition) =>
        STEPS.map((step): Cell => ({ block, target, condition, step, ...expected(block, target, condition, step) })),
      ),
    ),
)

const WORDS: Readonly<Record<Mode, string>> = {
  oos: 'OOS',
  iman: 'IMan',
  lo: 'LO',
  man: 'Man',
  auto: 'Auto',
  cas: 'Cas',
  rcas: 'RCas',
  rout: 'ROut',
}

/** docs/reference/mode-table.md */
export function modeTablePage(): string {
  const lines = [
    '# Modes, conditions, handshake',
    '',
    'Which mode a block is in, what its OUT says and what its BKCAL_OUT says: for every target mode, under every condition, in',
    `every step of the cascade handshake. ${CELLS.length} cells, each of them a test: \`test/loops/mode-table.test.ts\`, which also`,
    'makes this page (`vitest run --project loops test/loops/mode-table.test.ts -u`).',
    '',
    'Steps: 0 the target has just been set, and the master does not answer; 1 the block asks (IR); 2 the master acknowledges',
    '(IA); 3 it still does, and the block is in Cas; 4 both run. For a control selector they are those of its slave: 0 NI, 1 and',
    '2 IR, 3 and 4 in cascade.',
    '',
    'A cell is *actual mode, OUT, BKCAL_OUT* (of a selector: BKCAL_SEL of the selected input). OUT: OOS is Bad, out of service;',
    'IA acknowledges the request of the slave; held is usable and constant; last is Uncertain, the last usable value; running is',
    'usable and free. BKCAL_OUT: C is Good cascade, the others the substatus of that name, OOS is Bad.',
    '',
    'With a host (target RCas or ROut) the steps are those of its handshake, and a fourth word says what RCAS_OUT or ROUT_OUT',
    'says. The master of the block cannot handshake there, so that Cas is the highest mode without a host; the operator had it in',
    'Man before, so that this is the retained target. Where the target becomes another, that stands behind an arrow. What the',
    'options mean: [modes and shedding](modes-and-shedding.md).',
    '',
    'In no cell, nor on the way back from it once the condition is gone, does the output move at all.',
  ]
  for (const [block, { targets, conditions }] of [...Object.entries(BLOCKS), ...Object.entries(REMOTE_BLOCKS)]) {
    lines.push(
      '',
      targets.includes('rcas') ? `## ${block} with a host` : `## ${block}`,
      '',
      '| target | condition | 0 | 1 | 2 | 3 | 4 |',
      '|---|---|---|---|---|---|---|',
    )
    for (const target of targets)
      for (const condition of conditions) {
        const cells = STEPS.map((step) => {
          const e = expected(block, target, condition, step)
          const host = e.host === undefined ? '' : `, ${e.host}`
          return `${WORDS[e.actual]}, ${e.out}, ${e.back}${host}${e.becomes === undefined ? '' : ` → ${WORDS[e.becomes]}`}`
        })
        lines.push(`| ${WORDS[target]} | ${condition} | ${cells.join(' | ')} |`)
      }
  }
  return `${lines.join('\n')}\n`
}
