#!/usr/bin/env node
/** The `flyball` command. */
import { resolve } from 'node:path'

process.argv.splice(1, 1, process.argv[1] ?? '', resolve(import.meta.dirname, 'main.ts'))
await import('./launch.mjs')
