import type { TagRecord } from '../../../contracts/artifact.ts'

/**
 * Which tag stands at which place of the sketch. Loop numbers are those of the measurements of the process
 * (docs/plant/tennessee-eastman.md); the letters in front say what is measured, so FIC-10 and FI-10 are one place.
 */
export function findByNumber(tags: readonly TagRecord[], letter: string, number: number): TagRecord | undefined {
  const wanted = new RegExp(`^${letter}[A-Z]*-0*${number}$`)
  return tags.find((t) => wanted.test(t.tag))
}

/** The first tag of the list of places that has an output to a valve. */
export function findValve(
  tags: readonly TagRecord[],
  places: readonly (readonly [string, number])[],
): TagRecord | undefined {
  for (const [letter, number] of places) {
    const tag = findByNumber(tags, letter, number)
    if (tag?.fields.OUT !== undefined && (tag.out?.eu ?? '%') === '%') return tag
  }
  return undefined
}

/** Whether the sketch is of this plant at all: a plant without its three vessels is shown without one. */
export const hasSketch = (tags: readonly TagRecord[]): boolean =>
  [8, 12, 15].every((number) => findByNumber(tags, 'L', number) !== undefined)
