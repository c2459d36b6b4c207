/** Index of the first word in which two views differ, -1 where they agree. Views of different length differ at once. */
export function firstDifference(a: Int32Array, b: Int32Array): number {
  if (a.length !== b.length) return 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return -1
}
