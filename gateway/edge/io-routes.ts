/** Field I/O over HTTP: its statistics as they came, and forces. Users and roles come later: who forces is what the caller says. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ForceLine, IoReply } from '../../contracts/hmi-wire.ts'
import { FORCE_MS_MAX } from '../../contracts/link.ts'
import { pointName } from '../core/force-text.ts'
import type { Gateway } from './gateway.ts'

export function registerIoRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  checkOrigin: (request: FastifyRequest) => void,
): void {
  const preValidation = async (request: FastifyRequest): Promise<void> => checkOrigin(request)
  const lines = (): ForceLine[] | null =>
    gateway.forces.list()?.forces.map((f) => ({ ...f, ...pointName(gateway.artifact, f.point) })) ?? null

  app.get('/api/io', { schema: { querystring: NOTHING } }, async (): Promise<IoReply> => {
    const { connected, age_ms, status } = gateway.io()
    return { connected, age_ms: Number.isFinite(age_ms) ? Math.round(age_ms) : null, status, forces: lines() }
  })
  app.post<{ Body: { point: string; value: number; for_s: number; who: string; reason: string } }>(
    '/api/forces',
    { schema: { querystring: NOTHING, body: FORCE_BODY }, preValidation },
    async ({ body }) => {
      await gateway.forces.force(body)
      return { forces: lines() }
    },
  )
  app.delete<{ Querystring: { point: string; who: string } }>(
    '/api/forces',
    { schema: { querystring: UNFORCE_QUERY }, preValidation },
    async ({ query }) => {
      await gateway.forces.unforce(query.point, query.who)
      return { forces: lines() }
    },
  )
}

const NOTHING = { type: 'object', additionalProperties: false, properties: {} }
const POINT = { type: 'string', minLength: 1, maxLength: 200 }
const WHO = { type: 'string', minLength: 1, maxLength: 64 }
const FORCE_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['point', 'value', 'for_s', 'who', 'reason'],
  properties: {
    point: POINT,
    value: { type: 'number' },
    for_s: { type: 'number', exclusiveMinimum: 0, maximum: FORCE_MS_MAX / 1000 },
    who: WHO,
    reason: { type: 'string', minLength: 3, maxLength: 200 },
  },
}
const UNFORCE_QUERY = {
  type: 'object',
  additionalProperties: false,
  required: ['point', 'who'],
  properties: { point: POINT, who: WHO },
}
