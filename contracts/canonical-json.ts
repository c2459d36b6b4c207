/** JSON with sorted keys and no white space: equal values give equal bytes. Keys with undefined are left out. */
export function canonicalJson(value: unknown): string {
  // Most of an artifact are lists of numbers: those are the same either way.
  if (Array.isArray(value) && value.every((v) => typeof v === 'number')) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
