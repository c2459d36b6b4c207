/**
 * Two meanings of one register are a fault of the description, except where one is a way of looking at the other.
 */
import type { RegisterCodec } from '../../../contracts/artifact.ts'

export interface Claim {
  readonly table: RegisterCodec['table']
  readonly register: number
  readonly count: number
  /** One bit of the register; bits of one register are different things. */
  readonly bit?: number
  /** Status words and powers of ten may be shared. */
  readonly shared?: boolean
  /** Read only: a word and its bits may both be read, but only one of them may be written. */
  readonly read?: boolean
  /** How messages name it. */
  readonly owner: string
}

export interface Overlap {
  /** The later claim, and the one before it that has the register. */
  readonly claim: Claim
  readonly other: Claim
  readonly register: number
}

/** The first overlap of each claim with an earlier one. */
export function overlaps<C extends Claim>(
  claims: readonly C[],
): (Overlap & { readonly claim: C; readonly other: C })[] {
  const owners = new Map<string, C[]>()
  const found: (Overlap & { readonly claim: C; readonly other: C })[] = []
  for (const claim of claims) {
    for (let register = claim.register; register < claim.register + claim.count; register++) {
      const key = `${claim.table} ${register}`
      const others = owners.get(key)
      if (others === undefined) {
        owners.set(key, [claim])
        continue
      }
      const other = others.find((o) => !agree(claim, o))
      if (other !== undefined) {
        found.push({ claim, other, register })
        break
      }
      others.push(claim)
    }
  }
  return found
}

function agree(a: Claim, b: Claim): boolean {
  if (a.shared === true && b.shared === true) return true
  if (a.bit !== undefined && b.bit !== undefined) return a.bit !== b.bit
  // A status word is read as a whole, and its bits one by one.
  return a.bit !== b.bit && a.read === true && b.read === true && a.count === 1 && b.count === 1
}
