import { runAsChild } from '../../protocols/edge/program.ts'
import { startFieldIo } from './program.ts'

runAsChild('field-io', startFieldIo)
