/** What the safety system has in the field, by plant. */
import type { SafetyEquipment } from './instruments/safety-field.ts'
import { TENNESSEE_EASTMAN_SHUTDOWN } from './tennessee-eastman/shutdown.ts'

const EQUIPMENT: Readonly<Record<string, SafetyEquipment>> = { 'tennessee-eastman': TENNESSEE_EASTMAN_SHUTDOWN }

/** Undefined for a plant that has none. */
export const safetyEquipmentOf = (plant: string): SafetyEquipment | undefined => EQUIPMENT[plant]
