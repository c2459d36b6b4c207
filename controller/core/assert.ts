/** A fault of ours, never of the plant or of the outside world: the executive stops and lets the outputs time out. */
export class BugError extends Error {
  override readonly name = 'BugError'
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message)
}
