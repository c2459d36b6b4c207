import { useCallback, useEffect, useState } from 'react'
import type {
  SisConfirmReply,
  SisReply,
  SisRequest,
  SisRequestReply,
  SisSoeEntry,
  SisSoeReply,
} from '../../contracts/hmi-sis.ts'
import { useStationState } from './use-station.ts'

/** Events kept on the page. */
const KEPT = 3000

/** Names and risk table: asked for when the page opens, and again when another configuration or start of the solver is heard. */
export function useSisReply(): SisReply | null {
  const [reply, setReply] = useState<SisReply | null>(null)
  const key = useStationState((s) =>
    s.sis === null ? '' : `${s.sis.status.config} ${s.sis.snapshot?.run_id ?? ''} ${s.sis.snapshot?.config_hash ?? ''}`,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says that another answer is to be expected
  useEffect(() => {
    let open = true
    let timer = 0
    const ask = async () => {
      const found = await get<SisReply>('/api/sis')
      if (!open) return
      if (found !== undefined) setReply(found)
      // The table of risk may be written while the page is open.
      timer = window.setTimeout(ask, found === undefined ? 1000 : 30_000)
    }
    void ask()
    return () => {
      open = false
      window.clearTimeout(timer)
    }
  }, [key])
  return reply
}

/** The sequence of events, oldest first; what is new is asked for when the snapshot says that there is more. */
export function useSisSoe(): readonly SisSoeEntry[] {
  const [entries, setEntries] = useState<readonly SisSoeEntry[]>([])
  const known = useStationState((s) => s.sis?.status.soe_known ?? 0)
  const [round, setRound] = useState(0)
  const last = entries.at(-1)?.number ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` tries again after a question that failed
  useEffect(() => {
    // A gateway that started anew counts anew.
    const after = known < last ? 0 : last
    if (known === last) return undefined
    let open = true
    let timer = 0
    const ask = async () => {
      const found = await get<SisSoeReply>(`/api/sis/soe?after=${after}&limit=${KEPT}`)
      if (!open) return
      if (found === undefined) {
        timer = window.setTimeout(() => setRound((n) => n + 1), 1000)
        return
      }
      setEntries((old) => [...(after === 0 ? [] : old), ...found.entries].slice(-KEPT))
    }
    void ask()
    return () => {
      open = false
      window.clearTimeout(timer)
    }
  }, [known, last, round])
  return entries
}

async function get<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) })
    return response.ok ? ((await response.json()) as T) : undefined
  } catch {
    return undefined
  }
}

export type Asked<T> = { readonly ok: true; readonly reply: T } | { readonly ok: false; readonly why: string }

async function post<T>(url: string, body: object): Promise<Asked<T>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8000),
    })
    const found = (await response.json()) as T & { readonly message?: string; readonly remedy?: string }
    if (response.ok) return { ok: true, reply: found }
    return { ok: false, why: `${found.message ?? `status ${response.status}`}. ${found.remedy ?? ''}`.trim() }
  } catch (cause) {
    return { ok: false, why: `The gateway has not answered (${String(cause)}). Look whether it was carried out.` }
  }
}

/** The two steps of a secure write. Nothing is repeated by itself. */
export function useSisWrite() {
  const request = useCallback((r: SisRequest) => post<SisRequestReply>('/api/sis/request', r), [])
  const confirm = useCallback(
    (id: number, second: string) => post<SisConfirmReply>('/api/sis/confirm', { id, second }),
    [],
  )
  return { request, confirm }
}
