import { useStationState } from '../link/use-station.ts'
import { type CommandRecord, lastOf } from '../model/commands.ts'
import { texts } from '../model/texts.ts'

/** Pending, tick or cross beside a field: the controller's answer, never the browser's hope. */
export function CommandMark({ tag, field }: { tag: string; field: string }) {
  const state = useStationState((s) => lastOf(s.commands, tag, field, performance.now())?.state ?? 'none')
  const drawing = MARKS[state]
  return (
    <span className="command-mark" data-testid={`feedback-${field}`} data-state={state}>
      {drawing !== undefined && (
        <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
          <path d={drawing} className="mark" />
        </svg>
      )}
    </span>
  )
}

/** The same in words. */
export function useCommandText(tag: string, field: string): string {
  return useStationState((s) => {
    const last = lastOf(s.commands, tag, field, performance.now())
    return last === undefined ? '' : inWords(last)
  })
}

function inWords(c: CommandRecord): string {
  switch (c.state) {
    case 'pending':
      return texts.command.pending
    case 'applied':
      return texts.command.applied
    case 'refused':
      return texts.command.refused(c.reason)
    case 'expired':
      return c.reason === '' ? texts.command.expired : texts.command.refused(c.reason)
    case 'unknown':
      return c.reason === 'link' ? texts.command.lost : texts.command.unknown
  }
}

/** Three dots, a tick, a cross, a question mark. */
const MARKS: Readonly<Record<string, string>> = {
  pending: 'M3 9h.01M9 9h.01M15 9h.01',
  applied: 'M3 9.5L7.5 14L15 4',
  refused: 'M4 4L14 14M14 4L4 14',
  expired: 'M4 4L14 14M14 4L4 14',
  unknown: 'M5.5 6.5C5.5 2 12.5 2 12.5 6.5C12.5 9 9 9 9 11.5M9 15h.01',
}
