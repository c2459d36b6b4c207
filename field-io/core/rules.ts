/** The rules of the execution model as small pure functions: one place to read them, and to plant bugs in. */
export type Rules = Record<string, never>
