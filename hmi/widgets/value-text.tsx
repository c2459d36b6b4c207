import type { Presentation } from '../model/quality.ts'
import { texts } from '../model/texts.ts'

/** A number with everything that must be seen on the number itself: doubt in italics, cause letter, badge. */
export function ValueText({
  presentation: p,
  testId,
  className = 'pv',
}: {
  presentation: Presentation
  testId?: string
  className?: string
}) {
  return (
    <span className={`${className}${p.italic ? ' italic' : ''}${p.hatch ? ' doubt' : ''}`}>
      <span data-testid={testId}>{p.text}</span>
      {p.cause !== '' && <span className="cause">{p.cause}</span>}
      {p.badge !== '' && (
        <span className="badge" title={texts.badge[p.badge]}>
          {p.badge}
        </span>
      )}
    </span>
  )
}
