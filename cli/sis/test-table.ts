/** What a test of the matrix found, cell by cell. */
import type { SisConfig } from '../../safety/core/config.ts'
import type { CellOutcome } from '../../simulation/sis/cell-test.ts'

export interface CellRow {
  readonly cause: string
  readonly effect: string
  readonly code: string
  /** What brought the cause about. */
  readonly by: string
  readonly trials: number
  /** From the demand to the last element in its safe position, s: alone, and the slowest; null: there was no demand. */
  readonly alone_s: number | null
  readonly worst_s: number | null
  /** The fault of the slowest. */
  readonly worst_with: string
  readonly allowed_s: number | null
  /** With the name of the fault. */
  readonly deviations: readonly string[]
}

export function rowsOf(config: SisConfig, outcomes: readonly CellOutcome[]): CellRow[] {
  return config.matrix.flatMap((cell): CellRow[] => {
    const own = outcomes.filter((o) => o.cause === cell.cause && o.effect === cell.effect)
    if (own.length === 0) return []
    // An element that cannot move answers for nothing; those beside it do.
    const timed = own.filter((o) => o.response_s !== null)
    const worst = timed.reduce<CellOutcome | null>(
      (most, o) => (most === null || o.response_s! > most.response_s! ? o : most),
      null,
    )
    return [
      {
        cause: cell.cause,
        effect: cell.effect,
        code: cell.code,
        by: own[0]!.by,
        trials: own.length,
        alone_s: own.find((o) => o.fault.kind === 'none')?.response_s ?? null,
        worst_s: worst?.response_s ?? null,
        worst_with: worst?.fault.name ?? '',
        allowed_s: own[0]!.allowed_s,
        deviations: own.flatMap((o) => o.deviations.map((d) => `${o.fault.name}: ${d}`)),
      },
    ]
  })
}

export function testTable(
  head: { readonly id: string; readonly revision: string; readonly sha256: string; readonly seed: number },
  rows: readonly CellRow[],
): string {
  const cells: string[][] = [['cell', 'brought about by', 'trials', 'alone, s', 'slowest, s', 'with', 'allowed, s', '']]
  for (const r of rows)
    cells.push([
      `${r.cause}/${r.effect} ${r.code}`,
      r.by,
      String(r.trials),
      seconds(r.alone_s),
      seconds(r.worst_s),
      r.worst_with,
      r.allowed_s === null ? '-' : String(r.allowed_s),
      r.deviations.length === 0 ? 'ok' : `${r.deviations.length} DEVIATIONS`,
    ])
  const width = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
  const lines = cells.map((row) =>
    row
      .map((text, i) => (i === 2 || i === 3 || i === 4 || i === 6 ? text.padStart(width[i]!) : text.padEnd(width[i]!)))
      .join('  ')
      .trimEnd(),
  )
  const wrong = rows.filter((r) => r.deviations.length > 0)
  const trials = rows.reduce((sum, r) => sum + r.trials, 0)
  return [
    `${head.id} revision ${head.revision}, sha256 ${head.sha256.slice(0, 16)}, seed ${head.seed}`,
    ...lines,
    ...wrong.flatMap((r) => ['', `${r.cause}/${r.effect}`, ...r.deviations.map((d) => `  ${d}`)]),
    '',
    `${rows.length} cells, ${trials} trials, ${wrong.length} cells deviate`,
    '',
  ].join('\n')
}

const seconds = (s: number | null): string => (s === null ? '-' : s.toFixed(1))
