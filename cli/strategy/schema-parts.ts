/** Pieces of JSON Schema that the schema of a strategy is made of. */
export type Schema = Readonly<Record<string, unknown>>

export const PARAMETER = { type: 'string', pattern: '^\\$[A-Za-z]' }
export const text = (description: string): Schema => ({ type: ['string', 'number'], description })
export const number = (description: string, more: Schema = {}): Schema => ({ type: 'number', description, ...more })
export const duration = (description: string): Schema => ({
  description,
  anyOf: [{ const: 0 }, { type: 'string', pattern: '^[0-9.eE+-]+ *(ms|s|min|h|d)$' }, PARAMETER],
})
export const pair = (description: string): Schema => ({
  description,
  anyOf: [{ type: 'array', items: { anyOf: [{ type: 'number' }, PARAMETER] }, minItems: 2, maxItems: 2 }, PARAMETER],
})
export const map = (properties: Schema, required: readonly string[] = [], description = ''): Schema => ({
  type: 'object',
  ...(description === '' ? {} : { description }),
  properties,
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
})
export const each = (value: Schema, description = ''): Schema => ({
  type: 'object',
  ...(description === '' ? {} : { description }),
  additionalProperties: value,
})
export const list = (items: Schema): Schema => ({ type: 'array', items })
