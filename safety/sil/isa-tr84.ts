/**
 * The simplified equations of ISA-TR84.00.02-2002, part 2: failures during repair only as the cross term with a detected one.
 *
 * Kept beside the others because many published figures were made with them. Detected failures of a channel that stands
 * alone count nothing here, so 1oo1 and 2oo2 come out lower than by IEC 61508-6.
 * @returns PFDavg, 1; undefined for an architecture that the report does not treat
 */
export function pfdIsaTr84(rates: {
  readonly architecture: string
  readonly lambda_DU_per_h: number
  readonly lambda_DD_per_h: number
  readonly beta: number
  readonly interval_h: number
  readonly mttr_h: number
}): number | undefined {
  const { lambda_DU_per_h, lambda_DD_per_h, beta, interval_h, mttr_h } = rates
  const form = FORMS[rates.architecture]
  if (form === undefined) return undefined
  const alone = form.failures === 1
  const x = (alone ? 1 : 1 - beta) * lambda_DU_per_h * interval_h
  const detected = lambda_DD_per_h * mttr_h
  let power = 1
  for (let i = 1; i < form.failures; i++) power *= x
  const cross = alone ? 0 : form.cross * power * detected
  return form.lead * power * x + cross + (alone ? 0 : (beta * lambda_DU_per_h * interval_h) / 2)
}

const FORMS: Readonly<Record<string, { readonly failures: number; readonly lead: number; readonly cross: number }>> = {
  '1oo1': { failures: 1, lead: 1 / 2, cross: 0 },
  '1oo2': { failures: 2, lead: 1 / 3, cross: 1 },
  '1oo3': { failures: 3, lead: 1 / 4, cross: 1 },
  '2oo2': { failures: 1, lead: 1, cross: 0 },
  '2oo3': { failures: 2, lead: 1, cross: 3 },
  '2oo4': { failures: 3, lead: 1, cross: 4 },
}
