/**
 * Imported first by the programs of this folder: they make little and keep little, and the defaults of the engine are
 * for others.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--optimize-for-size')
