/**
 * What the rules say a block does: every target mode under every condition in every step of the cascade handshake. Written
 * from the rules (R2, R7, R8, R11, 2.3, 2.6, 2.10 to 2.12), in words; knows nothing of the blocks' code.
 */
export type Mode = 'oos' | 'iman' | 'lo' | 'man' | 'auto' | 'cas'

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

/** Steps of the handshake, towards the master; of a control selector towards its slave. */
export const STEPS = [0, 1, 2, 3, 4] as const
export type Step = (typeof STEPS)[number]

export interface Expected {
  readonly actual: Mode
  /** Substatus of OUT: IA answers a request; held is usable and constant; last is Uncertain, last usable value. */
  readonly out: 'OOS' | 'IA' | 'held' | 'last' | 'running'
  /** Of BKCAL_OUT; for a selector of BKCAL_SEL_1. */
  readonly back: 'OOS' | 'LO' | 'FSA' | 'NI' | 'IR' | 'C'
}

const BACK = ['BKCAL_IN bad', 'BKCAL_IN NI', 'BKCAL_IN IR', 'BKCAL_IN LO', 'BKCAL_IN FSA'] as const
const MASTER = ['none', 'CAS_IN cannot handshake', 'CAS_IN IA from before', 'CAS_IN bad'] as const
const ALL = ['oos', 'man', 'auto', 'cas'] as const

/** Which targets and conditions a block type has. */
export const BLOCKS: Readonly<
  Record<string, { readonly targets: readonly Mode[]; readonly conditions: readonly Condition[] }>
> = {
  PID: { targets: ALL, conditions: [...MASTER, 'input bad', 'tracking', ...BACK] },
  AO: { targets: ALL, conditions: [...MASTER, 'CAS_IN bad for FSTATE_TIME', 'device silent'] },
  RATIO: { targets: ALL, conditions: [...MASTER, 'input bad', ...BACK] },
  BIAS_GAIN: { targets: ALL, conditions: [...MASTER, 'input bad', ...BACK] },
  RATE_LIMIT: { targets: ALL, conditions: [...MASTER, ...BACK] },
  CONTROL_SELECTOR: { targets: ['oos', 'man', 'auto'], conditions: ['none', 'input bad', 'second input bad'] },
  SPLITTER: { targets: ['oos', 'auto', 'cas'], conditions: [...MASTER, ...BACK, 'first BKCAL_IN NI'] },
}

const ORDER: readonly Mode[] = ['oos', 'iman', 'lo', 'man', 'auto', 'cas']

/** The judge. */
export function expected(block: string, target: Mode, condition: Condition, step: Step): Expected {
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
  const actual = forced.reduce((a, b) => (ORDER.indexOf(b) < ORDER.indexOf(a) ? b : a))

  const asked = condition === 'BKCAL_IN IR' || (selector && (step === 1 || step === 2))
  let out: Expected['out'] = 'held'
  if (actual === 'oos') out = 'OOS'
  else if (actual === 'auto' || actual === 'cas') out = 'running'
  else if (condition === 'device silent') out = 'last'
  else if (actual === 'iman' && asked) out = 'IA'

  let back: Expected['back'] = 'NI'
  if (selector) back = actual === 'auto' ? 'C' : 'NI'
  else if (actual === 'oos') back = 'OOS'
  else if (actual === 'cas') back = 'C'
  else if (actual === 'auto' && target === 'cas') back = 'IR'
  else if (actual === 'lo') back = condition === 'tracking' ? 'LO' : 'FSA'
  return { actual, out, back }
}

export interface Cell extends Expected {
  readonly block: string
  readonly target: Mode
  readonly condition: Condition
  readonly step: Step
}

export const CELLS: readonly Cell[] = Object.entries(BLOCKS).flatMap(([block, { targets, conditions }]) =>
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
    'In no cell, nor on the way back from it once the condition is gone, does the output move at all.',
  ]
  for (const [block, { targets, conditions }] of Object.entries(BLOCKS)) {
    lines.push('', `## ${block}`, '', '| target | condition | 0 | 1 | 2 | 3 | 4 |', '|---|---|---|---|---|---|---|')
    for (const target of targets)
      for (const condition of conditions) {
        const cells = STEPS.map((step) => {
          const e = expected(block, target, condition, step)
          return `${WORDS[e.actual]}, ${e.out}, ${e.back}`
        })
        lines.push(`| ${WORDS[target]} | ${condition} | ${cells.join(' | ')} |`)
      }
  }
  return `${lines.join('\n')}\n`
}
