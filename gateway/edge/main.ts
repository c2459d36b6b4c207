import './small-heap.ts'
import { runAsChild } from '../../protocols/edge/program.ts'
import { startGateway } from './program.ts'

runAsChild('gateway', startGateway)
