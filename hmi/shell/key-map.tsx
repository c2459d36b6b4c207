import { useEffect, useRef } from 'react'
import { texts } from '../model/texts.ts'

/** The list of keys, over everything but the banner. The dialog element keeps the focus inside and leaves on Esc. */
export function KeyMap({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="key-map" onClose={onClose} data-testid="key-map" aria-label={texts.keys.title}>
      <h2>{texts.keys.title}</h2>
      <dl>
        {texts.keys.rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        {texts.keys.close}
      </button>
    </dialog>
  )
}
