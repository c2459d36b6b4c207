/** What the boiler's signals are called, in the order of the model's arrays. */
import type { OdeDisturbance, OdeManipulated } from '../ode/ode-plant.ts'
import type { LimitInfo, MeasurementInfo } from '../plant.ts'

const manipulated = (
  name: string,
  description: string,
  full_scale: number,
  unit: string,
  lag_s: number,
  trip_pct?: number,
): OdeManipulated => ({
  name,
  description,
  full_scale,
  unit,
  lag_s,
  ...(trip_pct === undefined ? {} : { trip_pct }),
})

/** Order of `U`. On and off: more than 50 % is on. */
export const BOILER_MANIPULATED: readonly OdeManipulated[] = [
  manipulated('FUELV', 'Fuel control valve', 6, 'kg/s', 1),
  manipulated('SSV1', 'Safety shutoff valve 1, on is open', 100, '%', 0, 0),
  manipulated('SSV2', 'Safety shutoff valve 2, on is open', 100, '%', 0, 0),
  manipulated('VENT', 'Vent between the shutoff valves, on is open', 100, '%', 0, 100),
  manipulated('PILOT1', 'Pilot valve 1, on is open', 100, '%', 0, 0),
  manipulated('PILOT2', 'Pilot valve 2, on is open', 100, '%', 0, 0),
  manipulated('IGNITER', 'Igniter of the pilot', 100, '%', 0, 0),
  manipulated('FDFAN', 'Forced draught fan', 100, '%', 0),
  manipulated('FDVANE', 'Inlet vanes of the forced draught fan', 110, 'kg/s', 2),
  manipulated('IDFAN', 'Induced draught fan', 100, '%', 0),
  manipulated('IDVANE', 'Inlet vanes of the induced draught fan', 129, 'kg/s', 2),
  manipulated('FWPUMP', 'Feedwater pump', 100, '%', 0),
  manipulated('FEEDV', 'Feedwater valve', 120, 'kg/s', 2),
  manipulated('TURBV', 'Turbine valve: the load', 100, 'kg/s', 1),
  manipulated('STARTV', 'Start-up vent of the steam header', 10, 'kg/s', 3),
]

const measurement = (name: string, description: string, unit: string, noise_std: number): MeasurementInfo => ({
  name,
  description,
  unit,
  noise_std,
  period_s: 0,
})

export const BOILER_MEASUREMENTS: readonly MeasurementInfo[] = [
  measurement('PDRUM', 'Drum pressure', 'bara', 0.05),
  measurement('LDRUM', 'Drum level over normal', 'mm', 2),
  measurement('PSTEAM', 'Steam header pressure', 'bara', 0.05),
  measurement('TSTEAM', 'Superheated steam', 'degC', 0.3),
  measurement('QSTEAM', 'Steam flow to the header', 'kg/s', 0.2),
  measurement('QLOAD', 'Steam flow to the turbine', 'kg/s', 0.2),
  measurement('QFEED', 'Feedwater flow', 'kg/s', 0.2),
  measurement('TDRUM', 'Drum metal, at saturation', 'degC', 0.1),
  measurement('QFUEL', 'Fuel flow to the burner', 'kg/s', 0.01),
  measurement('PGAS', 'Gas behind the regulator', 'kPag', 0.5),
  measurement('PBETWEEN', 'Gas between the shutoff valves', 'kPag', 0.5),
  measurement('PBURNER', 'Gas at the burner', 'kPag', 0.3),
  measurement('QAIR', 'Air flow', 'kg/s', 0.3),
  measurement('PFURN', 'Furnace pressure', 'Pa', 5),
  measurement('TFURN', 'Furnace gas', 'degC', 2),
  measurement('O2', 'Stack oxygen, dry', '%', 0.03),
  measurement('CO', 'Stack carbon monoxide', 'ppm', 3),
  measurement('FLAME1', 'Flame scanner 1, main flame', '%', 0),
  measurement('FLAME2', 'Flame scanner 2, main flame', '%', 0),
  measurement('FLAME3', 'Flame scanner 3, main flame', '%', 0),
  measurement('FLAMEP', 'Flame scanner of the pilot', '%', 0),
  measurement('ZSO1', 'Shutoff valve 1 open', '1', 0),
  measurement('ZSC1', 'Shutoff valve 1 closed', '1', 0),
  measurement('ZSO2', 'Shutoff valve 2 open', '1', 0),
  measurement('ZSC2', 'Shutoff valve 2 closed', '1', 0),
  measurement('ZSOV', 'Vent valve open', '1', 0),
  measurement('ZSCV', 'Vent valve closed', '1', 0),
  measurement('ZSOP', 'Both pilot valves open', '1', 0),
  measurement('ZSCP', 'Both pilot valves closed', '1', 0),
  measurement('RUNFD', 'Forced draught fan runs', '1', 0),
  measurement('RUNID', 'Induced draught fan runs', '1', 0),
  measurement('RUNFW', 'Feedwater pump runs', '1', 0),
  measurement('THEADER', 'Steam in the header', 'degC', 0.3),
  measurement('TSTACK', 'Flue gas to the stack', 'degC', 1),
  measurement('PERMIT', 'Light-off permitted by the safety system', '1', 0),
  measurement('NOTRIP', 'No fuel trip by the safety system', '1', 0),
]

const step = (name: string, description: string, size: number): OdeDisturbance => ({
  name,
  description,
  kind: 'step',
  size,
})

/** Order of `D`. */
export const BOILER_DISTURBANCES: readonly OdeDisturbance[] = [
  step('LOADUP', 'The turbine takes 15 % more at the same valve', 0.15),
  step('LOADDOWN', 'The turbine takes 15 % less at the same valve', -0.15),
  { name: 'LOADWANDER', description: 'What the turbine takes wanders', kind: 'random', size: 0.03, tau_s: 120 },
  step('FEEDLOW', 'The feedwater pump gives 20 % less pressure', -0.2),
  step('HEATEROUT', 'Feedwater at 180 in place of 242 degC: the last heater is out', 1),
  step('PUMPTRIP', 'The feedwater pump trips', 1),
  step('TUBELEAK', 'A tube leaks: 3 kg/s of water', 3),
  step('GASLOW', 'Gas supply at 70 % of its pressure', -0.3),
  step('GASLEAN', 'Gas with 10 % less heating value and air need', -0.1),
  { name: 'GASWANDER', description: 'Gas pressure wanders', kind: 'random', size: 0.05, tau_s: 60 },
  step('FDTRIP', 'The forced draught fan trips', 1),
  step('IDTRIP', 'The induced draught fan trips', 1),
  step('FLAMEOUT', 'The flame is blown off the burner', 1),
  step('PILOTFAIL', 'The pilot does not light', 1),
  step('SSV1STUCK', 'Shutoff valve 1 does not close', 1),
  step('SSV2STUCK', 'Shutoff valve 2 does not close', 1),
  step('SSV1LEAK', 'The seat of shutoff valve 1 leaks', 1),
  step('SSV2LEAK', 'The seat of shutoff valve 2 leaks', 1),
  step('SCANNER1', 'Flame scanner 1 sees a flame always', 1),
  step('SCANNER2', 'Flame scanner 2 sees a flame always', 1),
  step('AIRCHOKE', 'The air heater is fouled: 20 % less air', -0.2),
  step('GASHIGH', 'The gas regulator fails: supply at 150 % of its pressure', 0.5),
]

const none = Number.POSITIVE_INFINITY

/** Beyond these the plant is damaged; a safety system trips long before. */
export const BOILER_LIMITS: readonly LimitInfo[] = [
  {
    name: 'equipment damaged: drum pressure',
    unit: 'bara',
    normal_lo: 80,
    normal_hi: 98,
    trip_lo: -none,
    trip_hi: 115,
  },
  {
    name: 'equipment damaged: drum level',
    unit: 'mm',
    normal_lo: -100,
    normal_hi: 100,
    trip_lo: -600,
    trip_hi: 450,
  },
  {
    name: 'equipment damaged: furnace pressure',
    unit: 'Pa',
    normal_lo: -500,
    normal_hi: 300,
    trip_lo: -8700,
    trip_hi: 8700,
  },
]
