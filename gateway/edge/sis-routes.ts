/**
 * The safety system over HTTP: what it says, and requests by secure write. Users and roles come later: who asks and who confirms is what
 * the caller says, as with forces; the solver wants two different names where the command wants two people.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SisConfirmReply, SisReply, SisRequest, SisRequestReply, SisSoeReply } from '../../contracts/hmi-sis.ts'
import type { SisDesk } from './sis-desk.ts'

export function registerSisRoutes(
  app: FastifyInstance,
  desk: () => SisDesk,
  checkOrigin: (request: FastifyRequest) => void,
): void {
  const preValidation = async (request: FastifyRequest): Promise<void> => checkOrigin(request)
  app.get('/api/sis', { schema: { querystring: NOTHING } }, async (): Promise<SisReply> => desk().reply())
  // The address that operators are told; the page itself keeps what it shows in its query.
  app.get('/op/sis', async (_request, reply) => reply.redirect('/?view=sis'))
  app.get<{ Querystring: { after: number; limit: number } }>(
    '/api/sis/soe',
    { schema: { querystring: SOE_QUERY } },
    async ({ query }): Promise<SisSoeReply> => desk().soe(query.after, query.limit),
  )
  app.post<{ Body: SisRequest }>(
    '/api/sis/request',
    { schema: { querystring: NOTHING, body: REQUEST_BODY }, preValidation },
    async ({ body }): Promise<SisRequestReply> => desk().request(body),
  )
  app.post<{ Body: { id: number; second: string } }>(
    '/api/sis/confirm',
    { schema: { querystring: NOTHING, body: CONFIRM_BODY }, preValidation },
    async ({ body }): Promise<SisConfirmReply> => desk().confirm(body.id, body.second),
  )
}

const NOTHING = { type: 'object', additionalProperties: false, properties: {} }
const SOE_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    after: { type: 'integer', minimum: 0, default: 0 },
    limit: { type: 'integer', minimum: 1, maximum: 5000, default: 1000 },
  },
}
const NAME = { type: 'string', maxLength: 64 }
const COMMANDS = [
  'reset',
  'start',
  'mos_on',
  'mos_off',
  'startup_override',
  'effect_override',
  'force_trip',
  'force_trip_off',
  'partial_stroke',
  'acknowledge',
  'sequence_start',
  'sequence_stop',
]
const REQUEST_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['command', 'target', 'channel', 'who', 'reason', 'work_order', 'compensation'],
  properties: {
    command: { type: 'string', enum: COMMANDS },
    target: { ...NAME, minLength: 1 },
    channel: NAME,
    who: { ...NAME, minLength: 1 },
    reason: { type: 'string', maxLength: 200 },
    work_order: NAME,
    compensation: { type: 'string', maxLength: 200 },
  },
}
const CONFIRM_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'second'],
  properties: { id: { type: 'integer', minimum: 1 }, second: NAME },
}
