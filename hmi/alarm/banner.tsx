import type { SisAlarmLine } from '../../contracts/hmi-sis.ts'
import { useStation, useStationState, useTag } from '../link/use-station.ts'
import { formatClock, formatValue } from '../model/format.ts'
import type { Excursion } from '../model/limits.ts'
import { systemAlarms } from '../model/system-alarms.ts'
import { texts } from '../model/texts.ts'
import { go } from '../shell/address.ts'
import { useLayout } from '../shell/use-layout.ts'
import type { Rank } from './alarm-tokens.ts'
import { Chip } from './chip.tsx'
import { useExcursions } from './excursions.ts'

const COUNTERS: readonly (readonly [Rank, string])[] = [
  [1, texts.banner.beyondTrip],
  [2, texts.banner.beyondCritical],
  [3, texts.banner.beyondLimit],
  [4, texts.banner.system],
]

const NONE: readonly SisAlarmLine[] = []

/** Counts by kind and the worst of what is wrong now. It says itself what it is not. */
export function Banner() {
  const excursions = useExcursions()
  const system = systemAlarms(
    useStationState((s) => s.system),
    texts.banner.words,
  )
  const sis = useStationState((s) => s.sis?.status.alarms ?? NONE)
  const stopped = useStationState((s) => s.health === 'frozen' || s.health === 'connecting' || s.dataStopped)
  const room = useLayout() === 'wide' ? 3 : 1
  const count = (rank: Rank) =>
    (rank === 4 ? system.length : excursions.filter((e) => e.rank === rank).length) +
    sis.filter((line) => line.rank === rank).length
  // The worst first; of one rank what the safety system says before what it may explain.
  const cards = ([1, 2, 3, 4] as const).flatMap((rank) => [
    ...sis
      .filter((line) => line.rank === rank)
      .map((line) => <SisCard key={line.text.replace(/\d+ s\b/g, '')} line={line} />),
    ...excursions.filter((e) => e.rank === rank).map((e) => <LimitCard key={`${e.tag}`} excursion={e} />),
    ...(rank === 4 ? system.map((text) => <SystemCard key={text.replace(/\d+/g, '')} text={text} />) : []),
  ])
  return (
    <section className="banner" aria-label={texts.banner.label} data-testid="banner">
      <ul className="counters">
        {COUNTERS.map(([rank, label]) => (
          <li key={rank} title={label} data-testid={`count-${rank}`}>
            <Chip rank={rank} lit={count(rank) > 0} size={22} />
            <span>{count(rank)}</span>
            <span className="sr-only">{label}</span>
          </li>
        ))}
      </ul>
      <div className="cards">
        {cards.length === 0 ? (
          <span className="quiet">{stopped ? texts.banner.unknown : texts.banner.none}</span>
        ) : (
          cards.slice(0, room)
        )}
        {cards.length > room && <span className="quiet more">{texts.banner.more(cards.length - room)}</span>}
      </div>
      <p className="banner-note">
        {texts.banner.note} {texts.banner.note2}
      </p>
    </section>
  )
}

function LimitCard({ excursion: e }: { excursion: Excursion }) {
  const view = useTag(e.tag)
  const { store } = useStation()
  const record = store.tag(e.tag)
  if (record === undefined || view === undefined) return null
  const limit = `${texts.limits[e.limit]} ${formatValue(e.limitValue, record.decimals)} ${record.eu}`
  return (
    <button type="button" className="card" onClick={() => go({ tag: e.tag })} data-testid={`excursion-${e.tag}`}>
      <Chip rank={e.rank} lit size={24} />
      <span className="card-text">
        <strong>{`${e.tag} ${record.description} ${limit}`}</strong>
        <span className="card-detail">{`${formatClock(e.since_ms)}  ${texts.banner.value(view.show('PV', record.decimals).text, record.eu)}`}</span>
      </span>
    </button>
  )
}

function SisCard({ line }: { line: SisAlarmLine }) {
  return (
    <button type="button" className="card" title={line.text} onClick={() => go({ view: 'sis' })} data-testid="sis-card">
      <Chip rank={line.rank} lit size={24} />
      <span className="card-text">
        <strong>{line.text}</strong>
        <span className="card-detail">{texts.banner.sisTitle}</span>
      </span>
    </button>
  )
}

function SystemCard({ text }: { text: string }) {
  return (
    <div className="card">
      <Chip rank={4} lit size={24} />
      <span className="card-text">
        <strong>{text}</strong>
        <span className="card-detail">{texts.banner.systemTitle}</span>
      </span>
    </div>
  )
}
