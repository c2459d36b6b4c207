/**
 * Postfix code of a sequence, with CALC's meaning: the result is left in STACK, the status answered.
 *
 * Bad where a used input is Bad or not wired, or where the result would be no finite number; STACK then has no meaning.
 */
import { isBad, isUncertain, STATUS } from '../../../../contracts/status.ts'
import { OP, operate } from '../calc-op.ts'
import { alone, elapsedS } from '../discrete.ts'
import { DT_MS, IN1, P, STACK } from './fields.ts'
import { HEAD, SEQUENCE_OP } from './program.ts'

export function evaluate(s: Float64Array, k: Float64Array, r: Float64Array, at: number, pairs: number): number {
  const steps = k[P + HEAD.steps]!
  let status: number = STATUS.good
  let fault = false
  let top = STACK
  for (let i = P + at; i < P + at + 2 * pairs; i += 2) {
    const arg = k[i + 1]!
    switch (k[i]!) {
      case OP.push:
        s[top++] = arg
        continue
      case OP.input: {
        const own = alone(s[IN1 + 2 * arg + 1]!)
        s[top++] = s[IN1 + 2 * arg]!
        if ((own & 0xc0) < (status & 0xc0)) status = own
        continue
      }
      case OP.status: {
        const st = s[IN1 + 2 * arg + 1]!
        s[top++] = isBad(st) ? 0 : isUncertain(st) ? 1 : 2
        continue
      }
      case OP.jump_if_zero:
        if (s[--top]! === 0) i += 2 * arg
        continue
      case OP.jump:
        i += 2 * arg
        continue
      case SEQUENCE_OP.stepTime:
        s[top++] = elapsedS(r[4 * steps + arg]!, k[DT_MS]!)
        continue
      case SEQUENCE_OP.stepActive:
        s[top++] = r[arg]!
        continue
      case SEQUENCE_OP.stepPending:
        s[top++] = r[5 * steps + arg]!
        continue
      case SEQUENCE_OP.stepFailed:
        s[top++] = r[6 * steps + arg]!
        continue
      default: {
        const next = operate(k[i]!, s, top)
        if (next < 0) fault = true
        top = next < 0 ? ~next : next
      }
    }
  }
  // An input that is no finite number must not get through as a plain value either [R5].
  return fault || !(s[STACK]! - s[STACK]! === 0) ? STATUS.bad : status
}
