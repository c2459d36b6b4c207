/**
 * Hands events on one after the other: one that comes while another is taken waits until that is done, so that a machine is
 * never entered twice.
 */
export function oneByOne<E>(take: (event: E) => void): (event: E) => void {
  const queue: E[] = []
  let taking = false
  return (event) => {
    queue.push(event)
    if (taking) return
    taking = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) take(next)
    taking = false
  }
}
