/** The candidate that was probably meant, or '' where none is near: at most a third of the letters differ. */
export function nearest(name: string, candidates: Iterable<string>): string {
  let best = ''
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    // Ties go to the smaller name, so that the order of the files never shows in a message.
    if (distance < bestDistance || (distance === bestDistance && best !== '' && candidate < best)) {
      best = candidate
      bestDistance = distance
    }
  }
  // A word of two letters is 'near' everything of two letters: ask for one letter in common.
  return best !== '' && bestDistance < Math.max(name.length, 1) ? best : ''
}

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
 * @see Boytsov, Indexing methods for approximate dictionary searching, J. Exp. Algorithmics 16 (2011)
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let d = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, beforeLast[j - 2]! + 1)
      row.push(d)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
