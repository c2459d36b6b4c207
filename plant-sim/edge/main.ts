import { runAsChild } from '../../protocols/edge/program.ts'
import { startPlantSim } from './program.ts'

runAsChild('plant-sim', startPlantSim)
