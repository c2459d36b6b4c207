import type { TagRecord } from '../../contracts/artifact.ts'
import { MODE, type ModeName } from '../../contracts/mode.ts'
import { useOperable, useStation, useStationState } from '../link/use-station.ts'
import { mayCommand } from '../model/commands.ts'
import { texts } from '../model/texts.ts'
import { CommandMark, useCommandText } from './command-mark.tsx'
import type { Confirmation } from './confirm-box.tsx'

const OFFERED: readonly ModeName[] = ['man', 'auto', 'cas']

interface Props {
  readonly record: TagRecord
  readonly target: ModeName
  readonly actual: ModeName
  /** Target mode as the screen shows it, for the command's expectation. */
  readonly shown: number | undefined
  readonly confirmation: Confirmation | null
  readonly setConfirmation: (confirmation: Confirmation | null) => void
}

/** Pressed is the target; the actual mode stands in words, because a loop may be held away from its target. */
export function ModeButtons({ record, target, actual, shown, setConfirmation }: Props) {
  const station = useStation()
  const operable = useOperable()
  const blocked = useStationState((s) => mayCommand(s.commands, true))
  const note = useCommandText(record.tag, 'MODE')
  const permitted = new Set(record.permitted.map((m) => m.toLowerCase()))
  const normal = record.normal.toLowerCase()
  const modes = [...OFFERED, ...(['rcas', 'rout'] as const).filter((m) => permitted.has(m))]
  const reasonFor = (mode: ModeName): string => {
    if (!operable) return texts.reason.offline
    if (record.writable.MODE === undefined) return texts.reason.notWritable
    if (!permitted.has(mode)) return texts.reason.modeNotPermitted
    if (mode === target) return texts.reason.modeActive
    return blocked === 'busy' ? texts.reason.busy : ''
  }
  const choose = (mode: ModeName, button: HTMLElement) => {
    if (reasonFor(mode) !== '') return
    const send = () => station.command(record.tag, 'MODE', MODE[mode], shown ?? null)
    if (mode === normal || normal === '') return send()
    setConfirmation({
      title: texts.entry.confirmTitle(`${record.tag} ${texts.faceplate.mode.toLowerCase()}`),
      change: texts.entry.confirmMode(target.toUpperCase(), mode.toUpperCase()),
      why: texts.entry.confirmOffNormal(normal.toUpperCase()),
      apply: send,
      from: button,
    })
  }
  const off = normal !== '' && actual !== normal
  return (
    <div className="modes">
      <span className="label">{texts.faceplate.modeTarget}</span>
      <span className="number-row">
        <fieldset className="mode-buttons" aria-label={texts.faceplate.mode}>
          {modes.map((mode) => {
            const reason = reasonFor(mode)
            return (
              <button
                key={mode}
                type="button"
                data-testid={`mode-${mode}`}
                aria-pressed={mode === target}
                aria-disabled={reason !== ''}
                title={reason}
                className={mode === normal ? 'normal' : ''}
                onClick={(event) => choose(mode, event.currentTarget)}
              >
                {mode.toUpperCase()}
              </button>
            )
          })}
        </fieldset>
        <CommandMark tag={record.tag} field="MODE" />
      </span>
      <span className="mode-words">
        {`${texts.faceplate.actual} `}
        <strong data-testid="mode-actual">{actual.toUpperCase()}</strong>
        {`, ${texts.faceplate.normal} ${normal.toUpperCase()}`}
        {off && <strong>{`: ${texts.faceplate.offNormal}`}</strong>}
      </span>
      <span className="entry-note" data-testid="note-MODE" aria-live="polite">
        {note}
      </span>
    </div>
  )
}
