/** The safety system as the gateway has it: its snapshot and events, and the requests that go to it, all of it in the journal. */
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  SisConfirmReply,
  SisReply,
  SisRequest,
  SisRequestReply,
  SisSoeReply,
  SisStatus,
  SisText,
} from '../../contracts/hmi-sis.ts'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import type { JournalLine } from '../core/journal-entry.ts'
import { readSisOutline } from '../core/sis-outline.ts'
import {
  createSisPicture,
  emptyLedger,
  noSis,
  type SisLedger,
  type SisPicture,
  sisStatus,
  takeSnapshot,
  trustedOutline,
} from '../core/sis-picture.ts'
import { readRiskTable } from '../core/sis-risk.ts'
import type { Clock } from './clock.ts'
import { GatewayFault } from './gateway-fault.ts'
import type { SisLinkConfig } from './sis-config.ts'
import { listenSis, type SisReceiver } from './sis-receiver.ts'
import { openSisWriter, type SisWriter } from './sis-write.ts'

export interface SisDesk {
  /** Where its datagrams are heard; 0: there is no safety system. */
  readonly port: number
  text(): SisText
  reply(): SisReply
  soe(after: number, limit: number): SisSoeReply
  /** @throws GatewayFault GW_SIS, GW_NO_SIS, GW_JOURNAL */
  request(r: SisRequest): Promise<SisRequestReply>
  confirm(id: number, second: string): Promise<SisConfirmReply>
  /** About once a second. */
  tick(): void
  close(): void
}

export interface SisDeskParts {
  readonly clock: Clock
  readonly data_dir: string
  /** @throws GatewayFault GW_JOURNAL */
  readonly journal: (lines: readonly Omit<JournalLine, 't_ms'>[]) => void
  /** Something that operators look at has changed. */
  readonly on_news: () => void
}

export const noSisDesk: SisDesk = {
  port: 0,
  text: () => ({ type: 'sis', status: noSis, snapshot: null }),
  reply: () => ({ status: noSis, snapshot: null, outline: null, risk: null }),
  soe: () => ({ entries: [], newest: 0 }),
  request: () => Promise.reject(absent()),
  confirm: () => Promise.reject(absent()),
  tick: () => {},
  close: () => {},
}

const absent = (): GatewayFault =>
  new GatewayFault('GW_NO_SIS', 'this run has no safety system', 'Start one that has, as the guide says.')

/** @throws GatewayFault GW_NO_SIS where its port cannot be opened */
export async function openSisDesk(config: SisLinkConfig, parts: SisDeskParts): Promise<SisDesk> {
  const { clock } = parts
  const ledger_path = join(parts.data_dir, 'sis-ledger.json')
  const risk_path = config.live_table_path ?? join(parts.data_dir, 'sis-live-table.json')
  const picture = createSisPicture(readLedger(ledger_path, new Date(clock.wall_ms()).toISOString()))
  let saved = JSON.stringify(picture.ledger)
  let read_for = ''

  const keep = (): void => {
    const text = JSON.stringify(picture.ledger)
    if (text === saved) return
    try {
      writeFileSync(`${ledger_path}.new`, text)
      renameSync(`${ledger_path}.new`, ledger_path)
      saved = text
    } catch {
      // The journal has the same, and its own trouble is an alarm already.
    }
  }
  /** What has happened is said where the journal takes it. */
  const saySoftly = (lines: readonly Omit<JournalLine, 't_ms'>[]): void => {
    try {
      if (lines.length > 0) parts.journal(lines)
    } catch (cause) {
      if (!(cause instanceof GatewayFault)) throw cause
    }
  }
  const take = (snapshot: SisSnapshot): void => {
    // The file may be a new one since: once for each configuration that runs, and again while it does not fit.
    if (read_for !== snapshot.config_hash) {
      readOutline(picture, config.config_path)
      read_for = snapshot.config_hash
    }
    const before = picture.snapshot
    const { lines, urgent } = takeSnapshot(picture, snapshot, clock.mono_ms(), clock.wall_ms())
    saySoftly(lines.map((l) => ({ kind: 'event' as const, station: '', ...l })))
    if (lines.length > 0) keep()
    if (urgent || before === null) parts.on_news()
  }

  readOutline(picture, config.config_path)
  const receiver: SisReceiver = await listenSis(config.udp_port, {
    on_snapshot: take,
    on_malformed: () => {
      picture.malformed++
    },
  })
  const writer: SisWriter | undefined = config.write === undefined ? undefined : openSisWriter(config.write)
  const status = (): SisStatus =>
    sisStatus(picture, { now_ms: clock.mono_ms(), write: writer?.status ?? { state: 'none', why: '' } })
  const text = (): SisText => {
    const { snapshot } = picture
    if (snapshot === null) return { type: 'sis', status: status(), snapshot: null }
    const { soe: _, ...rest } = snapshot
    return { type: 'sis', status: status(), snapshot: rest }
  }
  let state: SisStatus['state'] = 'waiting'
  /** Requests whose echo waits for a confirmation. */
  const asked = new Map<number, SisRequest>()
  const say = (who: string, tag: string, words: string): Omit<JournalLine, 't_ms'> => ({
    kind: 'command',
    station: who,
    tag,
    text: words,
  })

  return {
    port: receiver.port,
    text,
    reply() {
      const { status: now, snapshot } = text()
      return { status: now, snapshot, outline: trustedOutline(picture), risk: readRisk(risk_path) }
    },
    soe(after, limit) {
      const { soe } = picture
      const newest = soe.at(-1)?.number ?? 0
      const from = soe.findIndex((e) => e.number > after)
      return { entries: from < 0 ? [] : soe.slice(from).slice(-limit), newest }
    },
    async request(r) {
      if (writer === undefined) throw new GatewayFault('GW_NO_SIS', 'this gateway may only look', 'Ask at the panel.')
      const what = describe(r)
      parts.journal([say(r.who, r.target, `SIS request: ${what}${r.reason === '' ? '' : `, ${r.reason}`}`)])
      try {
        const echo = await writer.request(r)
        asked.set(echo.id, r)
        for (const id of asked.keys()) if (id < echo.id - 50) asked.delete(id)
        saySoftly([say(r.who, r.target, `SIS echo: ${echo.meaning}`)])
        return echo
      } catch (cause) {
        saySoftly([say(r.who, r.target, `SIS request: ${what}: ${whatOf(cause)}`)])
        throw cause
      }
    },
    async confirm(id, second) {
      if (writer === undefined) throw absent()
      const r = asked.get(id)
      asked.delete(id)
      const who = r?.who ?? ''
      const by = second === '' ? '' : ` with ${second}`
      parts.journal([
        say(who, r?.target ?? '', `SIS confirmed${by}: ${r === undefined ? `request ${id}` : describe(r)}`),
      ])
      try {
        const result = await writer.confirm(id, second)
        if (r !== undefined && result.outcome === 'executed') file(picture.ledger, r, second)
        const reason = result.reason === '' ? '' : `, ${result.reason}`
        saySoftly([say(who, r?.target ?? '', `SIS ${result.outcome}${reason}: ${r === undefined ? '' : describe(r)}`)])
        keep()
        return result
      } catch (cause) {
        saySoftly([say(who, r?.target ?? '', `SIS: ${whatOf(cause)}`)])
        throw cause
      }
    },
    tick() {
      const now = status()
      if (now.state !== state) {
        if (now.state === 'lost') saySoftly([{ kind: 'system', station: '', tag: 'SIS', text: 'Snapshot lost' }])
        if (state === 'lost') saySoftly([{ kind: 'system', station: '', tag: 'SIS', text: 'Snapshot comes again' }])
        state = now.state
        parts.on_news()
      }
      if (now.config === 'other' || now.config === 'unreadable') read_for = ''
      keep()
    },
    close() {
      receiver.close()
      writer?.close()
      keep()
    },
  }
}

function readOutline(picture: SisPicture, path: string): void {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    picture.outline = null
    picture.outline_fault = (cause as Error).message
    return
  }
  const reading = readSisOutline(bytes.toString('utf8'), createHash('sha256').update(bytes).digest('hex'))
  picture.outline = reading.ok ? reading.outline : null
  picture.outline_fault = reading.ok ? '' : reading.found
}

function readRisk(path: string): SisReply['risk'] {
  try {
    return readRiskTable(readFileSync(path, 'utf8')) ?? null
  } catch {
    // It is written by another command, perhaps later.
    return null
  }
}

function readLedger(path: string, since: string): SisLedger {
  try {
    const v = JSON.parse(readFileSync(path, 'utf8')) as Partial<SisLedger>
    if (
      typeof v.run_id === 'string' &&
      typeof v.soe_next === 'number' &&
      v.demands !== undefined &&
      v.papers !== undefined
    )
      return { ...emptyLedger(since), ...v } as SisLedger
  } catch {
    // None yet, or a torn one: what it held stands in the journal too.
  }
  return emptyLedger(since)
}

/** Keeps who answers for a bypass, under the name that the list looks for. */
function file(ledger: SisLedger, r: SisRequest, second: string): void {
  const { who, reason, work_order, compensation } = r
  const paper = { who, second, reason, work_order, compensation }
  if (r.command === 'mos_on') ledger.papers[`${r.target}/${r.channel}`] = paper
  else if (r.command === 'mos_off') delete ledger.papers[`${r.target}/${r.channel}`]
  else if (r.command === 'startup_override' || r.command === 'effect_override') ledger.papers[r.target] = paper
}

const describe = (r: SisRequest): string =>
  `${r.command} ${r.target}${r.channel === '' ? '' : ` ${r.channel}`}${r.work_order === '' ? '' : `, work order ${r.work_order}`}`

const whatOf = (cause: unknown): string => (cause instanceof GatewayFault ? cause.what : String(cause))
