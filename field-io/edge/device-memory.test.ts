import { expect, test } from 'vitest'
import type { Device } from './device.ts'
import { recallDevices, rememberDevices } from './device-memory.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function stand(holds: unknown): { device: Device; recalled: unknown[] } {
  const recalled: unknown[] = []
  const device = { remember: () => holds, recall: (memory: unknown) => void recalled.push(memory) }
  return { device: device as unknown as Device, recalled }
}

test('[OTS-19] each device is given back what it held, and one that holds nothing is left alone', () => {
  const a = stand({ turn: 3 })
  const b = stand({ turn: 5 })
  const none = {} as Device
  const devices = [a.device, none, b.device]
  recallDevices(devices, rememberDevices(devices))
  expect([a.recalled, b.recalled]).toEqual([[{ turn: 3 }], [{ turn: 5 }]])
  recallDevices(devices, new Uint8Array(0))
  expect(a.recalled.at(-1)).toBeNull()
})

test.each(['x', '{}', '[1,2]', '[1]', '["a"]', '[null]'])(
  '[OTS-19] %s is no memory of one device: it goes on from what it holds',
  (text) => {
    const a = stand({})
    recallDevices([a.device], bytes(text))
    expect(a.recalled).toEqual([])
  },
)
