import { type NodeId, resolveNodeId, StatusCodes } from 'node-opcua'

/**
 * `ns=2;s=AT-23`, or `nsu=urn:vendor:unit;s=AT-23` by the names of the server's namespaces.
 * @returns words where it is none
 */
export function parseNode(text: string, namespaces: readonly string[]): NodeId | string {
  let plain = text
  const named = /^nsu=([^;]+);(.+)$/.exec(text)
  if (named !== null) {
    const index = namespaces.indexOf(named[1]!)
    if (index < 0) return `names a namespace the server does not have (${namespaces.join(', ')})`
    plain = `ns=${index};${named[2]}`
  }
  if (!/^(ns=\d+;)?[isgb]=.+$/.test(plain)) return "is no node id (expected 'ns=2;s=...' or 'nsu=urn:...;s=...')"
  try {
    return resolveNodeId(plain)
  } catch {
    return 'is no node id'
  }
}

/** A StatusCode in the words of a fault. */
export function codeName(code: number): string {
  const bare = (code & 0xffff0000) >>> 0
  for (const status of Object.values(StatusCodes)) {
    if ((status as { value?: number }).value === bare)
      return `is refused by the server: ${(status as { name: string }).name}`
  }
  return `is refused by the server: 0x${code.toString(16)}`
}
