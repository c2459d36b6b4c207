import { useEffect, useMemo, useRef, useState } from 'react'
import type { SisConfirmReply, SisOutline, SisRequest, SisRequestReply, SisStatus } from '../../../contracts/hmi-sis.ts'
import { type Asked, useSisWrite } from '../../link/sis.ts'
import { useOperable, useStation } from '../../link/use-station.ts'
import type { SisSnapshotView } from '../../model/sis.ts'
import { actionsFor, type SisAction } from '../../model/sis-actions.ts'
import { texts } from '../../model/texts.ts'

export interface RequestTarget {
  readonly kind: 'cause' | 'effect'
  readonly id: string
}

type Step =
  | { readonly at: 'choose' }
  | { readonly at: 'fill'; readonly action: SisAction; readonly fault: string }
  | { readonly at: 'asking' }
  | { readonly at: 'echo'; readonly action: SisAction; readonly echo: SisRequestReply; readonly until_ms: number }
  | { readonly at: 'result'; readonly outcome: string; readonly reason: string }

interface Paper {
  readonly who: string
  readonly reason: string
  readonly work_order: string
  readonly compensation: string
}

/**
 * A request to the safety system in its four steps: what, by whom and why, the solver's own reading of it word for word, what became of
 * it. Esc leaves without effect at every step; nothing that acts has the focus when a step appears.
 */
export function RequestDialog(props: {
  target: RequestTarget
  outline: SisOutline
  snapshot: SisSnapshotView
  status: SisStatus
  onClose: () => void
}) {
  const { target, outline, snapshot, status, onClose } = props
  const t = texts.sis.dialog
  const dialog = useRef<HTMLDialogElement>(null)
  const { name } = useStation()
  const operable = useOperable()
  const { request, confirm } = useSisWrite()
  const [step, setStep] = useState<Step>({ at: 'choose' })
  const [paper, setPaper] = useState<Paper>({ who: name, reason: '', work_order: '', compensation: '' })
  useEffect(() => dialog.current?.showModal(), [])
  const actions = useMemo(() => actionsFor(target, outline, snapshot), [target, outline, snapshot])
  // The health of the page is that of the scans too; a paused plant is no reason not to ask.
  const barred =
    status.write.state !== 'up' ? t.noLine(status.write.why) : status.state !== 'live' || !operable ? t.offline : ''

  const ask = async (action: SisAction) => {
    if (paper.who.trim() === '') return setStep({ at: 'fill', action, fault: t.missingWho })
    if (action.paper && (paper.reason.trim().length < 3 || paper.work_order.trim() === ''))
      return setStep({ at: 'fill', action, fault: t.missingReason })
    setStep({ at: 'asking' })
    const order: SisRequest = {
      command: action.command,
      target: action.target,
      channel: action.channel,
      who: paper.who.trim(),
      reason: paper.reason.trim(),
      work_order: paper.work_order.trim(),
      compensation: paper.compensation.trim(),
    }
    const asked = await request(order)
    if (!asked.ok) return setStep({ at: 'result', outcome: t.failed, reason: asked.why })
    return setStep({ at: 'echo', action, echo: asked.reply, until_ms: performance.now() + asked.reply.expires_ms })
  }
  const confirmIt = async (id: number, second: string) => {
    setStep({ at: 'asking' })
    const done: Asked<SisConfirmReply> = await confirm(id, second)
    if (!done.ok) return setStep({ at: 'result', outcome: t.failed, reason: done.why })
    return setStep({ at: 'result', outcome: t.outcome[done.reply.outcome], reason: done.reply.reason })
  }

  return (
    <dialog
      ref={dialog}
      className="key-map sis-dialog"
      onClose={onClose}
      data-testid="sis-dialog"
      aria-label={t.title(target.id)}
    >
      <h2>{t.title(target.id)}</h2>
      {step.at === 'choose' && (
        <Choose actions={actions} barred={barred} onChoose={(action) => setStep({ at: 'fill', action, fault: '' })} />
      )}
      {step.at === 'fill' && (
        <Fill
          action={step.action}
          fault={barred === '' ? step.fault : barred}
          paper={paper}
          onChange={(change) => setPaper((old) => ({ ...old, ...change }))}
          onBack={() => setStep({ at: 'choose' })}
          onAsk={() => ask(step.action)}
          barred={barred !== ''}
        />
      )}
      {step.at === 'asking' && <p role="status">{t.asking}</p>}
      {step.at === 'echo' && (
        <Echo
          key={step.echo.id}
          echo={step.echo}
          until_ms={step.until_ms}
          first={paper.who.trim()}
          onConfirm={(second) => confirmIt(step.echo.id, second)}
        />
      )}
      {step.at === 'result' && (
        <p role="status" data-testid="sis-result">
          <strong>{step.outcome}</strong>
          <br />
          {step.reason}
        </p>
      )}
      <div className="confirm-buttons sis-dialog-end">
        <button type="button" onClick={() => dialog.current?.close()} data-testid="sis-close">
          {step.at === 'result' || step.at === 'choose' ? t.close : t.cancel}
        </button>
      </div>
    </dialog>
  )
}

function Choose(props: { actions: readonly SisAction[]; barred: string; onChoose: (action: SisAction) => void }) {
  const { actions, barred, onChoose } = props
  const t = texts.sis.dialog
  return (
    <>
      <p className="sis-fault" role="status">
        {barred === '' ? (actions.length === 0 ? t.none : t.choose) : barred}
      </p>
      <ul className="sis-actions">
        {actions.map((a) => (
          <li key={`${a.command} ${a.target} ${a.channel}`}>
            <button
              type="button"
              className="nav-button"
              disabled={barred !== ''}
              data-testid={`sis-do-${a.command}${a.detail === '' ? '' : `-${a.detail}`}`}
              onClick={() => onChoose(a)}
            >
              {t.actions[a.command]} {a.detail}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Fill(props: {
  action: SisAction
  fault: string
  paper: Paper
  barred: boolean
  onChange: (change: Partial<Paper>) => void
  onBack: () => void
  onAsk: () => void
}) {
  const { action, fault, paper, barred, onChange, onBack, onAsk } = props
  const t = texts.sis.dialog
  const field = (key: keyof Paper, label: string, hint = '') => (
    <label className="sis-field">
      <span>{label}</span>
      <input
        value={paper[key]}
        maxLength={key === 'who' || key === 'work_order' ? 64 : 200}
        placeholder={hint}
        data-testid={`sis-field-${key}`}
        onChange={(event) => onChange({ [key]: event.target.value })}
      />
    </label>
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!barred) onAsk()
      }}
    >
      <p className="strong">
        {t.actions[action.command]} {action.detail}
      </p>
      {field('who', t.who)}
      {field('reason', t.reason)}
      {action.paper && field('work_order', t.workOrder)}
      {action.paper && field('compensation', t.compensation, t.compensationHint)}
      <p className="sis-fault" role="status">
        {fault}
      </p>
      <div className="confirm-buttons">
        <button type="button" onClick={onBack}>
          {t.back}
        </button>
        <button type="submit" disabled={barred} data-testid="sis-ask">
          {t.ask}
        </button>
      </div>
    </form>
  )
}

function Echo(props: { echo: SisRequestReply; until_ms: number; first: string; onConfirm: (second: string) => void }) {
  const { echo, until_ms, first, onConfirm } = props
  const t = texts.sis.dialog
  const [second, setSecond] = useState('')
  const [left_s, setLeft] = useState(() => secondsTo(until_ms))
  const words = useRef<HTMLQuoteElement>(null)
  useEffect(() => words.current?.focus(), [])
  useEffect(() => {
    const timer = window.setInterval(() => setLeft(secondsTo(until_ms)), 250)
    return () => window.clearInterval(timer)
  }, [until_ms])
  const expired = left_s <= 0
  const unsigned = echo.second_person && (second.trim() === '' || second.trim().toLowerCase() === first.toLowerCase())
  return (
    <>
      <p>{t.echo}</p>
      <blockquote ref={words} tabIndex={-1} data-testid="sis-echo">
        {echo.meaning}
      </blockquote>
      {echo.second_person && (
        <label className="sis-field">
          <span>{t.second}</span>
          <input
            value={second}
            maxLength={64}
            data-testid="sis-second"
            onChange={(event) => setSecond(event.target.value)}
          />
        </label>
      )}
      <p className="sis-fault" role="status">
        {expired ? t.expired : unsigned ? t.missingSecond : t.expires(left_s)}
      </p>
      <div className="confirm-buttons">
        <button
          type="button"
          disabled={expired || unsigned}
          data-testid="sis-confirm"
          onClick={() => onConfirm(second.trim())}
        >
          {t.confirm}
        </button>
      </div>
    </>
  )
}

const secondsTo = (until_ms: number): number => Math.max(0, Math.ceil((until_ms - performance.now()) / 1000))
