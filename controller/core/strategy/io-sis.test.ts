// What an io file may say of a safety system, and that nothing can be written to one.
import { expect, test } from 'vitest'
import { compileFiles, FILES } from './testing.ts'

const SIS = `  - id: SIS-1
    description: Safety system
    protocol: sis
    timeout: 3s
    inputs:
      EFFECT/FEEDS: {signal: effect/FEEDS}
      HEALTHY: {signal: healthy}
`
const compiled = (device: string) => compileFiles({ ...FILES, 'io/x.yaml': `devices:\n${device}` })
const faults = (device: string): string[] => {
  const result = compiled(device)
  return 'faults' in result
    ? result.faults.filter((f) => f.file === 'io/x.yaml').map((f) => `${f.line}:${f.column} ${f.code}`)
    : []
}

test('[FIO-IO-SIS-1] a safety system is a device with signals: no endpoint, no registers, inputs only', () => {
  const result = compiled(SIS)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  const { devices, inputs, outputs } = result.artifact.io
  const device = devices.findIndex((d) => d.id === 'SIS-1')
  expect(devices[device]).toEqual({
    id: 'SIS-1',
    description: 'Safety system',
    protocol: 'sis',
    endpoint: 'sis',
    unit: 0,
    timeout_ms: 3000,
  })
  expect(inputs.filter((p) => p.device === device)).toEqual([
    {
      point: 'SIS-1/EFFECT/FEEDS',
      device,
      table: 'input',
      register: 0,
      type: 'float64',
      counts_per_unit: 1,
      quantity: '1',
      node: 'effect/FEEDS',
      status_register: -1,
    },
    expect.objectContaining({ point: 'SIS-1/HEALTHY', node: 'healthy' }),
  ])
  expect(outputs.some((p) => p.device === device)).toBe(false)
})

test('[FIO-IO-SIS-2] what cannot be: outputs, an endpoint, a register, an unknown signal, none', () => {
  expect(faults(SIS)).toEqual([])
  expect(faults(`${SIS}    outputs:\n      X: {signal: effect/FEEDS}\n`)).toContain('9:5 CFG_UNKNOWN_FIELD')
  expect(faults(SIS.replace('timeout: 3s', 'timeout: 3s\n    endpoint: 127.0.0.1:502'))).toContain(
    '6:5 CFG_UNKNOWN_FIELD',
  )
  expect(faults(SIS.replace('signal: healthy', 'signal: healthy, register: 3'))).toContain('8:34 CFG_UNKNOWN_FIELD')
  expect(faults(SIS.replace('signal: healthy', 'signal: wealthy'))).toEqual(['8:25 CFG_WRONG_TYPE'])
  expect(faults(SIS.replace('{signal: healthy}', '{}'))).toEqual(['8:16 CFG_MISSING_FIELD'])
})
