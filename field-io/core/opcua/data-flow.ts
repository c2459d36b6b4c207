/**
 * Watches whether data still flows: a subscription can die on the server's side while its socket lives and even its
 * keep-alives come. Time is given as ms of any one clock.
 *
 * Silence alone proves nothing, the plant may stand still. So silence is answered by a read of all nodes: if the reads
 * agree with what was last delivered, the flow is believed. If they differ, the delivery gets one more chance, then the
 * subscription is rebuilt, and if that changed nothing, the session.
 */
export interface DataFlow {
  readonly silence_ms: number
  /** Longest time without any answer to the publish requests: keep-alives come far more often. */
  readonly dead_ms: number
  /** How long a difference may stand before delivery is given up. */
  readonly grace_ms: number
  data_ms: number
  answer_ms: number
  state: 'flowing' | 'verifying' | 'doubted'
  doubted_ms: number
  /** The subscription is new and has not delivered since an older one failed. */
  rebuilt: boolean
}

export type FlowAction = 'none' | 'verify' | 'rebuild-subscription' | 'rebuild-session'

export function createDataFlow(
  limits: Pick<DataFlow, 'silence_ms' | 'dead_ms' | 'grace_ms'>,
  now_ms: number,
  rebuilt = false,
): DataFlow {
  return { ...limits, data_ms: now_ms, answer_ms: now_ms, state: 'flowing', doubted_ms: 0, rebuilt }
}

/** The server answered a publish request: with data, or with a keep-alive. */
export function onPublishAnswer(flow: DataFlow, now_ms: number, with_data: boolean): void {
  flow.answer_ms = now_ms
  if (!with_data) return
  flow.data_ms = now_ms
  flow.state = 'flowing'
  flow.rebuilt = false
}

export function flowAction(flow: DataFlow, now_ms: number): FlowAction {
  if (now_ms - flow.answer_ms > flow.dead_ms) return 'rebuild-session'
  if (flow.state === 'doubted' && now_ms - flow.doubted_ms > flow.grace_ms) {
    return flow.rebuilt ? 'rebuild-session' : 'rebuild-subscription'
  }
  if (flow.state === 'flowing' && now_ms - flow.data_ms >= flow.silence_ms) {
    flow.state = 'verifying'
    return 'verify'
  }
  return 'none'
}

/** The reads that `verify` asked for have come: whether they are what the subscription last delivered. */
export function onVerified(flow: DataFlow, now_ms: number, agree: boolean): void {
  // Data came meanwhile: the flow has proved itself.
  if (flow.state !== 'verifying') return
  if (agree) {
    flow.state = 'flowing'
    flow.data_ms = now_ms
  } else {
    flow.state = 'doubted'
    flow.doubted_ms = now_ms
  }
}
