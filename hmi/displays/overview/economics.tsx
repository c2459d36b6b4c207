import { useTag } from '../../link/use-station.ts'
import { texts } from '../../model/texts.ts'
import { go } from '../../shell/address.ts'
import { ValueText } from '../../widgets/value-text.tsx'

/** What the shift is judged by: production, quality, cost. */
export function Economics({ tags }: { tags: readonly string[] }) {
  return (
    <section className="strip-part economics" data-testid="economics">
      <h2>{texts.overview.economics}</h2>
      {tags.length === 0 && <p className="quiet">{texts.overview.noEconomics}</p>}
      <ul>
        {tags.slice(0, 5).map((tag) => (
          <EconomicsRow key={tag} tag={tag} />
        ))}
      </ul>
    </section>
  )
}

function EconomicsRow({ tag }: { tag: string }) {
  const view = useTag(tag)
  if (view === undefined) return null
  const pv = view.show('PV', view.record.decimals)
  return (
    <li>
      <button type="button" className="row economics-row" data-nav={tag} onClick={() => go({ tag })}>
        <span>{view.record.description}</span>
        <ValueText presentation={pv} className="pv small" />
        <span className="unit">{pv.age === '' ? view.record.eu : pv.age}</span>
      </button>
    </li>
  )
}
