/**
 * The OPC UA device of field-io against real servers on loopback: trust, login, values, loss and return, silence, pairs, writes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isBad, isGood, STATUS } from '../../contracts/status.ts'
import { listCertificates, moveCertificate } from '../../field-io/edge/opcua-trust-store.ts'
import { cable } from './cable.ts'
import { folder, node, pause, type StandIn, standIn, until, type Watched, watch } from './opcua-stand-in.ts'

const files = folder()
const opened: Watched[] = []
const servers: StandIn[] = []
let server: StandIn

const open = (options: Parameters<typeof watch>[0]): Watched => {
  const watched = watch(options)
  opened.push(watched)
  return watched
}
/** The engineer accepts the server as soon as it has come by. */
const openTrusted = async (options: Parameters<typeof watch>[0]): Promise<Watched> => {
  const watched = open(options)
  await until('the server comes by', 8000, () => watched.device.connected || watched.trustAll() > 0)
  await until('it is in use', 8000, () => watched.device.connected)
  return watched
}

beforeAll(async () => {
  server = await standIn({ pki: `${files.path}/server` })
  servers.push(server)
}, 20_000)

afterAll(async () => {
  for (const each of opened) each.close()
  await pause(300)
  for (const each of servers) await each.stop().catch(() => {})
  files.remove()
})

test('[FIO-OPCUA-1] an untrusted server is refused with the command that accepts it, and used once accepted', async () => {
  const watched = open({ ports: [server.port], inputs: [{ node: node('level') }], data_dir: `${files.path}/a` })
  await until('an alarm', 8000, () => watched.device.alarm?.includes('IO_OPCUA_UNTRUSTED') === true)
  expect(watched.device.alarm).toMatch(/thumbprint [0-9a-f]{40}.*flyball opcua trust [0-9a-f]{12} --pki /)
  expect(watched.device.connected).toBe(false)
  expect(watched.reads).toEqual([])
  expect(watched.trustAll()).toBe(1)
  await until('it is in use', 8000, () => watched.device.connected)
  expect(watched.last().inputs[0]).toBe(1.5)
  expect(watched.last().statuses[0]).toBe(STATUS.good)
  expect(watched.device.alarm).toBe(undefined)
  // Trust that is taken away counts for the open connection too.
  for (const c of listCertificates(watched.pki)) if (c.place === 'trusted') moveCertificate(watched.pki, c, 'rejected')
  await until('it is left', 8000, () => watched.device.alarm?.includes('IO_OPCUA_UNTRUSTED') === true)
  expect(isBad(watched.last().statuses[0]!)).toBe(true)
  watched.trustAll()
  await until('it is in use again', 8000, () => watched.device.connected)
  watched.close()
}, 40_000)

test('[FIO-OPCUA-2] every numeric type arrives as its number with the source time; a wrong node is Bad alone', async () => {
  const tags = ['level', 'flow', 'count', 'total', 'running', 'name', 'missing']
  // The library's clock and Date.now differ by a millisecond.
  const began_ms = Date.now() - 50
  server.set('level', { dataType: 'Double', value: 2.5 })
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [...tags.map((tag) => ({ node: node(tag) })), { node: 'nsu=urn:nowhere;s=a' }, { node: 'RIO-1' }],
    data_dir: `${files.path}/a`,
  })
  const { inputs, statuses } = watched.last()
  expect([...inputs.slice(0, 5)]).toEqual([2.5, 0.25, 4_000_000_000, -2, 1])
  expect([...statuses]).toEqual([...Array(5).fill(STATUS.good), ...Array(4).fill(STATUS.badConfigError)])
  const [source] = watched.device.sources()
  expect(source!.source_ms).toBeGreaterThanOrEqual(began_ms)
  expect(source!.source_ms).toBeLessThanOrEqual(Date.now() + 50)
  watched.close()
})

test('[FIO-OPCUA-3] changes and their status come by subscription, limits included', async () => {
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [{ node: node('level') }],
    data_dir: `${files.path}/a`,
  })
  const stop = watched.startPolling(50)
  server.set('level', { dataType: 'Double', value: 7 })
  await until('the new value', 5000, () => watched.last().inputs[0] === 7)
  // Bad_SensorFailure: the last usable value stays, the status says that it is not the sensor's.
  server.set('level', { dataType: 'Double', value: Number.NaN }, 0x808c0000)
  await until('Bad', 5000, () => isBad(watched.last().statuses[0]!))
  expect(watched.last().statuses[0]).toBe(STATUS.badSensorFailure)
  expect(watched.last().inputs[0]).toBe(7)
  server.set('level', { dataType: 'Double', value: 8 }, 0x40940000)
  await until('Uncertain', 5000, () => watched.last().inputs[0] === 8)
  expect(watched.last().statuses[0]).toBe(STATUS.uncertainRangeViolation)
  server.set('level', { dataType: 'Double', value: 1.5 })
  stop()
  watched.close()
})

test('[FIO-OPCUA-4] granted time: a poll that is waited for reads truly, slow classes at their own tick', async () => {
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [{ node: node('level') }, { node: node('flow'), every: 3 }],
    data_dir: `${files.path}/a`,
  })
  const levels: number[] = []
  /** Ticks at which the slow point was read: what it then has. */
  const flows = new Set<number>()
  for (let tick = 1; tick <= 9; tick++) {
    server.set('level', { dataType: 'Double', value: tick })
    server.set('flow', { dataType: 'Float', value: tick })
    await watched.pollNow(tick)
    levels.push(watched.last().inputs[0]!)
    flows.add(watched.last().inputs[1]!)
    if (watched.last().inputs[1]! >= 1)
      expect(watched.last().input_ages?.[1] ?? 0).toBe(tick - watched.last().inputs[1]!)
  }
  expect(levels).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  const ticks = [...flows].filter((f) => f >= 1)
  expect(ticks).toHaveLength(3)
  expect(ticks.map((t) => t - ticks[0]!)).toEqual([0, 3, 6])
  server.set('level', { dataType: 'Double', value: 6 })
  server.set('flow', { dataType: 'Float', value: 0.25 })
  watched.close()
})

test('[FIO-OPCUA-5] a write goes through with its type and is read back; a refused one is reported with its code', async () => {
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [],
    outputs: [
      { node: node('setpoint'), min: 0, max: 100 },
      { node: node('locked'), min: 0, max: 100 },
    ],
    data_dir: `${files.path}/a`,
  })
  const write = async (output: number, value: number): Promise<void> => {
    const before = watched.done.length
    watched.device.write({
      type: 'write',
      device: 0,
      connection: watched.last().connection,
      epoch: 1,
      n: 1,
      until_ms: performance.now() + 2000,
      outputs: [output],
      values: Float64Array.of(value),
    })
    await until('the write ends', 3000, () => watched.done.length > before)
  }
  await write(0, 61.4)
  expect(watched.done.at(-1)!.ok).toBe(true)
  expect(server.get('setpoint')).toBe(61)
  await until('the read-back', 5000, () => watched.last().readbacks[0] === 61)
  const words: string[] = []
  const original = process.stderr.write.bind(process.stderr)
  process.stderr.write = ((text: string) => words.push(text) > 0) as typeof process.stderr.write
  try {
    await write(1, 5)
  } finally {
    process.stderr.write = original
  }
  expect(watched.done.at(-1)!.ok).toBe(false)
  expect(words.join('')).toMatch(
    /IO_OPCUA_WRITE: UA-1 nsu=urn:flyball:test;s=locked: the server answered Bad(NotWritable|UserAccessDenied)/,
  )
  expect(server.get('locked')).toBe(3)
  // What waited too long is not sent at all.
  watched.device.write({
    type: 'write',
    device: 0,
    connection: watched.last().connection,
    epoch: 1,
    n: 2,
    until_ms: performance.now() - 1,
    outputs: [0],
    values: Float64Array.of(10),
  })
  await until('the late write ends', 3000, () => watched.done.length === 3)
  expect(watched.done.at(-1)!.ok).toBe(false)
  expect(server.get('setpoint')).toBe(61)
  watched.close()
})

test('[FIO-OPCUA-6] a wrong password, no password and None are refused in words', async () => {
  const cases = [
    { record: { user: { name: 'reader', password_env: 'FLYBALL_TEST_OPCUA_WRONG' } }, code: 'IO_OPCUA_LOGIN' },
    { record: { user: { name: 'reader', password_env: 'FLYBALL_TEST_OPCUA_NONE' } }, code: 'IO_OPCUA_PASSWORD' },
    { record: { policy: 'None', mode: 'None' }, code: 'IO_OPCUA_SECURITY' },
    { record: { policy: 'Aes128_Sha256_RsaOaep' }, code: 'IO_OPCUA_SECURITY' },
  ] as const
  const watched = cases.map(({ record }) =>
    open({ ports: [server.port], inputs: [{ node: node('level') }], record, data_dir: `${files.path}/a` }),
  )
  for (const [i, { code }] of cases.entries()) {
    await until(code, 8000, () => watched[i]!.device.alarm?.includes('IO_') === true)
    expect(watched[i]!.device.alarm).toContain(code)
    expect(watched[i]!.device.connected).toBe(false)
    watched[i]!.close()
  }
  expect(watched[2]!.device.alarm).toContain('Basic256Sha256/SignAndEncrypt, Aes256_Sha256_RsaPss/SignAndEncrypt')
}, 20_000)

test('[FIO-OPCUA-7] Aes256_Sha256_RsaPss works as well, and None where it is asked for on both sides', async () => {
  const aes = await openTrusted({
    ports: [server.port],
    inputs: [{ node: node('level') }],
    record: { policy: 'Aes256_Sha256_RsaPss' },
    data_dir: `${files.path}/a`,
  })
  expect(aes.last().inputs[0]).toBe(6)
  aes.close()
  const open_server = await standIn({ pki: `${files.path}/open`, none: true })
  servers.push(open_server)
  const none = open({
    ports: [open_server.port],
    inputs: [{ node: node('level') }],
    record: { policy: 'None', mode: 'None' },
    data_dir: `${files.path}/none`,
  })
  await until('in use', 8000, () => none.device.connected)
  expect(none.last().inputs[0]).toBe(1.5)
  none.close()
}, 20_000)

test('[FIO-OPCUA-8] an expired certificate is refused with its date, even when it is trusted', async () => {
  const old = await standIn({ pki: `${files.path}/old`, expired_year: 2021 })
  servers.push(old)
  const watched = open({ ports: [old.port], inputs: [{ node: node('level') }], data_dir: `${files.path}/b` })
  await until('an alarm', 8000, () => watched.device.alarm?.includes('IO_OPCUA_EXPIRED') === true)
  expect(watched.device.alarm).toMatch(/valid until (2021-12-3|2022-01-01)/)
  watched.trustAll()
  await pause(1500)
  expect(watched.device.connected).toBe(false)
  expect(watched.device.alarm).toContain('IO_OPCUA_EXPIRED')
  watched.close()
}, 20_000)

test('[FIO-T7] the server restarts: Bad in between, every item back within 10 s, nothing left behind on the server', async () => {
  let mine = await standIn({ pki: `${files.path}/mine` })
  const { port } = mine
  const tags = ['level', 'flow', 'count', 'running']
  const watched = await openTrusted({
    ports: [port],
    inputs: tags.map((tag) => ({ node: node(tag) })),
    data_dir: `${files.path}/c`,
  })
  const stop = watched.startPolling(50)
  for (let round = 0; round < 1; round++) {
    const kept = [...watched.last().inputs]
    await mine.stop()
    await until('Bad', 5000, () => watched.last().statuses.every(isBad))
    expect([...watched.last().statuses]).toEqual(tags.map(() => STATUS.badNoCommLastUsable))
    expect([...watched.last().inputs]).toEqual(kept)
    await pause(1500)
    mine = await standIn({ pki: `${files.path}/mine`, port })
    const began_ms = performance.now()
    await until('all back', 10_000, () => watched.last().statuses.every(isGood))
    expect(performance.now() - began_ms).toBeLessThan(10_000)
    mine.set('level', { dataType: 'Double', value: 20 + round })
    await until('changes come again', 5000, () => watched.last().inputs[0] === 20 + round)
  }
  expect(mine.server.currentSessionCount).toBe(1)
  expect(mine.server.currentSubscriptionCount).toBe(1)
  stop()
  watched.close()
  await until('the session is closed', 3000, () => mine.server.currentSessionCount === 0)
  await mine.stop()
}, 30_000)

test('[FIO-T7] a subscription that dies in silence is noticed and rebuilt, while the connection stays', async () => {
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [{ node: node('level') }],
    record: { silence_ms: 800 },
    data_dir: `${files.path}/a`,
  })
  const stop = watched.startPolling(50)
  const { connection } = watched.last()
  server.set('level', { dataType: 'Double', value: 32 })
  await until('the subscription delivers', 10_000, () => watched.last().inputs[0] === 32)
  expect(server.reporting()).toBeGreaterThan(0)
  server.silence()
  server.set('level', { dataType: 'Double', value: 33 })
  expect(server.reporting()).toBe(0)
  // The read that answers the silence brings the truth; then the subscription is made anew and delivers by itself.
  await until('the value by read', 10_000, () => watched.last().inputs[0] === 33)
  await until('a new subscription', 10_000, () => server.reporting() > 0)
  server.set('level', { dataType: 'Double', value: 34 })
  await until('the value by the new subscription', 10_000, () => watched.last().inputs[0] === 34)
  expect(watched.last().connection).toBe(connection)
  expect(watched.downs).toEqual([])
  stop()
  watched.close()
}, 20_000)

test('[FIO-T1] a line that is cut again and again leaves no session behind on the server, and every cut is mended', async () => {
  const watched = await openTrusted({
    ports: [server.port],
    inputs: [{ node: node('level') }],
    data_dir: `${files.path}/a`,
  })
  await until('the sessions of others are closed', 25_000, () => server.server.currentSessionCount === 1)
  // More cuts than the server has sessions.
  for (let cut = 1; cut <= 10; cut++) {
    server.cut()
    await until('the loss is seen', 5000, () => watched.downs.length === cut)
    expect(isBad(watched.last().statuses[0]!)).toBe(true)
    await until('it is back', 10_000, () => watched.device.connected)
    expect(isGood(watched.last().statuses[0]!)).toBe(true)
  }
  expect(server.server.currentSessionCount).toBe(1)
  expect(watched.last().connection).toBe(11)
  watched.close()
}, 60_000)

test('[FIO-T2] a server that is not there: an alarm, and the poll of others is not held up', async () => {
  const watched = open({ ports: [1], inputs: [{ node: node('level') }], data_dir: `${files.path}/a` })
  await until('an alarm', 8000, () => watched.device.alarm?.includes('IO_OPCUA_CONNECT') === true)
  const began_ms = performance.now()
  await watched.pollNow()
  expect(performance.now() - began_ms).toBeLessThan(500)
  expect(watched.reads).toEqual([])
  watched.close()
})

test('[FIO-OPCUA-25] a line that falls silent without a word: Bad after the time-out and a scan, back when it is mended', async () => {
  const line = await cable(server.port)
  const tick_ms = 200
  const timeout_ms = 1000
  const watched = await openTrusted({
    ports: [line.port],
    inputs: [{ node: node('level') }],
    data_dir: `${files.path}/a`,
    tick_ms,
  })
  const stop = watched.startPolling(tick_ms)
  line.hold()
  const began_ms = performance.now()
  await until('Bad', 10_000, () => isBad(watched.last().statuses[0]!))
  // Time-out, one scan until supervision asks, one until it is polled, and what a busy machine adds.
  expect(performance.now() - began_ms).toBeLessThan(timeout_ms + 2 * tick_ms + 1500)
  line.mend()
  await until('Good', 10_000, () => isGood(watched.last().statuses[0]!))
  stop()
  watched.close()
  await line.close()
}, 40_000)

test('[FIO-OPCUA-9] of two servers the better is used: switch by ServiceLevel and by loss, without a Bad value', async () => {
  const a = await standIn({ pki: `${files.path}/pa` })
  const b = await standIn({ pki: `${files.path}/pb` })
  servers.push(a, b)
  a.set('level', { dataType: 'Double', value: 100 })
  b.set('level', { dataType: 'Double', value: 200 })
  const watched = await openTrusted({
    ports: [a.port, b.port],
    inputs: [{ node: node('level') }],
    data_dir: `${files.path}/d`,
  })
  await until('both sessions', 8000, () => {
    watched.trustAll()
    return watched.device.servers.length === 2 && watched.device.servers.every((s) => s.level === 255)
  })
  const stop = watched.startPolling(50)
  const first = watched.device.server!
  const [used, other] = first === 'A' ? [a, b] : [b, a]
  const before = watched.reads.length
  used.setLevel(1)
  await until('the other server', 5000, () => watched.device.server !== first)
  await until('its value', 2000, () => watched.last().inputs[0] === (first === 'A' ? 200 : 100))
  used.setLevel(255)
  await pause(600)
  // Both healthy: no swing back.
  expect(watched.device.server).not.toBe(first)
  stop()
  await other.stop()
  // The very next poll has the value of the one that is left.
  await watched.pollNow()
  expect(watched.device.server).toBe(first)
  expect(watched.last().inputs[0]).toBe(first === 'A' ? 100 : 200)
  expect(watched.reads.slice(before).some((r) => isBad(r.statuses[0]!))).toBe(false)
  expect(watched.downs).toEqual([])
  watched.close()
}, 30_000)
