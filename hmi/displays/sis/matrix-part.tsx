import { useEffect, useMemo, useState } from 'react'
import type { SisOutline, SisSoeEntry, SisStatus } from '../../../contracts/hmi-sis.ts'
import { matrixView, type SisSnapshotView } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'
import { useLayout } from '../../shell/use-layout.ts'
import { EventTable } from './events.tsx'
import { Matrix } from './matrix.tsx'
import { RequestDialog, type RequestTarget } from './request-dialog.tsx'

/** The matrix with the newest events below it. */
export function MatrixPart(props: {
  outline: SisOutline
  snapshot: SisSnapshotView
  status: SisStatus
  soe: readonly SisSoeEntry[]
}) {
  const { outline, snapshot, status, soe } = props
  const [target, setTarget] = useState<RequestTarget | null>(null)
  const [overlay, setOverlay] = useState(false)
  const matrix = useMemo(() => matrixView(outline, snapshot), [outline, snapshot])
  const wide = useLayout() === 'wide'
  useOverlayKey(() => setOverlay((on) => !on))
  const t = texts.sis.matrix
  return (
    <div className="sis-matrix-part">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard */}
      <section className="panel sis-matrix-box" tabIndex={0} aria-label={t.label}>
        <Matrix matrix={matrix} overlay={overlay} onOverlay={() => setOverlay((on) => !on)} onOpen={setTarget} />
      </section>
      {wide && (
        <section className="panel sis-newest" aria-label={texts.sis.soe.title}>
          <EventTable entries={soe.slice(-60)} caption={texts.sis.soe.title} />
        </section>
      )}
      {target !== null && (
        <RequestDialog
          target={target}
          outline={outline}
          snapshot={snapshot}
          status={status}
          onClose={() => setTarget(null)}
        />
      )}
    </div>
  )
}

function useOverlayKey(toggle: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return
      if (document.querySelector('dialog[open]') !== null) return
      if ((event.target as HTMLElement).matches('input, textarea, select')) return
      if (event.key === 'o' || event.key === 'O') toggle()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [toggle])
}
