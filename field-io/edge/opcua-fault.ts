/** An OPC UA server did not do what we asked. Expected in service: it becomes bad quality and an alarm, never a crash. */
export class OpcuaFault extends Error {
  override readonly name = 'OpcuaFault'
  readonly code: OpcuaFaultCode
  /** Endpoint or node. */
  readonly place: string
  readonly remedy: string

  constructor(code: OpcuaFaultCode, place: string, cause: string, remedy: string) {
    super(`${code}: ${place}: ${cause}; ${remedy}`)
    this.code = code
    this.place = place
    this.remedy = remedy
  }
}

export type OpcuaFaultCode =
  | 'IO_OPCUA_CONNECT'
  | 'IO_OPCUA_TIMEOUT'
  | 'IO_OPCUA_CLOSED'
  | 'IO_OPCUA_SECURITY'
  | 'IO_OPCUA_UNTRUSTED'
  | 'IO_OPCUA_EXPIRED'
  | 'IO_OPCUA_CERTIFICATE'
  | 'IO_OPCUA_NOT_ACCEPTED'
  | 'IO_OPCUA_LOGIN'
  | 'IO_OPCUA_PASSWORD'
  | 'IO_OPCUA_NODE'
  | 'IO_OPCUA_WRITE'
  | 'IO_OPCUA_SILENT'
  | 'IO_OPCUA_SERVICE'
  | 'IO_OPCUA_PKI'

/** What the library threw while `doing`, in our words. Its messages are the only place where most causes stand. */
export function opcuaFault(cause: unknown, place: string, doing: string): OpcuaFault {
  if (cause instanceof OpcuaFault) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  const line = text.replace(/\s+/g, ' ').slice(0, 200)
  for (const [pattern, code, words, remedy] of KNOWN) {
    if (pattern.test(text)) return new OpcuaFault(code, place, words === '' ? line : words, remedy)
  }
  return new OpcuaFault('IO_OPCUA_SERVICE', place, `${doing}: ${line}`, 'it is tried again')
}

const KNOWN: readonly (readonly [RegExp, OpcuaFaultCode, string, string])[] = [
  [
    /BadIdentityTokenRejected|BadIdentityTokenInvalid|BadUserAccessDenied|BadUserSignatureInvalid/,
    'IO_OPCUA_LOGIN',
    'the server refuses user or password',
    'check the user in io/ and its password in the environment',
  ],
  [
    /BadTooManySessions/,
    'IO_OPCUA_SERVICE',
    'the server has no session left',
    'close other clients, or raise its limit',
  ],
  [
    /BadCertificate|BadSecurityChecksFailed|BadNoValidCertificates|Invalid server Certificate/,
    'IO_OPCUA_NOT_ACCEPTED',
    'the server does not accept our certificate, or the channel',
    'accept own/certs/flyball.pem of the pki folder on the server; compare both clocks',
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ECONNABORTED|connection cannot be established/,
    'IO_OPCUA_CONNECT',
    'no OPC UA server answers there',
    'is it on, is the address right? It is tried again',
  ],
  [
    /ETIMEDOUT|BadTimeout|[Tt]imeout|timed out/,
    'IO_OPCUA_TIMEOUT',
    'no answer in time',
    'raise timeout in io/ if the server is slow; it is tried again',
  ],
  [
    /ECONNRESET|BadConnectionClosed|BadSecureChannelClosed|BadSessionIdInvalid|BadSessionClosed|SecureChannel|disconnect|socket/i,
    'IO_OPCUA_CLOSED',
    'the server closed the connection',
    'it comes back by itself',
  ],
]
