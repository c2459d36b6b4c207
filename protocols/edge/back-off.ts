/**
 * Waiting times between attempts to connect: they double up to a cap, and each is drawn between half and all of it,
 * so that a hundred clients of one restarted device do not come back in step.
 */
export interface BackOff {
  /** The next wait, ms. */
  next(): number
  /** The peer has proved itself: start over. */
  reset(): void
}

export function backOff(first_ms: number, max_ms: number, random: () => number = Math.random): BackOff {
  let attempt = 0
  return {
    next() {
      const ceiling_ms = Math.min(max_ms, first_ms * 2 ** Math.min(attempt++, 20))
      return ceiling_ms * (0.5 + 0.5 * random())
    },
    reset() {
      attempt = 0
    },
  }
}

/** `host:port` in two. */
export function parseEndpoint(endpoint: string): { readonly host: string; readonly port: number } {
  const colon = endpoint.lastIndexOf(':')
  const port = Number(endpoint.slice(colon + 1))
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new RangeError(`${endpoint} is not host:port, such as 127.0.0.1:502`)
  return { host: endpoint.slice(0, colon), port }
}
