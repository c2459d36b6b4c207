/**
 * Postfix code of a sequence, with CALC's meaning: the result is left in STACK, the status answered.
 *
 * Bad where a used input is Bad or not wired, or where the result would be no finite number; STACK then has no meaning.
 */
import { isBad, isUncertain, STATUS } from '../../../../contracts/status.ts'
import { OP } from '../calc.ts'
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
      case OP.neg:
        s[top - 1] = -s[top - 1]!
        continue
      case OP.abs:
        s[top - 1] = Math.abs(s[top - 1]!)
        continue
      case OP.sqrt:
        if (s[top - 1]! < 0) fault = true
        s[top - 1] = Math.sqrt(Math.max(s[top - 1]!, 0))
        continue
      case OP.not:
        s[top - 1] = s[top - 1]! === 0 ? 1 : 0
        continue
      case OP.select:
        top -= 2
        s[top - 1] = s[top - 1]! !== 0 ? s[top]! : s[top + 1]!
        continue
    }
    const b = s[--top]!
    const a = s[top - 1]!
    let y = 0
    switch (k[i]!) {
      case OP.add:
        y = a + b
        break
      case OP.sub:
        y = a - b
        break
      case OP.mul:
        y = a * b
        break
      case OP.div:
        if (b === 0) fault = true
        else y = a / b
        break
      case OP.min:
        y = Math.min(a, b)
        break
      case OP.max:
        y = Math.max(a, b)
        break
      case OP.lt:
        y = a < b ? 1 : 0
        break
      case OP.le:
        y = a <= b ? 1 : 0
        break
      case OP.gt:
        y = a > b ? 1 : 0
        break
      case OP.ge:
        y = a >= b ? 1 : 0
        break
      case OP.eq:
        y = a === b ? 1 : 0
        break
      case OP.ne:
        y = a !== b ? 1 : 0
        break
      case OP.and:
        y = a !== 0 && b !== 0 ? 1 : 0
        break
      case OP.or:
        y = a !== 0 || b !== 0 ? 1 : 0
        break
    }
    if (!(y - y === 0)) {
      fault = true
      y = 0
    }
    s[top - 1] = y
  }
  // An input that is no finite number must not get through as a plain value either [R5].
  return fault || !(s[STACK]! - s[STACK]! === 0) ? STATUS.bad : status
}
