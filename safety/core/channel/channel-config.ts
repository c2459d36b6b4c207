import type { SisConfig } from '../config.ts'
import { crcOver } from './crc.ts'

/** What both ends of a channel must agree on, besides the text. */
export interface ChannelConfig {
  /** 128 bits as 32 hexadecimal digits: one for the installation. */
  readonly base_id: string
  /** 1 to 2^32 - 1; the two differ, and their order tells the directions apart. */
  readonly solver_id: number
  readonly device_id: number
  /** Of the data's layout, `structureSignature`. */
  readonly signature: number
  readonly test_mode: boolean
  /** T_SF: what is older is not used; silence for so long is the fail-safe state. */
  readonly t_sf_ms: number
  /** Two errors closer than this need an operator. */
  readonly error_interval_min: 6 | 60 | 600
}

/** Undefined where the configuration has no channel. */
export function channelConfigOf(config: SisConfig): ChannelConfig | undefined {
  const { channel } = config
  if (channel === undefined) return undefined
  return {
    base_id: channel.base_id,
    solver_id: channel.solver_id,
    device_id: channel.device_id,
    error_interval_min: channel.error_interval_min,
    signature: structureSignature(config.transmitters.length, config.contacts.length, config.elements.length),
    test_mode: config.mode === 'SIMULATION',
    t_sf_ms: config.link_timeout_ms,
  }
}

/**
 * Of how many things the data tell: CRC over the bytes 1 (layout), transmitters, contacts, elements. Never 0: of four bytes only 0, 0, 0, 1
 * have that remainder.
 */
export function structureSignature(transmitters: number, contacts: number, elements: number): number {
  return crcOver(1, Uint8Array.of(1, transmitters, contacts, elements), 0, 4) >>> 0
}
