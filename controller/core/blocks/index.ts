import type { BlockType } from '../block.ts'
import { AI } from './ai.ts'
import { AO } from './ao.ts'
import { PID } from './pid.ts'

/** Every block type of the engine, by name. */
export const BLOCK_TYPES: ReadonlyMap<string, BlockType> = new Map([AI, AO, PID].map((type) => [type.type, type]))
