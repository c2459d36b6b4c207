import type { DeviceProfile, ProfilePoint } from '../../../protocols/core/profile/profile.ts'
import type { EmulatedPoint, EmulatedProfile } from './emulated-device.ts'

/** Where a point lives of which the profile gives no range, in its own unit. */
const RANGE = [0, 100] as const
/** A counter's rise in a day. */
const COUNTER_RANGE = [0, 1000] as const

/** What the emulator makes of the description that a strategy uses too. */
export function fromProfile(profile: DeviceProfile): EmulatedProfile {
  const { requests } = profile
  return {
    name: profile.name,
    title: profile.title,
    points: profile.points.map(pointOf),
    texts: profile.strings.map(({ name, table, register, registers, chars_per_register }) => ({
      name,
      table,
      register,
      registers,
      chars_per_register,
      text: `emulated ${profile.name}`,
    })),
    identification: profile.identification,
    ...(requests.read_registers_max === undefined ? {} : { read_registers_max: requests.read_registers_max }),
    ...(requests.read_bits_max === undefined ? {} : { read_bits_max: requests.read_bits_max }),
    ...(requests.write_registers_max === undefined ? {} : { write_registers_max: requests.write_registers_max }),
    ...(requests.single === undefined ? {} : { single: requests.single }),
    whole: profile.whole_points,
    holes: profile.holes,
    ...(profile.watchdog === undefined
      ? {}
      : {
          watchdog: {
            time_register: profile.watchdog.time_register,
            count_ms: profile.watchdog.count_ms ?? 100,
            tripped_register: profile.watchdog.tripped_register,
            rearm_register: profile.watchdog.rearm_register,
          },
        }),
  }
}

function pointOf(point: ProfilePoint): EmulatedPoint {
  const { table, register, type, order, bit, counts_per_unit, offset, exponent_register, sentinels } = point
  const [lo, hi] = point.range ?? (point.counter ? COUNTER_RANGE : RANGE)
  return {
    name: point.name,
    unit: point.unit,
    table,
    register,
    type,
    counts_per_unit,
    ...(order === undefined ? {} : { order }),
    ...(bit === undefined ? {} : { bit }),
    ...(offset === undefined ? {} : { offset }),
    ...(exponent_register === undefined ? {} : { exponent_register }),
    ...(sentinels === undefined ? {} : { sentinels }),
    lo,
    hi,
    writable: point.access !== 'read',
    counter: point.counter,
    ...(point.fail === undefined ? {} : { fail: point.fail }),
    ...(point.status_register < 0 ? {} : { status_register: point.status_register }),
    ...(point.readback_register < 0 ? {} : { readback_register: point.readback_register }),
  }
}
