import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { LinkMessage } from '../../contracts/link.ts'
import { encodeRecord } from '../../protocols/core/record.ts'
import { type Link, linkRecord } from '../../protocols/edge/link.ts'
import { connectLink, type LinkClient } from '../../protocols/edge/link-client.ts'
import { type LinkServer, type LinkServerOptions, listenLinks } from '../../protocols/edge/link-server.ts'
import { until } from './raw.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

const grant = (tick: number): LinkMessage => ({ type: 'grant', tick })

async function server(options: Partial<LinkServerOptions> = {}) {
  const messages: LinkMessage[] = []
  const ends: string[] = []
  const links: Link[] = []
  const s: LinkServer = await listenLinks({
    port: 0,
    on_open: (link) => links.push(link),
    on_message: (_link, message) => messages.push(message),
    on_end: (_link, reason) => ends.push(reason),
    ...options,
  })
  clean.push(() => s.close())
  return { s, messages, ends, links }
}

function client(port: number, on_open: (link: Link) => void = () => {}) {
  const messages: LinkMessage[] = []
  const ends: string[] = []
  const c: LinkClient = connectLink(`127.0.0.1:${port}`, {
    retry_ms: 5,
    retry_ms_max: 20,
    on_open,
    on_message: (_link, message) => messages.push(message),
    on_end: (_link, reason) => ends.push(reason),
  })
  clean.push(() => c.close())
  return { c, messages, ends }
}

test('messages arrive whole and in order, both ways', async () => {
  const { s, messages, links } = await server()
  const { messages: back } = client(s.port, (link) => {
    for (let i = 0; i < 500; i++) link.send(grant(i))
  })
  await until(() => messages.length === 500, 'all messages')
  expect(messages).toEqual(Array.from({ length: 500 }, (_, i) => grant(i)))
  links[0]!.send(grant(7))
  await until(() => back.length === 1, 'the answer')
  expect(back).toEqual([grant(7)])
})

test.each([
  ['a wrong CRC', () => linkRecord(grant(1)).map((b, i) => (i === 4 ? b ^ 1 : b)), /damaged record \(crc\)/],
  ['an impossible length', () => new Uint8Array(16).fill(0xff), /damaged record \(length\)/],
  ['a message of no known type', () => encodeRecord(Uint8Array.of(250, 1, 2)), /not a message/],
  ['a message that is too short', () => encodeRecord(Uint8Array.of(13)), /not a message/],
])('%s ends the link with the reason, and other links go on', async (_name, bytes, reason) => {
  const { s, messages, ends, links } = await server()
  const { c } = client(s.port)
  await until(() => links.length === 1, 'the good link')
  const socket = connect(s.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes())
  await until(() => ends.length === 1, 'the end')
  expect(ends[0]).toMatch(reason)
  c.link!.send(grant(3))
  await until(() => messages.length === 1, 'a message on the other link')
  expect(messages).toEqual([grant(3)])
})

test('a client comes back as often as its server goes away, and says hello each time', async () => {
  let { s, links, messages } = await server()
  const { port } = s
  let opens = 0
  const { ends } = client(port, (link) => {
    opens++
    link.send(grant(opens))
  })
  for (let i = 1; i <= 3; i++) {
    await until(() => messages.length === 1, 'hello')
    expect(messages).toEqual([grant(i)])
    await s.close()
    ;({ s, links, messages } = await server({ port }))
  }
  await until(() => links.length === 1, 'the last link')
  expect(ends).toHaveLength(3)
})

test('a peer that does not read is dropped, and memory is bounded', async () => {
  const { s, ends, links } = await server({ unread_bytes_max: 100_000 })
  const socket = connect(s.port, '127.0.0.1')
  socket.pause()
  await until(() => links.length === 1, 'the link')
  let sent = 0
  while (links[0]!.send(grant(sent)) && sent < 10_000_000) sent++
  expect(links[0]!.open).toBe(false)
  expect(ends[0]).toMatch(/bytes unread/)
  expect(links[0]!.send(grant(0))).toBe(false)
  socket.destroy()
})

test('closing leaves no timer and no socket', async () => {
  const handles = (): number =>
    process.getActiveResourcesInfo().filter((r) => r === 'Timeout' || r === 'TCPSocketWrap').length
  const { s, links } = await server()
  const before = handles()
  const { c } = client(s.port)
  const lost = connectLink('127.0.0.1:1', { on_open: () => {}, on_message: () => {}, on_end: () => {} })
  await until(() => links.length === 1, 'the link')
  c.close()
  lost.close()
  await until(() => handles() <= before, 'the end of timers and sockets')
  expect(handles()).toBeLessThanOrEqual(before)
})
