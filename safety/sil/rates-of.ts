/** The rates of a subsystem's channel: elements in series, undetected failures split by the test that finds them. */
import type { Subsystem } from './sif.ts'
import type { SubsystemRates, TestedRate } from './subsystem.ts'

/**
 * The partial stroke's share is inside the proof test's: lDU (Cp Tp / 2 + (PTC - Cp) T1 / 2 + (1 - PTC) Tm / 2). What no
 * test finds lasts to the end of the mission.
 */
export function ratesOf(subsystem: Subsystem): SubsystemRates {
  let [byStroke, byTest, never, lambda_DD_per_h, lambda_SD_per_h] = [0, 0, 0, 0, 0]
  for (const element of subsystem.elements) {
    const stroke = subsystem.partialStroke_h === undefined ? 0 : element.partialStrokeCoverage
    byStroke += stroke * element.lambda_DU_per_h
    byTest += (element.coverage - stroke) * element.lambda_DU_per_h
    never += (1 - element.coverage) * element.lambda_DU_per_h
    lambda_DD_per_h += element.lambda_DD_per_h
    lambda_SD_per_h += element.lambda_SD_per_h
  }
  const undetected: TestedRate[] = [
    { lambda_per_h: byStroke, interval_h: subsystem.partialStroke_h ?? subsystem.testInterval_h },
    { lambda_per_h: byTest, interval_h: subsystem.testInterval_h },
    { lambda_per_h: never, interval_h: subsystem.mission_h, renews: true },
  ]
  return {
    architecture: subsystem.architecture,
    undetected: undetected.filter(({ lambda_per_h }) => lambda_per_h > 0),
    lambda_DD_per_h,
    lambda_SD_per_h,
    beta: subsystem.beta,
    beta_D: subsystem.beta_D,
    mttr_h: subsystem.mttr_h,
    mrt_h: subsystem.mrt_h,
    switchOver: subsystem.switchOver,
  }
}
