/** The outside world did not do what the gateway needs: a code, what happened, and what a human can do about it. */
export type GatewayCode =
  | 'GW_PORT_IN_USE'
  | 'GW_ADDRESS'
  | 'GW_ARTIFACT'
  | 'GW_JOURNAL'
  | 'GW_HISTORY'
  | 'GW_QUERY'
  | 'GW_ORIGIN'
  | 'GW_HOST'
  | 'GW_NOT_FOUND'
  | 'GW_MESSAGE'
  | 'GW_BUSY'
  | 'GW_FORCE'
  | 'GW_NO_IO'
  | 'GW_NORTHBOUND'
  | 'GW_SIS'
  | 'GW_NO_SIS'
  | 'GW_INTERNAL'

export class GatewayFault extends Error {
  override readonly name = 'GatewayFault'
  readonly code: GatewayCode
  /** What happened, without code and remedy. */
  readonly what: string
  /** What a human can do; one sentence. */
  readonly remedy: string

  constructor(code: GatewayCode, what: string, remedy: string, cause?: unknown) {
    super(`${code}: ${what}. ${remedy}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.remedy = remedy
  }

  /** As it goes to a client of the HTTP interface. */
  toReply(): { readonly code: GatewayCode; readonly message: string; readonly remedy: string } {
    return { code: this.code, message: this.what, remedy: this.remedy }
  }
}
