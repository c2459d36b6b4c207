/**
 * A scenario file in a run in one loop: its events happen to plant and controller, and what `--set` does counts as the trainee's action.
 */
import { readFileSync } from 'node:fs'
import type { Artifact } from '../../contracts/artifact.ts'
import { REFUSAL } from '../../contracts/frame.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import { eventText, type Scenario } from '../../plant-sim/core/scenario/scenario.ts'
import { type ScenarioField, scenarioField } from '../../plant-sim/core/scenario/scenario-field.ts'
import {
  countScenario,
  dueOrders,
  observeAction,
  type ScenarioOrder,
  type ScenarioRun,
  startScenario,
} from '../../plant-sim/core/scenario/scenario-run.ts'
import { type ScoreSheet, scoreSheet } from '../../plant-sim/core/scenario/score.ts'
import { formatFault } from '../../plant-sim/edge/config-fault.ts'
import { readScenario } from '../../plant-sim/edge/read-scenario.ts'
import type { RunEvent } from '../../simulation/run/record.ts'

/** Writes as an operator does; a code of REFUSAL. */
type Write = (target: number, value: number) => number

const NAME_OF_REFUSAL = Object.fromEntries(Object.entries(REFUSAL).map(([name, code]) => [code, name]))

export interface OfflineScenario {
  readonly duration_s: number
  /** Before the first tick. */
  begin(note: (event: RunEvent) => void, write: Write): void
  /** After the plant's step of each tick, before the controller's scan: where a frame takes an operator's writes, too. */
  onTick(dt_s: number): void
  /** The trainee has written this. */
  observe(key: string, value: number): void
  score(): ScoreSheet
}

/** What of the file is wrong, one a line, or the scenario. */
export function readOfflineScenario(path: string, artifact: Artifact, rig: Rig): OfflineScenario | { wrong: string[] } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    return { wrong: [`--scenario: ${(cause as Error).message}`] }
  }
  const { plant } = rig
  const field = scenarioField(rig)
  const writable = artifact.control.writable.map((w) => w.key)
  const { ok, faults } = readScenario(text, path, {
    plant: plant.name,
    tags: rig.tags,
    disturbances: plant.disturbances.map((d) => d.name),
    measured: field.measured,
    drops: field.drops,
    contacts: field.contacts,
    writable,
    now_s: rig.time_ms / 1000,
  })
  return ok === undefined ? { wrong: faults.map(formatFault) } : offline(ok, rig, field, writable)
}

function offline(scenario: Scenario, rig: Rig, field: ScenarioField, writable: readonly string[]): OfflineScenario {
  const { plant } = rig
  let run: ScenarioRun | undefined
  let tell: (event: RunEvent) => void = () => {}
  let writer: Write | undefined
  const perform = (order: ScenarioOrder): void => {
    const { event, begins } = order
    const { what } = event
    // Pause, speed and snapshots are for a session with people.
    if (what.type === 'pause' || what.type === 'speed' || what.type === 'snapshot') return
    const text = `${eventText(event)}${begins ? '' : ' over'}`
    const say = (kind: RunEvent['kind'], words = text): void => tell({ at_s: rig.time_ms / 1000, kind, text: words })
    switch (what.type) {
      case 'write': {
        const refusal = writer!(writable.indexOf(what.key), what.value)
        say('command', refusal === REFUSAL.none ? text : `${text} refused: ${NAME_OF_REFUSAL[refusal]}`)
        return
      }
      case 'cable':
        say('note', `${text}: a run in one loop has no cables`)
        return
      case 'disturbance':
      case 'fault':
        say(what.type)
        break
      default:
        say('note')
    }
    field.act(order)
  }
  return {
    duration_s: scenario.duration_s,
    begin(note, write) {
      tell = note
      writer = write
      run = startScenario(scenario, field.view(0))
      for (const order of dueOrders(run)) perform(order)
    },
    onTick(dt_s) {
      countScenario(run!, field.view(dt_s))
      for (const order of dueOrders(run!)) perform(order)
    },
    observe(key, value) {
      if (run !== undefined) observeAction(run, key, value)
    },
    score: () =>
      scoreSheet(
        run!,
        plant.limits.map((l) => l.name),
      ),
  }
}
