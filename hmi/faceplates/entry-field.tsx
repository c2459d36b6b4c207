import { type KeyboardEvent, useRef, useState } from 'react'
import type { TagRecord } from '../../contracts/artifact.ts'
import type { OperatorCommand } from '../../contracts/hmi-wire.ts'
import { useOperable, useStation, useStationState } from '../link/use-station.ts'
import { mayCommand } from '../model/commands.ts'
import { type EntryRange, judge, parse, stepText } from '../model/entry.ts'
import { formatValue } from '../model/format.ts'
import type { Presentation } from '../model/quality.ts'
import type { Reading } from '../model/tag-store.ts'
import { texts } from '../model/texts.ts'
import { CommandMark, useCommandText } from './command-mark.tsx'
import type { Confirmation } from './confirm-box.tsx'

interface Props {
  readonly record: TagRecord
  readonly field: OperatorCommand['field']
  readonly label: string
  readonly reading: Reading | undefined
  readonly presentation: Presentation
  readonly range: EntryRange
  readonly eu: string
  /** Why nothing may be entered now; "" when it may. */
  readonly reason: string
  readonly alwaysConfirm?: boolean
  /** The reason stands in the tooltip only. */
  readonly terse?: boolean
  readonly onDraft?: (draft: { readonly field: string; readonly value: number } | null) => void
  readonly confirmation: Confirmation | null
  readonly setConfirmation: (confirmation: Confirmation | null) => void
}

/**
 * Shows the controller's value until somebody types. Enter applies after a change only, Esc leaves without effect,
 * and what was typed vanishes on leaving: the field never shows a wish as if it were a fact.
 */
export function EntryField(props: Props) {
  const {
    record,
    field,
    label,
    reading,
    presentation,
    range,
    eu,
    alwaysConfirm = false,
    terse = false,
    onDraft,
    confirmation,
    setConfirmation,
  } = props
  const station = useStation()
  const operable = useOperable()
  const blocked = useStationState((s) => mayCommand(s.commands, true))
  const [typed, setTyped] = useState<string | null>(null)
  const [fault, setFault] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const current = reading?.value ?? Number.NaN
  const disabled = !operable || props.reason !== ''
  const reason = !operable ? texts.reason.offline : props.reason
  const shown = typed ?? presentation.text

  const type = (text: string | null) => {
    setTyped(text)
    setFault('')
    const value = text === null ? undefined : parse(text)
    onDraft?.(value === undefined || value === current ? null : { field, value })
  }
  const send = (value: number) => {
    station.command(record.tag, field, value, Number.isFinite(current) ? current : null)
    type(null)
  }
  const enter = () => {
    if (typed === null) return
    if (blocked === 'busy') return setFault(texts.reason.busy)
    const verdict = judge(typed, current, range)
    if (verdict.kind === 'unchanged') return type(null)
    if (verdict.kind === 'not-a-number') return setFault(texts.entry.notANumber)
    if (verdict.kind === 'outside')
      return setFault(
        texts.entry.outside(formatValue(verdict.lo, range.decimals), formatValue(verdict.hi, range.decimals), eu),
      )
    if (verdict.kind === 'ok' && !alwaysConfirm) return send(verdict.value)
    setConfirmation({
      title: texts.entry.confirmTitle(`${record.tag} ${label}`),
      change: texts.entry.confirm(presentation.text, formatValue(verdict.value, range.decimals), eu),
      why: verdict.kind === 'large' ? texts.entry.confirmLarge(verdict.change_pct.toFixed(0)) : '',
      apply: () => send(verdict.value),
      from: input.current,
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const stepped = stepText(event.key, typed ?? '', current, range)
    if (stepped !== undefined) {
      event.preventDefault()
      return type(stepped)
    }
    if (event.key === 'Enter') {
      // Otherwise the same key press would go on to the button that the question brings into focus.
      event.preventDefault()
      return enter()
    }
    if (event.key !== 'Escape') return
    // The first Esc leaves the entry, only the next one the faceplate.
    event.stopPropagation()
    type(null)
    input.current?.closest<HTMLElement>('.faceplate')?.focus()
  }
  const delta = typed === null ? Number.NaN : (parse(typed) ?? Number.NaN) - current
  return (
    <div className="entry">
      <label htmlFor={`entry-${field}`} className="label">
        {label}
      </label>
      <span className="number-row">
        <input
          id={`entry-${field}`}
          ref={input}
          data-testid={`entry-${field}`}
          className={`${presentation.italic ? 'italic' : ''}${typed === null ? '' : ' typed'}`}
          inputMode="decimal"
          autoComplete="off"
          value={shown}
          disabled={disabled}
          title={
            reason === ''
              ? texts.faceplate.range(formatValue(range.lo, range.decimals), formatValue(range.hi, range.decimals), eu)
              : reason
          }
          onChange={(event) => type(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={() => {
            if (confirmation === null) type(null)
          }}
          onKeyDown={onKeyDown}
        />
        <span className="unit">{eu}</span>
        <CommandMark tag={record.tag} field={field} />
      </span>
      <span className="entry-note" data-testid={`note-${field}`} aria-live="polite">
        {fault !== '' ? (
          fault
        ) : Number.isFinite(delta) && typed !== null ? (
          texts.entry.draft(signed(delta, range.decimals), eu)
        ) : (
          <CommandNote tag={record.tag} field={field} reason={terse ? '' : reason} />
        )}
      </span>
    </div>
  )
}

const signed = (delta: number, decimals: number): string =>
  `${delta < 0 ? '-' : '+'}${formatValue(Math.abs(delta), decimals)}`

function CommandNote({ tag, field, reason }: { tag: string; field: string; reason: string }) {
  const text = useCommandText(tag, field)
  return <>{text !== '' ? text : reason}</>
}
