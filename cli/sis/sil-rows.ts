/** What the text and the printed report of `flyball sis sil` both show of a safety function, figure by figure. */
import type { SifResult, SubsystemResult } from '../../safety/sil/evaluate.ts'
import type { Sensitivity } from '../../safety/sil/sensitivity.ts'
import { architectureText } from '../../safety/sil/subsystem.ts'

export interface SilTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export const figureName = ({ sif }: SifResult): string => (sif.demand === 'low' ? 'PFDavg' : 'PFH per h')

export function subsystemTable(result: SifResult): SilTable {
  return {
    head: [
      'subsystem',
      'vote',
      'lDU FIT',
      'lDD FIT',
      'beta',
      'test h',
      't_j h',
      'independent',
      'common cause',
      'closed form',
      'Markov',
      'count',
      'bypassed',
      'total',
      'share',
    ],
    rows: result.subsystems.map((s) => [
      s.use.subsystem.id,
      architectureText(s.use.subsystem.architecture),
      inFit(s.lambda_DU_per_h),
      inFit(s.rates.lambda_DD_per_h),
      percent(s.rates.beta),
      testText(s),
      s.closedForm.down_h.map((t) => t.toFixed(0)).join(' '),
      small(s.closedForm.independent),
      small(s.closedForm.commonCause),
      small(s.closedForm.total),
      s.markov === undefined ? 'too large' : small(s.markov),
      String(s.use.count),
      s.bypassed === 1 ? 'inhibited' : small(s.bypassed),
      small(s.closedTotal),
      percent(result.closedForm === 0 ? 0 : s.closedTotal / result.closedForm),
    ]),
  }
}

const testText = (s: SubsystemResult): string =>
  [s.use.subsystem.partialStroke_h, s.use.subsystem.testInterval_h].filter((h) => h !== undefined).join(' / ')

export function elementTable(result: SifResult): SilTable {
  return {
    head: [
      'subsystem',
      'element',
      'type',
      'SFF',
      'DC',
      'HFT',
      `SIL by ${result.sif.route}`,
      'SC',
      'coverage',
      'stroke',
    ],
    rows: result.subsystems.flatMap((s) =>
      s.elements.map(({ element, sff, dc, silByRoute }) => [
        s.use.subsystem.id,
        element.id,
        element.type,
        percent(sff),
        percent(dc),
        String(s.hft),
        String(silByRoute),
        String(element.capability),
        percent(element.coverage),
        s.use.subsystem.partialStroke_h === undefined ? '-' : percent(element.partialStrokeCoverage),
      ]),
    ),
  }
}

/** Of each subsystem's changes those that move the figure by a tenth or the band at all. */
export function sensitivityTable(result: SifResult, all: readonly Sensitivity[]): SilTable {
  return {
    head: ['subsystem', 'what', 'change', figureName(result), 'ratio', 'SIL by figure'],
    rows: all
      .filter((s) => Math.abs(s.ratio - 1) >= 0.1 || s.silByFigure !== result.silByFigure)
      .map((s) => [
        s.subsystem,
        s.parameter,
        s.change,
        small(s.figure),
        s.ratio.toFixed(2),
        s.silByFigure === result.silByFigure ? String(s.silByFigure) : `${s.silByFigure} (was ${result.silByFigure})`,
      ]),
  }
}

/** Name and value, in the order in which one argues. */
export function verdictRows(result: SifResult, reserve: number): readonly (readonly [string, string])[] {
  const { sif } = result
  return [
    [`${figureName(result)}, closed form`, small(result.closedForm)],
    [`${figureName(result)}, Markov`, result.markov === undefined ? 'a subsystem is too large' : small(result.markov)],
    ['closed form over Markov', result.difference === undefined ? '-' : `${signed(100 * result.difference)} %`],
    ['claim rests on', `${result.basis}: ${small(result.figure)}`],
    ...(result.rrf === undefined ? [] : [['risk reduction 1/PFDavg', result.rrf.toPrecision(3)] as const]),
    ['SIL by figure', String(result.silByFigure)],
    [`SIL by architecture (route ${sif.route})`, String(result.silByArchitecture)],
    ['SIL by systematic capability', String(result.silBySystematic)],
    ['SIL achieved, the least of the three', String(result.achieved)],
    ['SIL asked', String(sif.target)],
    ['test intervals could be longer by', reserve >= 16 ? '16 times and more' : `${reserve.toFixed(2)} times`],
  ]
}

export const small = (value: number): string => (value === 0 ? '0' : value.toExponential(3))
const inFit = (rate_per_h: number): string => String(Number((rate_per_h * 1e9).toPrecision(4)))
const percent = (share: number): string => `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(2)}`
