/** What the safety system has in the field, by plant. */
import { BOILER_SHUTDOWN } from './boiler/shutdown.ts'
import type { SafetyEquipment } from './instruments/safety-field.ts'
import { TENNESSEE_EASTMAN_SHUTDOWN } from './tennessee-eastman/shutdown.ts'

const EQUIPMENT: Readonly<Record<string, SafetyEquipment>> = {
  boiler: BOILER_SHUTDOWN,
  'tennessee-eastman': TENNESSEE_EASTMAN_SHUTDOWN,
}

/** Undefined for a plant that has none. */
export const safetyEquipmentOf = (plant: string): SafetyEquipment | undefined => EQUIPMENT[plant]
