/**
 * A fault of a strategy's files: where it stands, what was found, what was expected, what may have been meant.
 *
 * Faults are collected, never thrown: an engineer sees all of them at once, before anything runs.
 * @see docs/reference/errors.md for cause and remedy of each code
 */
export interface ConfigFault {
  readonly code: FaultCode
  /** Path inside the strategy's folder, with forward slashes. */
  readonly file: string
  /** Counted from 1; 0 where the whole file is meant. */
  readonly line: number
  readonly column: number
  readonly found: string
  readonly expected: string
  /** The nearest right name; empty where there is none. */
  readonly suggestion: string
  /** A warning does not keep a strategy from being built. Absent: a fault. */
  readonly severity?: 'warning'
}

export const FAULT_CODES = [
  'CFG_ADDRESS_STYLE',
  'CFG_ALARM_RATIONALE',
  'CFG_CASCADE_NO_BKCAL',
  'CFG_CASCADE_SCAN_CLASS',
  'CFG_CSV_SYNTAX',
  'CFG_DUPLICATE_AREA',
  'CFG_DUPLICATE_CLASS',
  'CFG_DUPLICATE_DEVICE',
  'CFG_DUPLICATE_DISPLAY',
  'CFG_DUPLICATE_ID',
  'CFG_DUPLICATE_KEY',
  'CFG_DUPLICATE_NODE',
  'CFG_DUPLICATE_POINT',
  'CFG_DUPLICATE_TAG',
  'CFG_DUPLICATE_WIRE',
  'CFG_EMPTY_FILE',
  'CFG_ENDPOINT',
  'CFG_EXECUTION_LOOP',
  'CFG_EXPRESSION',
  'CFG_INCONSISTENT',
  'CFG_LOCK',
  'CFG_MISSING_FIELD',
  'CFG_MISSING_PARAMETER',
  'CFG_MISSING_WIRE',
  'CFG_MOVED',
  'CFG_NO_STRATEGY',
  'CFG_NO_WATCHDOG',
  'CFG_NORMAL_MODE',
  'CFG_OPCUA_SECURITY',
  'CFG_OUT_OF_RANGE',
  'CFG_OUTPUT_USED_TWICE',
  'CFG_POINT_DIRECTION',
  'CFG_POINT_TYPE',
  'CFG_POLL_PERIOD',
  'CFG_RANGE_MISMATCH',
  'CFG_REGISTER_OVERLAP',
  'CFG_REQUEST_LIMIT',
  'CFG_STATUS_PATH',
  'CFG_TOO_LARGE',
  'CFG_TWO_WRITERS',
  'CFG_UNIT_MISMATCH',
  'CFG_UNKNOWN_AREA',
  'CFG_UNKNOWN_BLOCK',
  'CFG_UNKNOWN_BLOCK_TYPE',
  'CFG_UNKNOWN_CLASS',
  'CFG_UNKNOWN_FIELD',
  'CFG_UNKNOWN_FILE',
  'CFG_UNKNOWN_MODE',
  'CFG_UNKNOWN_PARAMETER',
  'CFG_UNKNOWN_POINT',
  'CFG_UNKNOWN_PROFILE',
  'CFG_UNKNOWN_SCAN_CLASS',
  'CFG_UNKNOWN_TAG',
  'CFG_UNKNOWN_UNIT',
  'CFG_UNKNOWN_WIRE',
  'CFG_UNKNOWN_WORD',
  'CFG_UNREADABLE_FILE',
  'CFG_WRONG_TYPE',
  'CFG_WRONG_VERSION',
  'CFG_YAML_SYNTAX',
] as const

export type FaultCode = (typeof FAULT_CODES)[number]

/** Where something stands in the files. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export const isWarning = (f: ConfigFault): boolean => f.severity === 'warning'

export interface Faults {
  readonly list: ConfigFault[]
  readonly add: (
    code: FaultCode,
    at: Place,
    found: string,
    expected: string,
    suggestion?: string,
    severity?: 'warning',
  ) => void
}

export function collectFaults(): Faults {
  const list: ConfigFault[] = []
  return {
    list,
    add: (code, at, found, expected, suggestion = '', severity) =>
      list.push({
        code,
        file: at.file,
        line: at.line,
        column: at.column,
        found,
        expected,
        suggestion,
        ...(severity === undefined ? {} : { severity }),
      }),
  }
}

/** In reading order, each once: the same list whatever the order in which the files were given. */
export function sortFaults(list: readonly ConfigFault[]): ConfigFault[] {
  const key = (f: ConfigFault) => [f.file, f.line, f.column, f.code, f.found, f.expected] as const
  const sorted = [...list].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < y[i]!) return -1
      if (x[i]! > y[i]!) return 1
    }
    return 0
  })
  return sorted.filter((f, i) => i === 0 || JSON.stringify(f) !== JSON.stringify(sorted[i - 1]))
}

/** `loops/feed.yaml:12:7 CFG_UNKNOWN_POINT found 'RIO-1/AI/33', expected a point of io/, did you mean 'RIO-1/AI/3'?` */
export function faultText(f: ConfigFault): string {
  const place = f.line > 0 ? `${f.file}:${f.line}:${f.column}` : f.file
  const hint = f.suggestion === '' ? '' : `, did you mean '${f.suggestion}'?`
  return `${place} ${f.severity === 'warning' ? 'warning ' : ''}${f.code} found ${f.found}, expected ${f.expected}${hint}`
}
