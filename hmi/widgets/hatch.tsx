/** The 45 degree hatch that means "not current", once for all drawings of the page. */
export function HatchDefinition() {
  return (
    <svg width="0" height="0" className="defs" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" stroke="var(--stale)" strokeWidth="2.5" />
        </pattern>
      </defs>
    </svg>
  )
}
