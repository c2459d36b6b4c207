/**
 * One OPC UA server, for as long as field-io runs: connected, supervised, and connected anew when anything is wrong.
 *
 * Whatever ends, the socket, the session, the subscription or only its data, ends in the same way: everything of that
 * connection is thrown away and built again, with growing pauses. There is no second way back that could go wrong.
 */
import {
  AttributeIds,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  type NodeId,
  TimestampsToReturn,
  Variant,
  VariantArrayType,
} from 'node-opcua'
import { STATUS } from '../../contracts/status.ts'
import { createDataFlow, type DataFlow, flowAction, onPublishAnswer, onVerified } from '../core/opcua/data-flow.ts'
import { subscriptionPlan } from '../core/opcua/subscription-plan.ts'
import { valueFor } from '../core/opcua/value.ts'
import { type Connected, connectServer, disconnect, type ServerAddress, within } from './opcua-connect.ts'
import { OpcuaFault, opcuaFault } from './opcua-fault.ts'
import { codeName, parseNode } from './opcua-node.ts'
import { type Reading, readingOf } from './opcua-reading.ts'

export interface LinkNode {
  /** `ns=2;s=AT-23`, or with the namespace by its name: `nsu=urn:flyball:plant;s=AT-23`. */
  readonly node: string
  readonly period_ms: number
  /** Subscribed where the device is; otherwise only read when asked for. */
  readonly monitored: boolean
}

export interface LinkEvents {
  /** Every node has been read once on this connection. */
  readonly on_up: () => void
  readonly on_down: (fault: OpcuaFault) => void
  readonly on_readings: (nodes: readonly number[]) => void
  /** A round of supervision went well: the server answers now. */
  readonly on_alive: () => void
  readonly on_note: (text: string) => void
}

export interface LinkCounters {
  requests: number
  timeouts: number
  connects: number
  /** Times from request to answer, the latest; not ordered. */
  readonly rtts_ms: number[]
  /** Time of the last good answer, on the monotonic clock; NaN: none yet. */
  good_ms: number
}

export interface OpcuaLink {
  readonly up: boolean
  /** ServiceLevel; undefined while not connected. */
  readonly level: number | undefined
  readonly fault: OpcuaFault | undefined
  readonly readings: readonly Reading[]
  readonly counters: Readonly<LinkCounters>
  /** Reads these nodes now. False: it did not work, and the connection is being made anew. */
  read(nodes: readonly number[]): Promise<boolean>
  /** One fault per value that was refused; undefined: the connection is gone, and nobody knows. */
  write(nodes: readonly number[], values: ArrayLike<number>): Promise<readonly OpcuaFault[] | undefined>
  close(): void
}

const RETRY_MS_MIN = 250
const RETRY_MS_MAX = 3000
/** Servers lock accounts after wrong passwords. */
const RETRY_LOGIN_MS = 15_000
const SUPERVISE_MS_MAX = 1000
/** An engineer who takes trust away is obeyed so soon. */
const RECHECK_MS = 3000
/** Publish answers may be late by so many keep-alives before the session is given up. */
const KEEP_ALIVES_LOST = 2.5
const READ_MAX = 1000
const RTTS_MAX = 100
const SERVER = { level: 'i=2267', namespaces: 'i=2255', nodes_per_read: 'i=11705' } as const
const NOT_READ: Reading = { value: Number.NaN, status: STATUS.badNoComm, source_ms: Number.NaN, type: 0, code: 0 }
/** Where samples come this seldom, a new sample with the old value is worth a notification of its own. */
const TIMESTAMP_TRIGGER_MS = 1000

const LEFT_BY_US: ReadonlySet<string> = new Set([
  'IO_OPCUA_SILENT',
  'IO_OPCUA_UNTRUSTED',
  'IO_OPCUA_EXPIRED',
  'IO_OPCUA_CERTIFICATE',
])

interface Line extends Connected {
  readonly ids: readonly (NodeId | undefined)[]
  readonly read_max: number
  subscription: ClientSubscription | undefined
  flow: DataFlow | undefined
  /** What the subscription itself last delivered, by node: reads may have been quicker. */
  readonly delivered: Reading[]
}

export function openLink(address: ServerAddress, nodes: readonly LinkNode[], events: LinkEvents): OpcuaLink {
  const { record, timeout_ms, device, url } = address
  const place = `${device} at ${url}`
  const all = nodes.map((_node, i) => i)
  const monitored = record.access === 'subscribe' ? all.filter((i) => nodes[i]!.monitored) : []
  const fastest_ms = nodes.reduce((ms, n) => Math.min(ms, n.period_ms), SUPERVISE_MS_MAX)
  const supervise_ms = Math.max(100, fastest_ms)
  const readings: Reading[] = nodes.map(() => NOT_READ)
  const complained = new Set<string>()
  let line: Line | undefined
  let up = false
  let level: number | undefined
  let fault: OpcuaFault | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let failures = 0
  let checked_ms = 0
  let orphan: ClientSession | undefined
  const counters: LinkCounters = { requests: 0, timeouts: 0, connects: 0, rtts_ms: [], good_ms: Number.NaN }

  const complain = (key: string, text: string): void => {
    if (complained.has(key)) return
    complained.add(key)
    events.on_note(text)
  }

  const drop = (of: Line, why: OpcuaFault): void => {
    if (line !== of) return
    line = undefined
    level = undefined
    // A session that no longer answers is not asked to close itself.
    const answers = LEFT_BY_US.has(why.code)
    disconnect(of.client, answers ? of.session : undefined)
    orphan = answers ? undefined : of.session
    failed(why)
  }

  const failed = (why: OpcuaFault): void => {
    const was_up = up
    up = false
    const same = fault !== undefined && fault.message === why.message
    fault = why
    if (was_up || !same) events.on_down(why)
    if (closed) return
    const longest_ms = why.code === 'IO_OPCUA_LOGIN' ? RETRY_LOGIN_MS : RETRY_MS_MAX
    const pause_ms = why.code === 'IO_OPCUA_LOGIN' ? longest_ms : Math.min(longest_ms, RETRY_MS_MIN * 2 ** failures)
    failures++
    // Jitter: the clients of a server that comes back do not all call in the same instant.
    timer = setTimeout(connect, pause_ms * (0.5 + 0.5 * Math.random()))
  }

  const connect = (): void => {
    void establish().catch((cause) => failed(opcuaFault(cause, place, 'connect')))
  }

  const establish = async (): Promise<void> => {
    const left = orphan
    orphan = undefined
    const connected = await connectServer(address, left).catch((cause) => {
      orphan = left
      throw cause
    })
    if (closed) {
      disconnect(connected.client, connected.session)
      return
    }
    counters.connects++
    let mine: Line = {
      ...connected,
      ids: [],
      read_max: READ_MAX,
      subscription: undefined,
      flow: undefined,
      delivered: [],
    }
    line = mine
    connected.client.on('close', () => drop(mine, closedFault()))
    connected.session.on('session_closed', () => drop(mine, closedFault()))
    try {
      const { ids, read_max } = await resolve(mine)
      if (line !== mine) return
      mine = Object.assign(mine, { ids, read_max })
      if (monitored.length > 0) await subscribe(mine, false)
      await readNodes(mine, all)
      for (const i of monitored) mine.delivered[i] = readings[i]!
      await superviseLevel(mine)
    } catch (cause) {
      drop(mine, opcuaFault(cause, place, 'prepare the session'))
      return
    }
    if (line !== mine) return
    failures = 0
    fault = undefined
    up = true
    events.on_up()
    events.on_readings(all)
    timer = setTimeout(() => void supervise(mine), supervise_ms)
  }

  const closedFault = (): OpcuaFault =>
    new OpcuaFault('IO_OPCUA_CLOSED', place, 'the server closed the connection', 'it comes back by itself')

  /** Namespace numbers may change with every start of a server: they are looked up each time. */
  const resolve = async (of: Line): Promise<Pick<Line, 'ids' | 'read_max'>> => {
    const [names, limit] = await ask(of, () =>
      of.session.read([
        { nodeId: SERVER.namespaces, attributeId: AttributeIds.Value },
        { nodeId: SERVER.nodes_per_read, attributeId: AttributeIds.Value },
      ]),
    )
    const namespaces: readonly string[] = (names!.value?.value as string[] | null) ?? []
    const ids = nodes.map(({ node }, i) => {
      const found = parseNode(node, namespaces)
      if (typeof found !== 'string') return found
      readings[i] = { ...NOT_READ, status: STATUS.badConfigError }
      complain(`${node} id`, `IO_OPCUA_NODE: ${device}: '${node}' ${found}; correct the node id in io/`)
      return undefined
    })
    const said = Number(limit!.value?.value ?? 0)
    return { ids, read_max: said > 0 ? Math.min(said, READ_MAX) : READ_MAX }
  }

  /** Every question has an end: an answer, or the loss of the connection. */
  const ask = async <T>(of: Line, question: () => Promise<T>): Promise<T> => {
    if (line !== of) throw closedFault()
    const from_ms = performance.now()
    const number = counters.requests++
    try {
      const answer = await within(timeout_ms, question(), `no answer in ${timeout_ms} ms`)
      counters.good_ms = performance.now()
      counters.rtts_ms[number % RTTS_MAX] = counters.good_ms - from_ms
      return answer
    } catch (cause) {
      const why = opcuaFault(cause, place, 'ask the server')
      if (why.code === 'IO_OPCUA_TIMEOUT') counters.timeouts++
      throw why
    }
  }

  const fetch = async (of: Line, wanted: readonly number[]): Promise<DataValue[]> => {
    const answers: DataValue[] = []
    for (let at = 0; at < wanted.length; at += of.read_max) {
      const part = wanted.slice(at, at + of.read_max)
      answers.push(
        ...(await ask(of, () =>
          of.session.read(
            part.map((i) => ({ nodeId: of.ids[i]!, attributeId: AttributeIds.Value })),
            0,
          ),
        )),
      )
    }
    return answers
  }

  const readNodes = async (of: Line, wanted: readonly number[]): Promise<void> => {
    const known = wanted.filter((i) => of.ids[i] !== undefined)
    if (known.length === 0) return
    const answers = await fetch(of, known)
    if (line !== of) throw closedFault()
    known.forEach((i, k) => {
      take(i, readingOf(answers[k]!))
    })
  }

  const take = (i: number, reading: Reading): void => {
    readings[i] = reading
    const key = `${nodes[i]!.node} value`
    if (reading.status !== STATUS.badConfigError) {
      complained.delete(key)
      return
    }
    const cause =
      (reading.code & 0x80000000) === 0 ? `holds no number (built-in type ${reading.type})` : codeName(reading.code)
    complain(
      key,
      `IO_OPCUA_NODE: ${device}: '${nodes[i]!.node}' ${cause}; correct the node in io/, or the user's rights`,
    )
  }

  const subscribe = async (of: Line, rebuilt: boolean): Promise<void> => {
    const known = monitored.filter((i) => of.ids[i] !== undefined)
    const plan = subscriptionPlan(
      known.map((i) => nodes[i]!.period_ms),
      record.silence_ms,
    )
    const subscription = await ask(of, () =>
      of.session.createSubscription2({
        requestedPublishingInterval: plan.publishing_ms,
        requestedMaxKeepAliveCount: plan.keep_alive_count,
        requestedLifetimeCount: plan.lifetime_count,
        maxNotificationsPerPublish: 0,
        publishingEnabled: true,
        priority: 1,
      }),
    )
    if (line !== of) throw closedFault()
    of.subscription = subscription
    const keep_alive_ms = subscription.publishingInterval * subscription.maxKeepAliveCount
    of.flow = createDataFlow(
      {
        silence_ms: record.silence_ms,
        dead_ms: keep_alive_ms * KEEP_ALIVES_LOST + timeout_ms,
        grace_ms: 2 * subscription.publishingInterval + timeout_ms,
      },
      performance.now(),
      rebuilt,
    )
    subscription.on('keepalive', () => answered(of, subscription, false))
    subscription.on('received_notifications', () => answered(of, subscription, true))
    for (const sampling_ms of new Set(plan.sampling_ms)) {
      const members = known.filter((_i, k) => plan.sampling_ms[k] === sampling_ms)
      await monitor(of, subscription, sampling_ms, members)
    }
  }

  const answered = (of: Line, subscription: ClientSubscription, with_data: boolean): void => {
    if (line !== of || of.subscription !== subscription || of.flow === undefined) return
    onPublishAnswer(of.flow, performance.now(), with_data)
  }

  const monitor = async (
    of: Line,
    subscription: ClientSubscription,
    sampling_ms: number,
    members: readonly number[],
  ): Promise<void> => {
    const filter =
      sampling_ms >= TIMESTAMP_TRIGGER_MS
        ? new DataChangeFilter({
            trigger: DataChangeTrigger.StatusValueTimestamp,
            deadbandType: DeadbandType.None,
            deadbandValue: 0,
          })
        : null
    const group = await ask(of, () =>
      subscription.monitorItems(
        members.map((i) => ({ nodeId: of.ids[i]!, attributeId: AttributeIds.Value })),
        { samplingInterval: sampling_ms, queueSize: 1, discardOldest: true, filter },
        TimestampsToReturn.Both,
      ),
    )
    group.on('changed', (_item: ClientMonitoredItemBase, data: DataValue, index: number) => {
      if (line !== of || of.subscription !== subscription) return
      const i = members[index]!
      const reading = readingOf(data)
      of.delivered[i] = reading
      // A read may have overtaken what still stood in the server's queue.
      if (up && reading.source_ms < readings[i]!.source_ms) return
      take(i, reading)
      if (up) events.on_readings([i])
    })
  }

  const superviseLevel = async (of: Line): Promise<void> => {
    const [answer] = await ask(of, () => of.session.read([{ nodeId: SERVER.level, attributeId: AttributeIds.Value }]))
    if (line !== of) return
    // A server that does not say is as good as any.
    level = answer!.statusCode.isGood() ? Number(answer!.value.value) : 255
  }

  const supervise = async (of: Line): Promise<void> => {
    if (line !== of) return
    try {
      await superviseLevel(of)
      await watchFlow(of)
      if (performance.now() - checked_ms > RECHECK_MS) {
        of.recheck()
        checked_ms = performance.now()
      }
      if (line !== of) return
      events.on_alive()
      timer = setTimeout(() => void supervise(of), supervise_ms)
    } catch (cause) {
      drop(of, opcuaFault(cause, place, 'supervise the session'))
    }
  }

  const watchFlow = async (of: Line): Promise<void> => {
    const { flow, subscription } = of
    if (flow === undefined || subscription === undefined) return
    const action = flowAction(flow, performance.now())
    if (action === 'none') return
    if (action === 'verify') {
      const known = monitored.filter((i) => of.ids[i] !== undefined)
      await readNodes(of, known)
      const agree = known.every((i) => isSame(readings[i]!, of.delivered[i]))
      onVerified(flow, performance.now(), agree)
      if (!agree) events.on_readings(known)
      return
    }
    const silent = (what: string): OpcuaFault =>
      new OpcuaFault('IO_OPCUA_SILENT', place, what, 'it is built anew; if this comes often, look at the server')
    if (action === 'rebuild-session') throw silent('the subscription is dead while the connection lives')
    events.on_note(silent('the subscription delivers no data although values have changed').message)
    of.subscription = undefined
    subscription.terminate().catch(() => {})
    await subscribe(of, true)
    await readNodes(of, monitored)
    for (const i of monitored) of.delivered[i] = readings[i]!
    events.on_readings(monitored)
  }

  connect()
  return {
    get up() {
      return up
    },
    get level() {
      return up ? level : undefined
    },
    get fault() {
      return fault
    },
    readings,
    counters,
    async read(wanted) {
      const of = line
      if (of === undefined || !up) return false
      try {
        await readNodes(of, wanted)
        return line === of
      } catch (cause) {
        drop(of, opcuaFault(cause, place, 'read'))
        return false
      }
    },
    async write(wanted, values) {
      const of = line
      if (of === undefined || !up) return undefined
      const refusals: OpcuaFault[] = []
      const refuse = (i: number, cause: string, remedy: string): void => {
        refusals.push(new OpcuaFault('IO_OPCUA_WRITE', `${device} ${nodes[i]!.node}`, cause, remedy))
      }
      const items = wanted.flatMap((i, k) => {
        const { type } = readings[i]!
        const value = valueFor(type, values[k]!)
        const nodeId = of.ids[i]
        if (value === undefined || nodeId === undefined) {
          refuse(i, `${values[k]} does not go into built-in type ${type}`, 'correct node, min and max in io/')
          return []
        }
        return [{ i, nodeId, variant: new Variant({ dataType: type, arrayType: VariantArrayType.Scalar, value }) }]
      })
      try {
        if (items.length > 0) {
          const codes = await ask(of, () =>
            of.session.write(
              items.map(({ nodeId, variant }) => ({
                nodeId,
                attributeId: AttributeIds.Value,
                value: { value: variant },
              })),
            ),
          )
          items.forEach(({ i }, k) => {
            const code = codes[k]!
            if (!code.isGood())
              refuse(i, `the server answered ${code.name}`, "correct node or limits in io/, or the user's rights")
          })
        }
        return line === of ? refusals : undefined
      } catch (cause) {
        drop(of, opcuaFault(cause, place, 'write'))
        return undefined
      }
    },
    close() {
      closed = true
      clearTimeout(timer)
      const of = line
      line = undefined
      up = false
      if (of !== undefined) disconnect(of.client, of.session)
    },
  }
}

const isSame = (a: Reading, b: Reading | undefined): boolean =>
  b !== undefined && Object.is(a.value, b.value) && a.status === b.status
