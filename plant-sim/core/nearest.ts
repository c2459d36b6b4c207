/**
 * The candidate nearest to what somebody wrote, for the suggestion in a fault message; undefined if none is near.
 *
 * Distance is Levenshtein's, without regard to case; more than a third of the letters wrong (two of a short word) is
 * no likeness.
 */
export function nearest(found: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let best_distance = Math.max(found.length < 4 ? 1 : 2, Math.floor(found.length / 3)) + 1
  for (const candidate of candidates) {
    const d = distance(found.toLowerCase(), candidate.toLowerCase())
    if (d < best_distance) {
      best = candidate
      best_distance = d
    }
  }
  return best
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
