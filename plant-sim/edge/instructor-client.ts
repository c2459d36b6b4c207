import type { Problem } from '../core/check-fault.ts'
import type { ScoreSheet } from '../core/scenario/score.ts'
import type {
  ClearRequest,
  ContactRequest,
  DisturbanceRequest,
  FaultRequest,
  NetworkRequest,
  PauseRequest,
  PressRequest,
  RestoreRequest,
  ScenarioLoadRequest,
  SpeedRequest,
} from './instructor-requests.ts'
import type { InstructorState } from './instructor-state.ts'
import type { StationView } from './instructor-station.ts'
import { TOKEN_HEADER } from './instructor-token.ts'

export type { Problem } from '../core/check-fault.ts'
export type * from './instructor-requests.ts'
export type * from './instructor-state.ts'
export type * from './instructor-station.ts'

/** The instructor's interface did not do what was asked, or is not there. */
export class InstructorFault extends Error {
  override readonly name = 'InstructorFault'
  readonly code: 'IO_UNREACHABLE' | 'IO_REFUSED' | 'IO_PROTOCOL'
  /** What was wrong with the request; empty where it did not get so far. */
  readonly problems: readonly Problem[]

  constructor(code: InstructorFault['code'], place: string, problems: readonly Problem[], cause?: unknown) {
    const lines = problems.map(
      (p) =>
        `${p.place}: found ${p.found}, expected ${p.expected}${p.suggestion === undefined ? '' : `; did you mean ${p.suggestion}?`}`,
    )
    super([`${code}: ${place}`, ...lines].join('\n  '), { cause })
    this.code = code
    this.problems = problems
  }
}

/** What each call answers: the state after it. */
export interface InstructorClient {
  state(): Promise<InstructorState>
  disturbance(request: DisturbanceRequest): Promise<InstructorState>
  fault(request: FaultRequest): Promise<InstructorState>
  clearFault(request?: ClearRequest): Promise<InstructorState>
  speed(request: SpeedRequest): Promise<InstructorState>
  pause(request: PauseRequest): Promise<InstructorState>
  network(request: NetworkRequest): Promise<InstructorState>
  contact(request: ContactRequest): Promise<InstructorState>
  press(request: PressRequest): Promise<InstructorState>
  loadScenario(request: ScenarioLoadRequest): Promise<InstructorState>
  startScenario(): Promise<InstructorState>
  stopScenario(): Promise<InstructorState>
  snapshot(name: string): Promise<InstructorState>
  restore(request: RestoreRequest): Promise<InstructorState>
  /** From the start again; absent: with the same seed. */
  repeat(seed?: number): Promise<InstructorState>
  station(): Promise<StationView>
  /** Of the scenario that runs or ran last. */
  score(): Promise<ScoreSheet>
}

const TIMEOUT_MS = 5000

/**
 * @param link - `http://127.0.0.1:8090/?token=...`, as `npm start` prints it. Every call may throw InstructorFault.
 * @param who - how the journal calls the one who asks
 */
export function instructorClient(link: string, who = 'instructor'): InstructorClient {
  const { origin, searchParams } = new URL(link)
  const token = searchParams.get('token')
  const shown: Record<string, string> = token === null ? {} : { [TOKEN_HEADER]: token }
  const call = async (path: string, body?: object): Promise<unknown> => {
    const url = `${origin}/api/${path}`
    let response: Response
    let answer: unknown
    try {
      response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body === undefined
          ? { headers: shown }
          : {
              body: JSON.stringify(body),
              headers: { ...shown, 'content-type': 'application/json', 'x-instructor': who },
            }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (cause) {
      throw new InstructorFault('IO_UNREACHABLE', `${url}: is the system running?`, [], cause)
    }
    try {
      answer = await response.json()
    } catch (cause) {
      throw new InstructorFault('IO_PROTOCOL', `${url}: not the instructor's interface`, [], cause)
    }
    if (response.ok) return answer
    throw new InstructorFault('IO_REFUSED', url, (answer as { problems?: readonly Problem[] }).problems ?? [])
  }
  const post = async (path: string, body: object): Promise<InstructorState> =>
    ((await call(path, body)) as { state: InstructorState }).state
  return {
    state: async () => (await call('state')) as InstructorState,
    disturbance: (request) => post('disturbance', request),
    fault: (request) => post('fault', request),
    clearFault: (request = {}) => post('fault/clear', request),
    speed: (request) => post('speed', request),
    pause: (request) => post('pause', request),
    network: (request) => post('network', request),
    contact: (request) => post('contact', request),
    press: (request) => post('press', request),
    loadScenario: (request) => post('scenario/load', request),
    startScenario: () => post('scenario/start', {}),
    stopScenario: () => post('scenario/stop', {}),
    snapshot: (name) => post('snapshot', { name }),
    restore: (request) => post('restore', request),
    repeat: (seed) => post('repeat', seed === undefined ? {} : { seed }),
    station: async () => (await call('station')) as StationView,
    score: async () => (await call('score')) as ScoreSheet,
  }
}
