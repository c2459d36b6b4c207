/** A unit as it is written in the strategy, in the signs an operator reads. "1" is a number without a unit. */
export const unitText = (eu: string): string => WRITTEN[eu] ?? eu

const WRITTEN: Readonly<Record<string, string>> = {
  '1': '',
  degC: '\u00b0C',
  degF: '\u00b0F',
  m2: 'm\u00b2',
  m3: 'm\u00b3',
  'm3/h': 'm\u00b3/h',
  'm3/s': 'm\u00b3/s',
  kPag: 'kPa g',
  kPaa: 'kPa a',
  barg: 'bar g',
}
