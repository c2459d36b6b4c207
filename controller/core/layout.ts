import type { FieldDecl, FieldRole } from './block.ts'

/** Roles whose field is a wire: value at NAME, status at NAME_ST. */
type WireRole = 'wire-in' | 'wire-out' | 'back-in' | 'back-out'
type KRole = 'constant' | 'derived'

type NamesIn<F extends FieldDecl, R extends FieldRole> = F extends { readonly role: R } ? F['name'] : never

/** Offsets in a block's slice of S by name; an array's name is its first element. */
export type SOffsets<F extends readonly FieldDecl[]> = {
  readonly [N in NamesIn<F[number], Exclude<FieldRole, KRole>> | `${NamesIn<F[number], WireRole>}_ST`]: number
}

/** Offsets in a block's slice of K by name. */
export type KOffsets<F extends readonly FieldDecl[]> = { readonly [N in NamesIn<F[number], KRole>]: number }

export interface BlockLayout<F extends readonly FieldDecl[] = readonly FieldDecl[]> {
  readonly S: SOffsets<F>
  readonly K: KOffsets<F>
  /** Size of the block's slice of S, Float64s. */
  readonly s_count: number
  /** Size of its slice of K, without the elements of a field of count -1, which are appended. */
  readonly k_count: number
  /** The last field of K is an array of open length. */
  readonly open: boolean
}

/** The layout of declarations that are known only at run time: offsets by string. */
export interface AnyLayout {
  readonly S: Readonly<Record<string, number>>
  readonly K: Readonly<Record<string, number>>
  readonly s_count: number
  readonly k_count: number
  readonly open: boolean
}

/**
 * Where each field of a block stands in its slices: hot ones first, in the order of declaration, a wire as two Float64s (`NAME`,
 * `NAME_ST`), an array as `count` of them. Kernels use the offsets as constants: `s[S.IN]`, `k[K.GAIN]`.
 *
 * Keep S and K unexported constants of the block's file: the engine folds those into the code, an exported binding is
 * a load on every access. A kernel that comes by the thousand does the same with what it imports.
 *
 * @throws Error where two fields have one name, or a field of count -1 is not the last of K: a fault of ours.
 */
export function layout<const F extends readonly FieldDecl[]>(fields: F): BlockLayout<F> {
  const s: Record<string, number> = {}
  const k: Record<string, number> = {}
  let s_count = 0
  let k_count = 0
  let open = false
  const put = (to: Record<string, number>, name: string, at: number): void => {
    if (name in s || name in k) throw new Error(`field ${name} is declared twice`)
    to[name] = at
  }
  for (const field of [...fields.filter((f) => f.hot === true), ...fields.filter((f) => f.hot !== true)]) {
    if (inK(field.role)) {
      if (open) throw new Error(`field ${field.name} stands behind an array of open length`)
      put(k, field.name, k_count)
      open = field.count === -1
      k_count += open ? 0 : (field.count ?? 1)
    } else if (isWire(field.role)) {
      put(s, field.name, s_count)
      put(s, `${field.name}_ST`, s_count + 1)
      s_count += 2
    } else {
      put(s, field.name, s_count)
      s_count += field.count ?? 1
    }
  }
  // Through JSON, because an object grown by computed keys stays a hash table, and its members are then no constants.
  return {
    S: Object.freeze(JSON.parse(JSON.stringify(s))) as SOffsets<F>,
    K: Object.freeze(JSON.parse(JSON.stringify(k))) as KOffsets<F>,
    s_count,
    k_count,
    open,
  }
}

/** The same for a list whose names the type system does not know. */
export const layoutOf = (fields: readonly FieldDecl[]): AnyLayout => layout(fields) as unknown as AnyLayout

export const isWire = (role: FieldRole): boolean =>
  role === 'wire-in' || role === 'wire-out' || role === 'back-in' || role === 'back-out'

/** Constant or derived: the field stands in K, all others in S. */
export const inK = (role: FieldRole): boolean => role === 'constant' || role === 'derived'
