/**
 * The only words that reach a safety system from the control system's side: requests by secure write.
 *
 * JSON lines over TCP. `request` is answered by `echo`: the solver's own reading of it in words, with a nonce. A person reads the
 * echo and confirms; the solver executes once, and the echo is worth nothing after 30 s. Every line from the client carries `mac`,
 * HMAC-SHA-256 (hex) of the line without it, by the key of this link: `JSON.stringify` of the object with `mac` left out.
 */
export type SisWriteRequest =
  | {
      readonly type: 'request'
      /** The client's number of this request, echoed in the answers. */
      readonly id: number
      /** `reset`, `start`, `mos_on`, `mos_off`, `startup_override`, `effect_override`, `force_trip`, `force_trip_off`, `partial_stroke`, `acknowledge`, `sequence_start`, `sequence_stop`. */
      readonly command: string
      /**
       * Id of an effect, cause, element or sequence of the configuration; `ALL` with `reset`: every effect that is ready; `CHANNEL`
       * with `acknowledge`: the errors of the protected channel.
       */
      readonly target: string
      /** Tag of the input, for a bypass; "" otherwise. */
      readonly channel: string
      readonly who: string
      readonly reason: string
      readonly work_order: string
      readonly compensation: string
      readonly mac: string
    }
  | {
      readonly type: 'confirm'
      readonly id: number
      readonly nonce: string
      /** The second person, where the command wants one (bypasses, forces): must differ from the first. */
      readonly second: string
      readonly mac: string
    }
  /** At least every 5 s, or the link is lost for the solver. Its number says nothing; those of requests rise on a connection. */
  | { readonly type: 'alive'; readonly id: number; readonly mac: string }

export type SisWriteAnswer =
  | { readonly type: 'hello'; readonly run_id: string; readonly config_hash: string }
  | {
      readonly type: 'echo'
      readonly id: number
      readonly nonce: string
      readonly meaning: string
      readonly expires_ms: number
      readonly second_person: boolean
    }
  | {
      readonly type: 'result'
      readonly id: number
      readonly outcome: 'executed' | 'refused' | 'expired'
      readonly code: string
      readonly reason: string
    }
