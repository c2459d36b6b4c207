/**
 * A controller from a short list of blocks and wires, for tests and benchmarks: an artifact laid out by hand, one step a
 * block in the order of the list, and access by names.
 */
import type { Artifact, BlockRecord, ScanClass, ScanStep } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { assert } from '../assert.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { type Controller, createController } from '../controller.ts'
import { inK, isWire, layoutOf } from '../layout.ts'

export interface RigBlock {
  readonly id: string
  readonly type: string
  /** Period and phase of its class, ticks. */
  readonly every?: number
  readonly phase?: number
  /** Constants and start values by field; a mask as the number. */
  readonly set?: Readonly<Record<string, number | readonly number[]>>
  /** Field: 'BLOCK.FIELD', 'input POINT' or 'readback POINT'. */
  readonly wires?: Readonly<Record<string, string>>
}

export interface RigPlan {
  readonly tick_ms?: number
  readonly inputs?: readonly string[]
  /** Point: 'BLOCK.FIELD' that is written to it. */
  readonly outputs?: Readonly<Record<string, string>>
  readonly blocks: readonly RigBlock[]
  /** 'BLOCK.FIELD' to be written. */
  readonly writable?: readonly string[]
  readonly published?: readonly string[]
  readonly stations?: number
}

export interface Rig {
  readonly controller: Controller
  readonly artifact: Artifact
  /** Offset of 'BLOCK.FIELD' in S. */
  at(name: string): number
  get(name: string): number
  set(name: string, value: number): void
  /** Value and status of a wire. */
  drive(name: string, value: number, status?: number): void
  /** Writes as an operator would; a REFUSAL code. */
  write(name: string, value: number): number
  /** So many scans, one tick each. */
  scan(count?: number): void
}

export function rigArtifact(plan: RigPlan): { artifact: Artifact; at: (name: string) => number } {
  const inputs = (plan.inputs ?? []).map((point, i) => ({ point, s: 3 * (plan.stations ?? 1) + 3 * i }))
  const names = Object.keys(plan.outputs ?? {})
  const outputs = names.map((point, i) => ({ point, s: 3 * (plan.stations ?? 1) + 3 * inputs.length + 4 * i }))
  let s = 3 * (plan.stations ?? 1) + 3 * inputs.length + 4 * outputs.length
  let r = 0
  const s_init: [number, number][] = []
  const k_init: number[] = []
  const blocks: BlockRecord[] = []
  const layouts = plan.blocks.map((b) => layoutOf(typeOf(b.type).fields))
  plan.blocks.forEach((block, i) => {
    const type = typeOf(block.type)
    const layout = layouts[i]!
    const k = new Array<number>(layout.k_count).fill(0)
    for (const field of type.fields) {
      const given = block.set?.[field.name] ?? field.defaults ?? field.default ?? 0
      const list = typeof given === 'number' ? new Array<number>(Math.max(field.count ?? 1, 0)).fill(given) : given
      if (inK(field.role)) for (const [j, value] of list.entries()) k[layout.K[field.name]! + j] = value
      else {
        const at = s + layout.S[field.name]!
        for (const [j, value] of list.entries()) s_init.push([at + j, value])
        const input = field.role === 'wire-in' || field.role === 'back-in'
        if (input && block.wires?.[field.name] === undefined) s_init.push([at + 1, STATUS.badNotConnected])
      }
    }
    const dt_s = ((block.every ?? 1) * (plan.tick_ms ?? 1000)) / 1000
    const constants = Float64Array.from(k)
    type.derive?.(constants, dt_s)
    const r_count = type.ring_count?.(constants, dt_s) ?? 0
    blocks.push({ id: block.id, type: block.type, s, k: k_init.length, r, r_count })
    k_init.push(...k)
    s += layout.s_count
    r += r_count
  })
  const at = (name: string): number => {
    const dot = name.lastIndexOf('.')
    const i = plan.blocks.findIndex((b) => b.id === name.slice(0, dot))
    const offset = layouts[i]?.S[name.slice(dot + 1)]
    assert(offset !== undefined, `no field ${name}`)
    return blocks[i]!.s + offset
  }
  const source = (from: string): number => {
    const [kind, point] = from.split(' ')
    if (kind === 'input') return inputs.find((p) => p.point === point)!.s
    if (kind === 'readback') return outputs.find((p) => p.point === point)!.s + 2
    return at(from)
  }
  const classes: ScanClass[] = []
  const keys = [...new Set(plan.blocks.map((b) => `${b.every ?? 1} ${b.phase ?? 0}`))]
  for (const key of keys) {
    const [every, phase] = key.split(' ').map(Number) as [number, number]
    const members = plan.blocks.filter((b) => (b.every ?? 1) === every && (b.phase ?? 0) === phase)
    const steps: ScanStep[] = members.map((b) => ({
      type: b.type,
      blocks: [plan.blocks.indexOf(b)],
      copies: Object.entries(b.wires ?? {}).flatMap(([field, from]) => [source(from), at(`${b.id}.${field}`)]),
    }))
    const last = names.filter((p) => members.some((b) => plan.outputs![p]!.startsWith(`${b.id}.`)))
    const copies = last.flatMap((p) => [at(plan.outputs![p]!), outputs[names.indexOf(p)]!.s])
    classes.push({ every, phase, steps: [...steps, { type: '', blocks: [], copies }] })
  }
  const artifact: Artifact = {
    format: 1,
    hash: '',
    name: 'rig',
    title: 'rig',
    tick_ms: plan.tick_ms ?? 1000,
    control: {
      s_count: s,
      k_count: k_init.length,
      r_count: r,
      s_init,
      k_init,
      blocks,
      classes,
      inputs,
      outputs,
      writable: (plan.writable ?? []).map((name) => {
        const dot = name.lastIndexOf('.')
        const block = plan.blocks.findIndex((b) => b.id === name.slice(0, dot))
        return { key: name, block, field: name.slice(dot + 1), kind: 'real' }
      }),
      published: (plan.published ?? []).map((name) => {
        const block = plan.blocks.find((b) => name.startsWith(`${b.id}.`))!
        const field = typeOf(block.type).fields.find((f) => name === `${block.id}.${f.name}`)!
        return { key: name, s: at(name), status: isWire(field.role) ? at(name) + 1 : -1 }
      }),
      stations: { s: 0, count: plan.stations ?? 1 },
    },
    io: { devices: [], inputs: [], outputs: [] },
    tags: [],
    displays: [],
  }
  return { artifact, at }
}

export function createRig(plan: RigPlan): Rig {
  const { artifact, at } = rigArtifact(plan)
  const controller = createController(artifact)
  controller.state = { epoch: 1, n: 0 }
  return {
    controller,
    artifact,
    at,
    get: (name) => controller.s[at(name)]!,
    set(name, value) {
      controller.s[at(name)] = value
    },
    drive(name, value, status = STATUS.good) {
      controller.s[at(name)] = value
      controller.s[at(name) + 1] = status
    },
    write: (name, value) =>
      controller.write(
        artifact.control.writable.findIndex((w) => w.key === name),
        value,
      ),
    scan(count = 1) {
      for (let i = 0; i < count; i++) controller.scan(controller.state.n + 1)
    },
  }
}

function typeOf(name: string) {
  const type = BLOCK_TYPES.get(name)
  assert(type !== undefined, `no block type ${name}`)
  return type
}
