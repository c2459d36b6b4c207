/** `flyball io watch`: values of the running system as they change, by tag, by key or by the point they come from. */
import type { Artifact, TagRecord } from '../../contracts/artifact.ts'
import { type ConfigText, decodeValues, type ServerText } from '../../contracts/hmi-wire.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import { qualityWord, statusText } from '../../contracts/status.ts'
import { nearest } from '../../numerics/nearest.ts'
import { IoCommandFault } from './io-fault.ts'
import { pointScales } from './point-scale.ts'

export interface WatchLine {
  readonly t_ms: number
  /** As it was asked for. */
  readonly name: string
  /** `FIC-101.PV` */
  readonly key: string
  readonly value: number
  readonly text: string
  readonly quality: string
}

export interface WatchOptions {
  /** Ends after so long; absent: never. */
  readonly for_ms?: number
  readonly on_line: (line: WatchLine) => void
  readonly signal?: AbortSignal
}

interface Watched {
  readonly name: string
  readonly key: string
  readonly tag: TagRecord
  readonly field: string
  last: string
}

const CONNECT_MS = 5000

/** Resolves at the end of its time. @throws IoCommandFault where the gateway is not there, or a name is not known */
export function watch(
  http: string,
  names: readonly string[],
  artifact: Artifact,
  options: WatchOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${http.replace(/^http/, 'ws')}/ws`)
    socket.binaryType = 'arraybuffer'
    let watched: Map<number, Watched> | undefined
    const timers: NodeJS.Timeout[] = []
    const end = (fault?: Error): void => {
      for (const timer of timers) clearTimeout(timer)
      socket.close()
      if (fault === undefined) resolve()
      else reject(fault)
    }
    const gone = (why: string): void =>
      end(new IoCommandFault(http, why, 'Is the system still running? `flyball io stats` says more.', 1))
    timers.push(setTimeout(() => watched ?? gone('the gateway does not answer'), CONNECT_MS))
    if (options.for_ms !== undefined) timers.push(setTimeout(() => end(), options.for_ms))
    options.signal?.addEventListener('abort', () => end())
    socket.onopen = () => socket.send(JSON.stringify({ type: 'open', station: 'cli-watch' }))
    socket.onclose = () => gone('the gateway has closed the connection')
    socket.onerror = () => gone('no connection to the gateway')
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (typeof data !== 'string') return values(data as ArrayBuffer)
      const text = JSON.parse(data) as ServerText
      if (text.type !== 'config') return
      try {
        watched = resolveNames(text, names, artifact)
      } catch (cause) {
        end(cause as Error)
      }
    }

    function values(data: ArrayBuffer): void {
      const m = decodeValues(data)
      m.indices.forEach((index, i) => {
        const w = watched?.get(index)
        if (w === undefined) return
        const status = m.statuses[i]!
        const value = m.values[i]!
        const word = qualityWord(status)
        const quality = word === 'bad' || word === 'uncertain' ? statusText(status) : word
        const text = valueText(w, value)
        if (`${text} ${quality}` === w.last) return
        w.last = `${text} ${quality}`
        options.on_line({ t_ms: m.t_ms, name: w.name, key: w.key, value, text, quality })
      })
    }
  })
}

/** A tag is all that an operator sees of it: PV, SP, OUT, mode. */
const OF_A_TAG = ['PV', 'SP', 'OUT', 'READBACK', 'MODE_ACTUAL'] as const

function resolveNames(config: ConfigText, names: readonly string[], artifact: Artifact): Map<number, Watched> {
  const found = new Map<number, Watched>()
  const scales = pointScales(artifact)
  const add = (name: string, tag: TagRecord, field: string): boolean => {
    const index = (tag.fields as Readonly<Record<string, number>>)[field]
    if (index === undefined) return false
    found.set(index, { name, key: `${tag.tag}.${field}`, tag, field, last: '' })
    return true
  }
  for (const name of names) {
    const dot = name.lastIndexOf('.')
    const whole = config.tags.find((t) => t.tag === name)
    const part = config.tags.find((t) => t.tag === name.slice(0, dot))
    const source = config.tags.filter((t) => t.point === name)
    const driven = artifact.io.outputs.some((p) => p.point === name) ? scales.get(name)?.tag : undefined
    const valve = config.tags.find((t) => t.tag === driven)
    let known = false
    if (whole !== undefined) for (const field of OF_A_TAG) known = add(name, whole, field) || known
    else if (part !== undefined) known = add(name, part, name.slice(dot + 1))
    for (const tag of source) known = add(name, tag, 'PV') || known
    if (valve !== undefined) {
      known = add(name, valve, 'READBACK') || known
      known = add(name, valve, 'OUT') || known
    }
    if (known) continue
    const all = config.tags.flatMap((t) => [t.tag, ...Object.keys(t.fields).map((f) => `${t.tag}.${f}`), t.point ?? ''])
    const near = nearest(name, all.filter(Boolean))
    const remedy = near === '' ? 'Expected a tag, TAG.FIELD or a point.' : `Did you mean ${near}?`
    throw new IoCommandFault(name, 'the running system publishes no such value', remedy)
  }
  return found
}

function valueText({ tag, field }: Watched, value: number): string {
  if (field.startsWith('MODE')) return (MODE_NAMES[value] ?? String(value)).toUpperCase()
  const of_output = field === 'OUT' || field === 'READBACK'
  const decimals = of_output ? (tag.out?.decimals ?? 1) : tag.decimals
  const unit = of_output ? (tag.out?.eu ?? (tag.kind === 'valve' ? tag.eu : '%')) : tag.eu
  return `${value.toFixed(decimals)} ${unit}`.trimEnd()
}

export const watchText = (line: WatchLine): string =>
  `${new Date(line.t_ms).toISOString().slice(11, 21)}  ${line.key.padEnd(20)}  ${line.text.padEnd(16)}  ${line.quality}\n`
