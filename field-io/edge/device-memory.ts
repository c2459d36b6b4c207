/**
 * What the devices hold between their turns, for the snapshot of a simulated run: a point that is read every ten ticks has had its
 * value for up to nine, and after a return it has that one again, and its turn where it was.
 */
import type { Device } from './device.ts'

export function rememberDevices(devices: readonly Device[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(devices.map((device) => device.remember?.() ?? null)))
}

/**
 * What is no memory of these devices is left alone: they go on from what they hold. An empty one is that of a run that begins: every
 * point has its turn at once.
 */
export function recallDevices(devices: readonly Device[], memory: Uint8Array): void {
  if (memory.length === 0) {
    for (const device of devices) device.recall?.(null)
    return
  }
  let found: unknown
  try {
    found = JSON.parse(new TextDecoder().decode(memory))
  } catch {
    return
  }
  if (!Array.isArray(found) || found.length !== devices.length) return
  devices.forEach((device, i) => {
    if (typeof found[i] === 'object' && found[i] !== null) device.recall?.(found[i])
  })
}
