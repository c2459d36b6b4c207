/**
 * A supervisory host in place of the master, told in words: RCas and ROut with their handshake [R13], what a block does when
 * the host is lost [R9].
 */
import type { reader, Shown } from './block.ts'
import { answer, mayCascade } from './cascade.ts'
import { decode, isBad, isSub, type Limit, MODES, type Mode, OPEN, type Signal, type Status, status } from './status.ts'

type Remote = 'rcas' | 'rout'
const INPUT = { rcas: 'RCAS_IN', rout: 'ROUT_IN' } as const

/** SHED_OPT: where to, and whether the target goes there too. */
const OPTIONS = ['normal', 'auto', 'man', 'retained'] as const

/** Modes that may be asked for. */
export function permittedModes(o: ReturnType<typeof reader>): readonly Mode[] {
  // OOS, Man, Auto, Cas, where the strategy says nothing.
  const mask = o.number('PERMITTED', 1 + 8 + 16 + 32)
  return MODES.filter((_, i) => Math.floor(mask / 2 ** i) % 2 === 1)
}

/** How a block stands with its host in one scan. */
export interface Stand {
  /** The target of this scan: another where the block has shed without return. */
  readonly target: Mode
  /** What the target comes to: the remote mode where the host has it, else where the block waits for it. */
  readonly goal: Mode
  /** Where it waits for a host. */
  readonly waits: Mode
  /** A host that can be listened to. */
  readonly there: boolean
}

export function remoteSide(
  o: ReturnType<typeof reader>,
  inputs: Map<string, Signal>,
  dt: number,
  channels: readonly Remote[],
) {
  const permitted = permittedModes(o)
  const kinds = channels.filter((c) => permitted.includes(c))
  const period_ms = Math.round(dt * 1000)
  const limit_ms = Math.round(o.number('SHED_TIME', 20) * 1000)
  const option = OPTIONS[Math.floor((o.number('SHED_OPT', 1) - 1) / 2)]!
  const comesBack = o.number('SHED_OPT', 1) % 2 === 1
  const first = o.mode('MODE_TARGET', 'auto')
  let retained: Mode | undefined = ['man', 'auto', 'cas'].includes(first) ? first : undefined
  let cause: 'none' | 'silent' | 'bad' = 'none'
  let host: 'awaited' | 'here' | 'lost' = 'awaited'
  let awaited_ms = 0
  /** Of each channel: time since the last write, and what was last said back. */
  const since_ms = { rcas: 0, rout: 0 }
  const asked: Record<Remote, Status> = { rcas: status('bad'), rout: status('bad') }
  const last: Record<Remote, Status | undefined> = { rcas: undefined, rout: undefined }

  const isRemote = (m: Mode): m is Remote => m === 'rcas' || m === 'rout'
  const silent = (c: Remote): boolean => limit_ms > 0 && since_ms[c] > limit_ms

  function shedTo(): Mode {
    const normal = permitted.includes('cas') ? 'cas' : permitted.includes('auto') ? 'auto' : 'man'
    if (option === 'man') return 'man'
    if (option === 'auto') return permitted.includes('auto') ? 'auto' : 'man'
    return option === 'retained' ? (retained ?? normal) : normal
  }

  return {
    on: kinds.length > 0,
    said: (c: Remote): Status => last[c] ?? OPEN,
    value: (c: Remote): number => inputs.get(INPUT[c])?.value ?? 0,

    /** Before the mode is decided. */
    look(target: Mode, was: Mode): Stand {
      let goal = target
      let aim = target
      let there = false
      if (isRemote(target)) {
        const said = last[target] ?? OPEN
        there = !isBad(said) && !silent(target)
        if (there) host = 'here'
        else if (host !== 'awaited' || (limit_ms > 0 && awaited_ms > limit_ms)) {
          host = 'lost'
          cause = last[target] === undefined || silent(target) ? 'silent' : 'bad'
          if (!comesBack) aim = shedTo()
        } else awaited_ms += period_ms
        goal = aim
        if (isRemote(aim) && !(there && mayCascade(was === aim ? 'cas' : 'auto', asked[aim], said))) goal = shedTo()
      }
      if (aim === 'man' || aim === 'auto' || aim === 'cas') retained = aim
      for (const c of kinds) since_ms[c] += period_ms
      return { target: aim, goal, waits: shedTo(), there }
    },

    /** After it: what the host hears on each channel, and the columns of it. */
    tell(
      target: Mode,
      actual: Mode,
      held: boolean,
      limits: Readonly<Partial<Record<Remote, Limit>>>,
      values: Readonly<Partial<Record<Remote, number>>>,
      override = status('cascade', 'LO', 'constant'),
    ): Shown {
      if (isRemote(actual)) cause = 'none'
      for (const c of kinds) {
        if (actual === c) asked[c] = status('cascade', 'plain', limits[c] ?? 'none')
        else if (actual === 'lo') asked[c] = override
        else asked[c] = answer(actual === 'cas' ? 'man' : actual, target === c && !held, 'none')
      }
      if (kinds.length === 0) return []
      const causes = ['none', 'silent', 'bad']
      return [
        ...channels
          .filter((c) => kinds.includes(c))
          .map((c): Shown[number] => [c === 'rcas' ? 'RCAS_OUT' : 'ROUT_OUT', { value: values[c]!, status: asked[c] }]),
        ['SHED', causes.indexOf(cause)],
      ]
    },

    /** The operator asks for a mode. */
    wished(): void {
      cause = 'none'
      host = 'awaited'
      awaited_ms = 0
    },

    /** A write of the host; undefined: it is none. */
    write(field: string, to: number): boolean | undefined {
      const c = channels.find((k) => field === INPUT[k] || field === `${INPUT[k]}_ST`)
      if (c === undefined) return undefined
      if (!kinds.includes(c)) return false
      if (field === INPUT[c]) {
        inputs.set(INPUT[c], { value: to, status: OPEN })
        const before = last[c]
        if (before === undefined || isBad(before)) last[c] = status('good')
        else if (isSub(before, 'cascade', 'IA')) last[c] = status('cascade')
      } else {
        const said = decodeByte(to)
        if (said === undefined) return false
        last[c] = said
      }
      since_ms[c] = 0
      return true
    },
  }
}

/** A status that a host may send: a byte of R1, and not that nothing is wired. */
function decodeByte(to: number): Status | undefined {
  if (!Number.isInteger(to) || to < 0 || to > 255) return undefined
  const said = decode(to)
  return said.quality === 'bad' && said.sub === 'open' ? undefined : said
}
