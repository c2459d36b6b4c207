import { runAsChild } from '../../protocols/edge/program.ts'
import { startController } from './program.ts'

runAsChild('controller', startController)
