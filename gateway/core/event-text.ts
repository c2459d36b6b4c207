/** A scan's event in an operator's words. */
import type { BlockRecord } from '../../contracts/artifact.ts'
import type { ScanEvent } from '../../contracts/frame.ts'

export interface EventText {
  readonly tag: string
  readonly text: string
}

/** An unknown code is shown with its numbers, so that nothing that happened is silent. */
export function eventText(blocks: readonly BlockRecord[], event: ScanEvent): EventText {
  const block = blocks[event.block]
  // `FIC-01.PID1` is a block of the module FIC-01, which is the operator's tag.
  const tag = block === undefined ? '' : (block.id.split('.')[0] ?? '')
  return { tag, text: `Event ${event.code} (${event.a}, ${event.b})` }
}
