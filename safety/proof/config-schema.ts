/**
 * The JSON Schema of a configuration file, for completion and first checks in an editor; `flyball sis check` says the rest.
 * @see JSON Schema 2020-12
 */
import { CONFIG_SHAPE, type Fields, type Shape } from './shape.ts'

type Schema = Readonly<Record<string, unknown>>

export const configSchemaText = (): string =>
  `${JSON.stringify(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'A safety configuration of Flyball',
      ...schemaOf(CONFIG_SHAPE),
    },
    null,
    1,
  )}\n`

function schemaOf(shape: Shape): Schema {
  const description = { description: shape.doc }
  switch (shape.kind) {
    case 'text':
      return { type: 'string', pattern: '\\S', ...description }
    case 'flag':
      return { type: 'boolean', ...description }
    case 'word':
      return { enum: shape.words, ...description }
    case 'number':
      return {
        type: shape.whole ? 'integer' : 'number',
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
        ...description,
      }
    case 'list':
      return {
        type: 'array',
        items: schemaOf(shape.of),
        ...(shape.least === undefined ? {} : { minItems: shape.least }),
        ...(shape.most === undefined ? {} : { maxItems: shape.most }),
        ...description,
      }
    case 'map':
      return { ...mapping(shape.fields), ...description }
    case 'choice':
      return { anyOf: shape.of.map(mapping), ...description }
    case 'either':
      return { anyOf: shape.of.map(schemaOf), ...description }
  }
}

const mapping = (fields: Fields): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([key, shape]) => [key, schemaOf(shape)])),
  required: Object.entries(fields).flatMap(([key, shape]) => (shape.optional ? [] : [key])),
  additionalProperties: false,
})
