import type { TagRecord } from '../../contracts/artifact.ts'
import { formatValue } from '../model/format.ts'
import { present } from '../model/quality.ts'
import type { Readings } from '../model/tag-store.ts'
import { texts } from '../model/texts.ts'
import type { Confirmation } from './confirm-box.tsx'
import { EntryField } from './entry-field.tsx'

interface Props {
  readonly record: TagRecord
  readonly readings: Readings
  readonly confirmation: Confirmation | null
  readonly setConfirmation: (confirmation: Confirmation | null) => void
}

/** Gain and times of the controller. A change is always asked again: its effect shows only at the next disturbance. */
export function Tuning({ record, readings, ...ask }: Props) {
  return (
    <section className="tuning" data-testid="tuning" aria-label={texts.faceplate.tuning}>
      {FIELDS.map(({ field, label, hi, eu, decimals }) => {
        const reading = readings[field]
        if (reading === undefined) return null
        // Tuning has no status of its own: it is as true as the scan it came with.
        const presentation = present(
          { ...reading, status: 0x80 },
          { decimals, stale: false, dataAge_ms: 0, scan_ms: 0 },
        )
        if (record.writable[field] === undefined)
          return (
            <span key={field}>
              <span className="label">{`${label} `}</span>
              {formatValue(reading.value, decimals)} {eu}
            </span>
          )
        return (
          <EntryField
            key={field}
            record={record}
            field={field}
            label={label}
            reading={reading}
            presentation={presentation}
            range={{ lo: field === 'KC' ? -1000 : 0, hi, decimals }}
            eu={eu}
            reason=""
            alwaysConfirm
            terse
            {...ask}
          />
        )
      })}
    </section>
  )
}

const FIELDS = [
  { field: 'KC', label: texts.faceplate.kc, hi: 1000, eu: '', decimals: 3 },
  { field: 'TI', label: texts.faceplate.ti, hi: 100_000, eu: texts.faceplate.seconds, decimals: 1 },
  { field: 'TD', label: texts.faceplate.td, hi: 100_000, eu: texts.faceplate.seconds, decimals: 1 },
] as const
