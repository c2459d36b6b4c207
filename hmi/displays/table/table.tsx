import { memo } from 'react'
import type { DisplayRecord, TagRecord } from '../../../contracts/artifact.ts'
import { qualityWord } from '../../../contracts/status.ts'
import { useExcursion } from '../../alarm/excursions.ts'
import { useStation, useTag } from '../../link/use-station.ts'
import { modeName } from '../../model/off-normal.ts'
import { texts } from '../../model/texts.ts'
import { go, useAddress } from '../../shell/address.ts'
import { ValueText } from '../../widgets/value-text.tsx'

/** The same values as a table, in the order of the process: for screen readers, for tablets, and for those who like lists. */
export function TableView({ display }: { display: DisplayRecord }) {
  const { tag } = useAddress()
  const { store } = useStation()
  const first = display.columns.flatMap((c) => c.indicators)
  const names = [
    ...first,
    ...store
      .tags()
      .map((t) => t.tag)
      .filter((t) => !first.includes(t)),
  ]
  const t = texts.table
  return (
    <main className="table-view panel" data-testid="table" aria-label={t.title}>
      <table>
        <caption>{t.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.tag}</th>
            <th scope="col">{t.description}</th>
            <th scope="col" className="right">
              {t.value}
            </th>
            <th scope="col" className="right">
              {t.sp}
            </th>
            <th scope="col">{t.unit}</th>
            <th scope="col" className="right">
              {t.out}
            </th>
            <th scope="col">{t.mode}</th>
            <th scope="col">{t.quality}</th>
            <th scope="col">{t.limit}</th>
            <th scope="col">{t.age}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const record = store.tag(name)
            return record === undefined ? null : <Row key={name} record={record} selected={name === tag} />
          })}
        </tbody>
      </table>
    </main>
  )
}

const Row = memo(function Row({ record, selected }: { record: TagRecord; selected: boolean }) {
  const view = useTag(record.tag)
  const excursion = useExcursion(record.tag)
  if (view === undefined) return null
  const pv = view.show('PV', record.decimals)
  const sp = view.show('SP', record.decimals)
  const out = view.show('OUT', record.out?.decimals ?? 1)
  const status = view.readings.PV?.status
  return (
    <tr className={selected ? 'selected' : ''}>
      <th scope="row">
        <button type="button" className="row" onClick={() => go({ tag: record.tag })} data-testid={`row-${record.tag}`}>
          {record.tag}
        </button>
      </th>
      <td>{record.description}</td>
      <td className="right">
        <ValueText presentation={pv} className="pv small" testId={`table-pv-${record.tag}`} />
      </td>
      <td className="right">{sp.text}</td>
      <td>{record.eu}</td>
      <td className="right">{out.text}</td>
      <td>{modeName(view.readings.MODE_ACTUAL?.value).toUpperCase()}</td>
      <td>{view.stale ? texts.quality.stale : status === undefined ? '' : qualityWord(status)}</td>
      <td>{excursion === undefined ? '' : texts.limits[excursion.limit]}</td>
      <td>{pv.age}</td>
    </tr>
  )
})
