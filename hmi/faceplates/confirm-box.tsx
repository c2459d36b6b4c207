import { useEffect, useRef } from 'react'
import { texts } from '../model/texts.ts'

export interface Confirmation {
  readonly title: string
  readonly change: string
  readonly why: string
  readonly apply: () => void
  /** Where the focus goes back to. */
  readonly from: HTMLElement | null
}

/** Asks again, with from and to. The focus stands on Cancel: a second Enter must not confirm what it did not read. */
export function ConfirmBox({ confirmation, onDone }: { confirmation: Confirmation; onDone: () => void }) {
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => cancel.current?.focus(), [])
  const leave = () => {
    onDone()
    confirmation.from?.focus()
  }
  return (
    <div
      className="confirm"
      role="alertdialog"
      aria-label={confirmation.title}
      data-testid="confirm"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        leave()
      }}
    >
      <p>
        <strong>{confirmation.title}</strong> {confirmation.change}
        <br />
        {confirmation.why}
      </p>
      <div className="confirm-buttons">
        <button ref={cancel} type="button" onClick={leave} data-testid="confirm-cancel">
          {texts.entry.cancel}
        </button>
        <button
          type="button"
          data-testid="confirm-apply"
          onClick={() => {
            confirmation.apply()
            leave()
          }}
        >
          {texts.entry.apply}
        </button>
      </div>
    </div>
  )
}
