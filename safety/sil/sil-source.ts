/** A file as a tree in which every key and value knows its place; a reader of YAML or JSON at the edge makes it. */
export interface SilPlace {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly column: number
}

export type SilSource =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly at: SilPlace }
  | { readonly kind: 'list'; readonly items: readonly SilSource[]; readonly at: SilPlace }
  | { readonly kind: 'map'; readonly entries: readonly SilEntry[]; readonly at: SilPlace }

export interface SilEntry {
  readonly key: string
  readonly at: SilPlace
  readonly value: SilSource
}

/** What is wrong with a file, where. Codes as in docs/reference/errors.md. */
export interface SilFault {
  readonly code:
    | 'CFG_DUPLICATE_ID'
    | 'CFG_INCONSISTENT'
    | 'CFG_MISSING_FIELD'
    | 'CFG_OUT_OF_RANGE'
    | 'CFG_UNKNOWN_FIELD'
    | 'CFG_UNKNOWN_WORD'
    | 'CFG_WRONG_TYPE'
  readonly at: SilPlace
  readonly found: string
  readonly expected: string
}
