/**
 * The SIL a safety function achieves: the least of what its failure figure, its structure and its development permit.
 *
 * Every intermediate figure is in the result. The figure is the closed form, or the Markov model where the closed form is
 * known to be off (lDU T1 > 0.1 or a diagnostic coverage of 99 % and more). Where both fall into different bands no claim
 * is made at all, until somebody has looked.
 * @see IEC 61511-1:2016, 11.4 and 11.9; IEC 61508-2:2010, 7.4.2
 */
import { diagnosticCoverage, safeFailureFraction, silByRoute1H, silByRoute2H } from './architectural-limit.ts'
import { pfdLimit, pfhLimit, type Sil, silOfPfd, silOfPfh } from './bands.ts'
import { whileBypassed, withBypass } from './bypass.ts'
import { type ClosedForm, pfdClosedForm, pfhClosedForm } from './closed-form.ts'
import { pfdMarkov, pfhMarkov } from './markov.ts'
import { undetectedPerInterval } from './markov-states.ts'
import { ratesOf } from './rates-of.ts'
import type { Element, Sif, Subsystem, SubsystemUse } from './sif.ts'
import { hardwareFaultTolerance, type SubsystemRates, undetectedRate } from './subsystem.ts'

export interface SifResult {
  readonly sif: Sif
  readonly subsystems: readonly SubsystemResult[]
  /** Sums over the subsystems: PFDavg (1) for low demand, PFH (1/h) for high; bypass time is in them. */
  readonly closedForm: number
  /** Absent where a subsystem is beyond the Markov model. */
  readonly markov?: number
  /** Closed form over Markov, less 1. */
  readonly difference?: number
  /** What the claim rests on. */
  readonly figure: number
  readonly basis: 'closed form' | 'Markov'
  /** Risk reduction 1 / PFDavg; a function of high demand has none. */
  readonly rrf?: number
  readonly silByFigure: Sil
  readonly silByArchitecture: Sil
  readonly silBySystematic: Sil
  readonly achieved: Sil
  readonly met: boolean
  /** Why not; empty where met. */
  readonly reasons: readonly string[]
}

export interface SubsystemResult {
  readonly use: SubsystemUse
  readonly rates: SubsystemRates
  readonly lambda_DU_per_h: number
  readonly lambda_D_per_h: number
  readonly hft: number
  readonly elements: readonly ElementResult[]
  /** Of one, before bypass. */
  readonly closedForm: ClosedForm
  readonly markov?: number
  readonly bypassFraction: number
  /** Closed form of one with a channel bypassed; 1 where that inhibits it. */
  readonly bypassed: number
  /** Of all `count`, bypass time included. */
  readonly closedTotal: number
  readonly markovTotal?: number
  /** The closed form is known to be off here. */
  readonly preferMarkov: boolean
  readonly silByArchitecture: Sil
  readonly silBySystematic: Sil
}

export interface ElementResult {
  readonly element: Element
  readonly sff: number
  readonly dc: number
  readonly silByRoute: Sil
}

const HOURS_PER_YEAR = 8760

export function evaluateSif(sif: Sif): SifResult {
  const subsystems = sif.subsystems.map((use) => evaluateSubsystem(use, sif))
  const closedForm = sum(subsystems.map((s) => s.closedTotal))
  const all = subsystems.flatMap((s) => (s.markovTotal === undefined ? [] : [s.markovTotal]))
  const markov = all.length === subsystems.length ? sum(all) : undefined
  const basis = markov !== undefined && subsystems.some((s) => s.preferMarkov) ? 'Markov' : 'closed form'
  const figure = basis === 'Markov' ? markov! : closedForm
  const band = sif.demand === 'low' ? silOfPfd : silOfPfh
  const limits = {
    silByFigure: band(figure),
    silByArchitecture: least(subsystems.map((s) => s.silByArchitecture)),
    silBySystematic: least(subsystems.map((s) => s.silBySystematic)),
  }
  const rrf = sif.demand === 'low' ? 1 / figure : undefined
  const disagree = markov !== undefined && band(markov) !== band(closedForm)
  const achieved = disagree ? 0 : least(Object.values(limits))
  const reasons = [
    ...(disagree ? ['closed form and Markov model fall into different bands: no claim'] : []),
    ...(limits.silByFigure < sif.target ? [figureReason(sif, figure)] : []),
    ...(limits.silByArchitecture < sif.target ? [`architecture permits SIL ${limits.silByArchitecture}`] : []),
    ...(limits.silBySystematic < sif.target ? [`systematic capability permits SIL ${limits.silBySystematic}`] : []),
    ...(sif.rrf_min !== undefined && rrf !== undefined && rrf < sif.rrf_min
      ? [`risk reduction ${rrf.toPrecision(3)}, ${sif.rrf_min} asked`]
      : []),
  ]
  return {
    sif,
    subsystems,
    closedForm,
    ...(markov === undefined ? {} : { markov, difference: closedForm / markov - 1 }),
    figure,
    basis,
    ...(rrf === undefined ? {} : { rrf }),
    ...limits,
    achieved,
    met: reasons.length === 0,
    reasons,
  }
}

function figureReason(sif: Sif, figure: number): string {
  const [name, limit] =
    sif.demand === 'low' ? (['PFDavg', pfdLimit(sif.target)] as const) : (['PFH', pfhLimit(sif.target)] as const)
  return `${name} ${figure.toExponential(2)}, SIL ${sif.target} needs less than ${limit.toExponential(0)}`
}

/** @param sif - its demand and route */
export function evaluateSubsystem(use: SubsystemUse, sif: Pick<Sif, 'demand' | 'route'>): SubsystemResult {
  const { subsystem, count } = use
  const rates = ratesOf(subsystem)
  const [closed, model] = sif.demand === 'low' ? [pfdClosedForm, pfdMarkov] : [pfhClosedForm, pfhMarkov]
  const closedForm = closed(rates)
  const markov = model(rates)
  const hft = hardwareFaultTolerance(subsystem.architecture)
  const elements = subsystem.elements.map((element) => evaluateElement(element, hft, sif))
  const fraction = subsystem.bypass_h_per_y / HOURS_PER_YEAR
  const bypassed = whileBypassed(rates, subsystem.bypassVote, (r) => closed(r).total)
  const bypassedByModel = fraction === 0 ? 0 : whileBypassed(rates, subsystem.bypassVote, (r) => model(r) ?? Number.NaN)
  const lambda_DU_per_h = undetectedRate(rates)
  return {
    use,
    rates,
    lambda_DU_per_h,
    lambda_D_per_h: lambda_DU_per_h + rates.lambda_DD_per_h,
    hft,
    elements,
    closedForm,
    ...(markov === undefined ? {} : { markov, markovTotal: count * withBypass(markov, bypassedByModel, fraction) }),
    bypassFraction: fraction,
    bypassed,
    closedTotal: count * withBypass(closedForm.total, bypassed, fraction),
    preferMarkov:
      undetectedPerInterval(rates) > 0.1 ||
      (lambda_DU_per_h > 0 && rates.lambda_DD_per_h >= 0.99 * (lambda_DU_per_h + rates.lambda_DD_per_h)),
    silByArchitecture: least(elements.map((e) => e.silByRoute)),
    silBySystematic: systematicCapability(subsystem, hft),
  }
}

function evaluateElement(
  element: Element,
  hft: number,
  { demand, route }: Pick<Sif, 'demand' | 'route'>,
): ElementResult {
  const limited = { ...element, lambda_S_per_h: element.lambda_SU_per_h + element.lambda_SD_per_h }
  return {
    element,
    sff: safeFailureFraction(limited),
    dc: diagnosticCoverage(limited),
    silByRoute: route === '1H' ? silByRoute1H(limited, hft) : silByRoute2H(limited, hft, demand),
  }
}

/** The least of the elements; one more where redundant channels are shown to be independent. @see IEC 61508-2:2010, 7.4.3 */
function systematicCapability({ elements, diversity }: Subsystem, hft: number): Sil {
  const own = least(elements.map((e) => e.capability))
  return diversity !== '' && hft > 0 && own < 4 ? ((own + 1) as Sil) : own
}

const least = (sils: readonly Sil[]): Sil => sils.reduce((a, b) => (b < a ? b : a), 4 as Sil)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
