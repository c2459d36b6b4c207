/** Field of the toy plant: one transmitter, one analyser, one valve, on two drops. */
import type { AnalyserRecord, Instruments, TransmitterRecord, ValveRecord } from '../instruments/records.ts'

export interface ToyField {
  readonly transmitter?: Partial<TransmitterRecord>
  readonly analyser?: Partial<AnalyserRecord>
  readonly valve?: Partial<ValveRecord>
  readonly watchdog_s?: number
}

/** 0 to 100 % is 4 to 20 mA everywhere; no lag, no noise unless asked for. */
export function toyInstruments(field: ToyField = {}): Instruments {
  return {
    plant: 'toy',
    counts_per_mA: 3000,
    drops: [
      { id: 'RIO-1', description: 'valve', watchdog_s: field.watchdog_s ?? 3 },
      { id: 'RIO-2', description: 'analyser', watchdog_s: 0 },
    ],
    transmitters: [
      {
        tag: 'PT-01',
        description: 'pressure',
        measurement: 0,
        drop: 0,
        register: 0,
        unit: '%',
        lo: 0,
        hi: 100,
        lag_s: 0,
        noise_std: 0,
        failure_mA: 21,
        ...field.transmitter,
      },
    ],
    analysers: [
      {
        tag: 'AT-01',
        description: 'share',
        measurement: 1,
        drop: 1,
        register: 0,
        unit: '%',
        lo: 0,
        hi: 100,
        noise_std: 0,
        period_s: 60,
        ...field.analyser,
      },
    ],
    valves: [
      {
        tag: 'PV-01',
        description: 'valve',
        manipulated: 0,
        drop: 0,
        register: 0,
        fail: 'closed',
        fail_reason: 'for the test',
        travel_pct_s: 0,
        fail_travel_pct_s: 20,
        lag_s: 0,
        ...field.valve,
      },
    ],
  }
}
