/**
 * OPC UA StatusCode -> status word.
 *
 * The severity (bits 30-31) gives the quality, the sub-code (bits 16-27) the substatus where ours has one, the limit bits
 * (8-9, valid where the info type in bits 10-11 says "data value") our limits. A sub-code without a counterpart keeps its
 * severity: nothing that a server calls Bad can arrive as better than Bad.
 * @see OPC 10000-4 7.39 (bit layout), OPC 10000-8 (data access codes), OPC 10000-6 A.2 (numbers)
 */
import { LIMIT, STATUS } from '../../../contracts/status.ts'

export function statusOfOpcua(code: number): number {
  const top = code >>> 16
  const status = WORDS.get(top) ?? SEVERITY[top >>> 14]!
  const is_data_value = (code & 0x0c00) === 0x0400
  return status | (is_data_value ? LIMITS[(code >>> 8) & 3]! : LIMIT.none)
}

/** Good, Uncertain, Bad; the fourth is reserved and so not to be trusted. */
const SEVERITY = [STATUS.good, STATUS.uncertain, STATUS.bad, STATUS.bad] as const
const LIMITS = [LIMIT.none, LIMIT.low, LIMIT.high, LIMIT.constant] as const

/** By the upper 16 bits of the code. */
const WORDS: ReadonlyMap<number, number> = new Map([
  // Bad: what the server says of its own source.
  [0x8089, STATUS.badConfigError], // Bad_ConfigurationError
  [0x808a, STATUS.badNotConnected], // Bad_NotConnected
  [0x808b, STATUS.badDeviceFailure], // Bad_DeviceFailure
  [0x808c, STATUS.badSensorFailure], // Bad_SensorFailure
  [0x808d, STATUS.badOutOfService], // Bad_OutOfService
  [0x8031, STATUS.badNoComm], // Bad_NoCommunication
  [0x8032, STATUS.badNoComm], // Bad_WaitingForInitialData
  [0x8005, STATUS.badNoComm], // Bad_CommunicationError
  [0x800a, STATUS.badNoComm], // Bad_Timeout
  [0x800d, STATUS.badNotConnected], // Bad_ServerNotConnected
  // Bad: the request itself can never work, so somebody must change the configuration on one of the sides.
  [0x8033, STATUS.badConfigError], // Bad_NodeIdInvalid
  [0x8034, STATUS.badConfigError], // Bad_NodeIdUnknown
  [0x8035, STATUS.badConfigError], // Bad_AttributeIdInvalid
  [0x8036, STATUS.badConfigError], // Bad_IndexRangeInvalid
  [0x8037, STATUS.badConfigError], // Bad_IndexRangeNoData
  [0x8038, STATUS.badConfigError], // Bad_DataEncodingInvalid
  [0x8039, STATUS.badConfigError], // Bad_DataEncodingUnsupported
  [0x803a, STATUS.badConfigError], // Bad_NotReadable
  [0x803b, STATUS.badConfigError], // Bad_NotWritable
  [0x801f, STATUS.badConfigError], // Bad_UserAccessDenied
  [0x8074, STATUS.badConfigError], // Bad_TypeMismatch
  // Uncertain
  [0x408f, STATUS.uncertainLastUsable], // Uncertain_NoCommunicationLastUsableValue
  [0x4090, STATUS.uncertainLastUsable], // Uncertain_LastUsableValue
  [0x4091, STATUS.uncertainSubstitute], // Uncertain_SubstituteValue
  [0x4092, STATUS.uncertainInitialValue], // Uncertain_InitialValue
  [0x4093, STATUS.uncertainSensorInaccurate], // Uncertain_SensorNotAccurate
  [0x4094, STATUS.uncertainRangeViolation], // Uncertain_EngineeringUnitsExceeded
  [0x4095, STATUS.uncertainSubNormal], // Uncertain_SubNormal
  // Good: cascade and fault state of function blocks stay what they are.
  [0x0096, STATUS.localOverride], // Good_LocalOverride
  [0x0401, STATUS.initAck], // Good_CascadeInitializationAcknowledged
  [0x0402, STATUS.initRequest], // Good_CascadeInitializationRequest
  [0x0403, STATUS.notInvited], // Good_CascadeNotInvited
  [0x0404, STATUS.notSelected], // Good_CascadeNotSelected
  [0x0407, STATUS.faultStateActive], // Good_FaultStateActive
  [0x0408, STATUS.initiateFaultState], // Good_InitiateFaultState
  [0x0409, STATUS.goodCascade], // Good_Cascade
])
