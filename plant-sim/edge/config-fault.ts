/** One fault of a configuration file, with its place. A file is judged whole: the list has all of them. */
export interface ConfigFault {
  readonly file: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
  /** Where in the data: `transmitters[3].range`. */
  readonly place: string
  readonly found: string
  readonly expected: string
  readonly suggestion?: string
}

/** `instruments.yaml:12:5: transmitters[3].unit: found "bar", expected ...; did you mean "barg"?` */
export function formatFault(f: ConfigFault): string {
  const where = `${f.file}:${f.line}:${f.column}`
  const what = `${f.place === '' ? '' : `${f.place}: `}found ${f.found}, expected ${f.expected}`
  return `${where}: ${what}${f.suggestion === undefined ? '' : `; did you mean ${f.suggestion}?`}`
}
