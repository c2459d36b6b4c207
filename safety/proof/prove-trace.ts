/** A counterexample scan by scan, in words: what came in, and what the logic made of it. */
import { createAlarms } from '../core/alarms.ts'
import { LATCH } from '../core/codes.ts'
import { createInputs } from '../core/inputs.ts'
import { createSoe } from '../core/soe.ts'
import { createState, OWN } from '../core/state.ts'
import { createTables } from '../core/tables.ts'
import { createChoices } from './prove-choices.ts'
import type { Cut } from './prove-cut.ts'
import type { Machine, Scan, Violation } from './prove-explore.ts'

const LATCHES: Record<number, string> = {
  [LATCH.normal]: 'NORMAL',
  [LATCH.tripInitiatedDelayed]: 'TRIP_INITIATED_DELAYED',
  [LATCH.tripped]: 'TRIPPED',
  [LATCH.waitingResetPermit]: 'WAITING_RESET_PERMIT',
  [LATCH.readyToReset]: 'READY_TO_RESET',
  [LATCH.waitingStartPermit]: 'WAITING_START_PERMIT',
}

/** Numbers of scans from here on, so that all ages are well above zero. */
const FIRST = 1000

export function wordsOf(cut: Cut, violation: Violation, machine: Machine): string[] {
  const { config } = cut
  const t = machine.createTables(config)
  const choices = createChoices(cut, createTables(config))
  const state = createState(t)
  const inputs = createInputs(config)
  const soe = createSoe(16)
  const alarms = createAlarms(t)
  let now = FIRST
  const said = (scan: Scan): string => {
    const around = choices.surroundings[scan.surrounding]!
    const values = choices.signals.map((list, i) => list[choices.digit(scan.values, i)]!.word)
    return [...values, ...(around.word === '' ? [] : [around.word])].join(', ')
  }
  const carryOut = (scan: Scan): string => {
    const around = choices.surroundings[scan.surrounding]!
    for (const choice of around.choices) choice.apply(inputs)
    choices.applyValues(scan.values, inputs)
    if (around.frame) inputs.seq = (inputs.seq + 1) & 0xffff
    now += around.step
    machine.evaluate(t, state, inputs, now, 0, soe)
    machine.raiseAlarms(t, state, alarms, inputs, now, around.step, 0, soe)
    const effects = config.effects.map((e, i) => {
      const extra = [
        state.forceSince[i]! >= 0 ? 'forced to normal' : '',
        state.overrideSince[i]! >= 0 ? 'overridden' : '',
      ].filter((x) => x !== '')
      return `${e.id} ${LATCHES[state.latch[i]!] ?? state.latch[i]}${extra.map((x) => `, ${x}`).join('')}`
    })
    const outputs = config.elements.map((x, i) => `${x.tag} ${((state.own[OWN.out]! >>> i) & 1) === 1 ? 'on' : 'off'}`)
    const causes = config.causes.flatMap((c, i) => {
      const bypassed = c.inputs.filter((_, k) => state.mosSince[4 * i + k]! >= 0)
      return [
        ...(((state.own[OWN.active]! >>> i) & 1) === 1 ? [`${c.id} active`] : []),
        ...(state.startupSince[i]! >= 0 ? [`${c.id} under its start-up override`] : []),
        ...(bypassed.length > 0 ? [`${bypassed.join(' and ')} bypassed in ${c.id}`] : []),
      ]
    })
    return [...effects, ...outputs, ...causes].join(', ')
  }
  const lines = violation.trace.map((scan, i) => `scan ${i + 1}: ${said(scan)} -> ${carryOut(scan)}`)
  if (violation.other !== undefined)
    lines.push(`the same with ${said(violation.other)} leaves an output off that is on here`)
  lines.push(`broken: ${violation.rule}, ${violation.text}`)
  return lines
}
