/** Writes the golden vectors anew: `node test/golden/generate.ts`. They change only where a rule has changed. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileOf, GOLDEN_TYPES, vectorsOf } from './vectors.ts'

for (const type of GOLDEN_TYPES) writeFileSync(join(import.meta.dirname, 'vectors', fileOf(type)), vectorsOf(type))
