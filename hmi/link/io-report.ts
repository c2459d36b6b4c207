import { useEffect, useState } from 'react'
import type { IoReply } from '../../contracts/hmi-wire.ts'

const EVERY_MS = 1000

export interface IoReport {
  /** null: none has come since the page of the system was opened. */
  readonly reply: IoReply | null
  /** The gateway did not answer the last time: what is shown is old. */
  readonly failed: boolean
}

/** The report of field I/O, asked for once a second while a page that shows it is open. */
export function useIoReport(): IoReport {
  const [report, setReport] = useState<IoReport>({ reply: null, failed: false })
  useEffect(() => {
    let open = true
    let timer = 0
    const ask = async () => {
      try {
        const response = await fetch('/api/io', { signal: AbortSignal.timeout(3000) })
        if (!response.ok) throw new Error(`status ${response.status}`)
        const reply = (await response.json()) as IoReply
        if (open) setReport({ reply, failed: false })
      } catch {
        if (open) setReport((before) => ({ ...before, failed: true }))
      }
      if (open) timer = window.setTimeout(ask, EVERY_MS)
    }
    void ask()
    return () => {
      open = false
      window.clearTimeout(timer)
    }
  }, [])
  return report
}

/** Takes a force away; resolves to why not, "" when it is done. */
export async function takeForceAway(point: string, who: string): Promise<string> {
  try {
    const response = await fetch(`/api/forces?${new URLSearchParams({ point, who })}`, { method: 'DELETE' })
    if (response.ok) return ''
    const { message } = (await response.json()) as { message?: string }
    return message ?? `status ${response.status}`
  } catch (cause) {
    return String(cause)
  }
}
