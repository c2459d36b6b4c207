/** Codes as the specification numbers them (OPC 10000-6, table of StatusCodes), not as a library names them. */
import { expect, test } from 'vitest'
import { isBad, isGood, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { statusOfOpcua } from './status.ts'

const TABLE: readonly (readonly [string, number, number])[] = [
  ['Good', 0x00000000, STATUS.good],
  ['Good_LocalOverride', 0x00960000, STATUS.localOverride],
  ['Good_Clamped', 0x00300000, STATUS.good],
  ['Uncertain', 0x40000000, STATUS.uncertain],
  ['Uncertain_NoCommunicationLastUsableValue', 0x408f0000, STATUS.uncertainLastUsable],
  ['Uncertain_LastUsableValue', 0x40900000, STATUS.uncertainLastUsable],
  ['Uncertain_SubstituteValue', 0x40910000, STATUS.uncertainSubstitute],
  ['Uncertain_InitialValue', 0x40920000, STATUS.uncertainInitialValue],
  ['Uncertain_SensorNotAccurate', 0x40930000, STATUS.uncertainSensorInaccurate],
  ['Uncertain_EngineeringUnitsExceeded', 0x40940000, STATUS.uncertainRangeViolation],
  ['Uncertain_SubNormal', 0x40950000, STATUS.uncertainSubNormal],
  ['Bad', 0x80000000, STATUS.bad],
  ['Bad_CommunicationError', 0x80050000, STATUS.badNoComm],
  ['Bad_Timeout', 0x800a0000, STATUS.badNoComm],
  ['Bad_UserAccessDenied', 0x801f0000, STATUS.badConfigError],
  ['Bad_NoCommunication', 0x80310000, STATUS.badNoComm],
  ['Bad_WaitingForInitialData', 0x80320000, STATUS.badNoComm],
  ['Bad_NodeIdInvalid', 0x80330000, STATUS.badConfigError],
  ['Bad_NodeIdUnknown', 0x80340000, STATUS.badConfigError],
  ['Bad_NotReadable', 0x803a0000, STATUS.badConfigError],
  ['Bad_TypeMismatch', 0x80740000, STATUS.badConfigError],
  ['Bad_ConfigurationError', 0x80890000, STATUS.badConfigError],
  ['Bad_NotConnected', 0x808a0000, STATUS.badNotConnected],
  ['Bad_DeviceFailure', 0x808b0000, STATUS.badDeviceFailure],
  ['Bad_SensorFailure', 0x808c0000, STATUS.badSensorFailure],
  ['Bad_OutOfService', 0x808d0000, STATUS.badOutOfService],
]

test.each(TABLE)('[FIO-OPCUA-10] %s', (_name, code, status) => {
  expect(statusOfOpcua(code)).toBe(status)
})

test('[FIO-OPCUA-11] the severity of every code survives, known or not; the reserved one is Bad', () => {
  for (let top = 0; top < 0x10000; top++) {
    const status = statusOfOpcua(top * 0x10000)
    const severity = top >>> 14
    const fits = severity === 0 ? isGood(status) : severity === 1 ? isUncertain(status) : isBad(status)
    if (!fits) expect({ top: top.toString(16), status }).toBe('of its severity')
  }
  expect(isBad(statusOfOpcua(0xc0000000))).toBe(true)
})

test('[FIO-OPCUA-12] limit bits count only where the code says that they are those of a data value', () => {
  expect(limitOf(statusOfOpcua(0x00000500))).toBe(LIMIT.low)
  expect(limitOf(statusOfOpcua(0x00000600))).toBe(LIMIT.high)
  expect(limitOf(statusOfOpcua(0x40940700))).toBe(LIMIT.constant)
  expect(statusOfOpcua(0x40940700)).toBe(STATUS.uncertainRangeViolation | LIMIT.constant)
  expect(limitOf(statusOfOpcua(0x00000300))).toBe(LIMIT.none)
  // Overflow, structure and semantics changed are no limits.
  expect(statusOfOpcua(0x0000c480)).toBe(STATUS.good)
})
