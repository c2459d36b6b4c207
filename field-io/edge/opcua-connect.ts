/**
 * From an address to a session: what the server offers, whether its certificate is trusted, channel, login.
 *
 * The library is asked for one attempt at a time and never reconnects by itself: a client that has lost its server is
 * thrown away whole, and a new one made. Its own repair keeps sessions and subscriptions that the server no longer knows.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  type ClientSession,
  type EndpointDescription,
  InMemoryCertificateStore,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  type OPCUAClientOptions,
  SecurityPolicy,
  UserTokenType,
} from 'node-opcua'
import type { OpcuaRecord } from '../../contracts/artifact.ts'
import { OpcuaFault, opcuaFault } from './opcua-fault.ts'
import { createStore, judge, listCertificates } from './opcua-trust-store.ts'

export interface ServerAddress {
  /** `CHROM-1`: for the words of a fault. */
  readonly device: string
  /** `opc.tcp://host:port/path` */
  readonly url: string
  readonly record: OpcuaRecord
  readonly timeout_ms: number
  readonly pki_dir: string
}

export interface Connected {
  readonly client: OPCUAClient
  readonly session: ClientSession
  /** Judges the server's certificate again: it may have been rejected, or run out. @throws OpcuaFault */
  recheck(): void
}

/** Channel and session together: key exchange costs more than a read. */
const CONNECT_MS_MIN = 5000
/** A session that nobody closed is kept so long by the server; ours asks it something far more often. */
const SESSION_MS = 20_000
const OWN_NAME = 'flyball'
const VALID_DAYS = 3650
/** Our certificate is valid from before now, because a device's clock may be behind. */
const CLOCK_SKEW_MS = 30 * 86_400_000

/**
 * @param orphan - session of a connection that was lost: the server still holds it, and it counts against its limit. It is
 * taken over and closed before a new one is made, so that a line that fails every second does not use a server up.
 * @throws OpcuaFault
 */
export async function connectServer(address: ServerAddress, orphan?: ClientSession): Promise<Connected> {
  const { url, record, device } = address
  const place = `${device} at ${url}`
  const connect_ms = Math.max(CONNECT_MS_MIN, address.timeout_ms)
  const own = await ownCertificate(address.pki_dir, place)
  const identity = credentials(record, place)
  const base: OPCUAClientOptions = {
    applicationName: OWN_NAME,
    applicationUri: own.application_uri,
    certificateFile: own.certificate_file,
    privateKeyFile: own.private_key_file,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
    transportTimeout: connect_ms,
    defaultTransactionTimeout: connect_ms,
    requestedSessionTimeout: SESSION_MS,
    keepSessionAlive: false,
    keepPendingSessionsOnDisconnect: true,
    // The name a server gives itself is often not the one it is reached by; it is known by its certificate instead.
    endpointMustExist: false,
  }

  const offers = await discover(url, base, place, connect_ms)
  const endpoint = choose(offers, record, place)
  const secured = record.mode !== 'None'
  if (secured) checkCertificate(endpoint, address, place)

  const client = OPCUAClient.create({
    ...base,
    clientCertificateManager: new InMemoryCertificateStore(),
    securityMode: MessageSecurityMode[record.mode],
    securityPolicy: SecurityPolicy[record.policy],
    ...(secured ? { serverCertificate: endpoint.serverCertificate } : {}),
  })
  try {
    await within(connect_ms, client.connect(url), 'no secure channel in time')
    if (orphan !== undefined) await bury(client, orphan, connect_ms)
    const session = await within(connect_ms, client.createSession(identity), 'no session in time')
    return { client, session, recheck: () => secured && checkCertificate(endpoint, address, place) }
  } catch (cause) {
    disconnect(client)
    throw opcuaFault(cause, place, 'connect')
  }
}

/** A server that has restarted does not know it any more: that is as good. */
async function bury(client: OPCUAClient, orphan: ClientSession, within_ms: number): Promise<void> {
  const work = client.reactivateSession(orphan).then(() => orphan.close(true))
  await within(within_ms, work, '').catch(() => {})
}

/** Leaves the server; a session that is still good is closed, so that the server need not keep it until its end. */
export function disconnect(client: OPCUAClient, session?: ClientSession): void {
  const close = (): void => void within(CONNECT_MS_MIN, client.disconnect(), '').catch(() => {})
  if (session === undefined) close()
  else void within(1000, session.close(true), '').then(close, close)
}

/** @throws Error where it does not end in time; what it ends as later is nobody's. */
export async function within<T>(ms: number, work: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  work.catch(() => {})
  try {
    return await Promise.race([
      work,
      new Promise<never>((_done, fail) => {
        timer = setTimeout(() => fail(new Error(`timed out: ${late}`)), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

async function discover(
  url: string,
  base: OPCUAClientOptions,
  place: string,
  connect_ms: number,
): Promise<EndpointDescription[]> {
  const client = OPCUAClient.create({
    ...base,
    clientCertificateManager: new InMemoryCertificateStore(),
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
  })
  try {
    await within(connect_ms, client.connect(url), 'no channel in time')
    return await within(connect_ms, client.getEndpoints({ endpointUrl: url }), 'no endpoints in time')
  } catch (cause) {
    throw opcuaFault(cause, place, 'ask for endpoints')
  } finally {
    disconnect(client)
  }
}

/** Only what io/ asks for, or nothing: a server that offers less is a fault, never a reason to be content with less. */
function choose(offers: readonly EndpointDescription[], record: OpcuaRecord, place: string): EndpointDescription {
  const found = offers.find(
    (e) => e.securityMode === MessageSecurityMode[record.mode] && e.securityPolicyUri === SecurityPolicy[record.policy],
  )
  if (found !== undefined) {
    const wanted = record.user === undefined ? UserTokenType.Anonymous : UserTokenType.UserName
    if (found.userIdentityTokens?.some((t) => t.tokenType === wanted) ?? true) return found
    throw new OpcuaFault(
      'IO_OPCUA_LOGIN',
      place,
      record.user === undefined ? 'the server wants a user' : 'the server knows no users with passwords',
      record.user === undefined ? "give 'user' and 'password_env' in io/" : "take 'user' out of io/",
    )
  }
  const words = offers.map(
    (e) => `${(e.securityPolicyUri ?? '').replace(/.*#/, '')}/${MessageSecurityMode[e.securityMode]}`,
  )
  throw new OpcuaFault(
    'IO_OPCUA_SECURITY',
    place,
    `the server does not offer ${record.policy}/${record.mode}, but ${words.join(', ') || 'nothing'}`,
    'set policy and mode in io/ to one of these, or switch it on at the server',
  )
}

/** @throws OpcuaFault with what the engineer has to type */
function checkCertificate(endpoint: EndpointDescription, address: ServerAddress, place: string): void {
  const found = judge(address.pki_dir, firstOfChain(endpoint.serverCertificate), new Date())
  if (found.verdict === 'trusted') return
  const c = found.certificate
  if (found.verdict === 'untrusted' && c !== undefined) {
    throw new OpcuaFault(
      'IO_OPCUA_UNTRUSTED',
      place,
      `certificate of ${c.subject}, thumbprint ${c.thumbprint}, is not trusted`,
      `compare the thumbprint with the server's own, then: flyball opcua trust ${c.thumbprint.slice(0, 12)} --pki ${address.pki_dir}`,
    )
  }
  if (found.verdict === 'expired' && c !== undefined) {
    throw new OpcuaFault(
      'IO_OPCUA_EXPIRED',
      place,
      `certificate of ${c.subject} was valid until ${c.valid_to.toISOString()}`,
      'give the server a new one; check the clocks of both',
    )
  }
  throw new OpcuaFault(
    'IO_OPCUA_CERTIFICATE',
    place,
    c === undefined ? 'its certificate cannot be read' : `certificate is valid from ${c.valid_from.toISOString()} only`,
    c === undefined ? 'give the server an X.509 application certificate' : 'set the clocks of both right',
  )
}

/** A DER sequence says its own length: what follows is the rest of the chain. */
function firstOfChain(chain: Buffer): Buffer {
  if (chain.length < 4 || chain[0] !== 0x30) return chain
  const first = chain[1]!
  if (first < 0x80) return chain.subarray(0, 2 + first)
  const bytes = first & 0x7f
  return chain.subarray(0, 2 + bytes + chain.readUIntBE(2, bytes))
}

function credentials(record: OpcuaRecord, place: string) {
  if (record.user === undefined) return { type: UserTokenType.Anonymous } as const
  const password = process.env[record.user.password_env]
  if (password === undefined || password === '') {
    throw new OpcuaFault(
      'IO_OPCUA_PASSWORD',
      place,
      `no password for ${record.user.name}`,
      `set the environment variable ${record.user.password_env} before the start`,
    )
  }
  return { type: UserTokenType.UserName, userName: record.user.name, password } as const
}

interface OwnCertificate {
  readonly certificate_file: string
  readonly private_key_file: string
  readonly application_uri: string
}

/** Made at the first start, and again when it has expired; one after the other, as two servers may be called at once. */
let making: Promise<unknown> = Promise.resolve()
function ownCertificate(pki_dir: string, place: string): Promise<OwnCertificate> {
  const made = making.then(() => makeOwnCertificate(pki_dir, place))
  making = made.catch(() => {})
  return made
}

async function makeOwnCertificate(pki_dir: string, place: string): Promise<OwnCertificate> {
  const certificate_file = join(pki_dir, 'own/certs', `${OWN_NAME}.pem`)
  const find = () => listCertificates(pki_dir).find((c) => c.path === certificate_file && c.valid_to > new Date())
  try {
    createStore(pki_dir)
    const manager = new OPCUACertificateManager({ rootFolder: pki_dir, disableFileWatchers: true })
    if (find() === undefined || !isThere(manager.privateKey)) {
      await manager.initialize()
      await manager.createSelfSignedCertificate({
        applicationUri: `urn:${hostname()}:${OWN_NAME}`,
        dns: [hostname()],
        subject: `/CN=${OWN_NAME}/O=${OWN_NAME}`,
        startDate: new Date(Date.now() - CLOCK_SKEW_MS),
        validity: VALID_DAYS,
        outputFile: certificate_file,
      })
      await manager.dispose()
    }
    return {
      certificate_file,
      private_key_file: manager.privateKey,
      application_uri: find()?.application_uri ?? `urn:${hostname()}:${OWN_NAME}`,
    }
  } catch (cause) {
    throw new OpcuaFault(
      'IO_OPCUA_PKI',
      place,
      `own certificate below ${pki_dir}: ${(cause as Error).message}`,
      'free disk space, check the rights of the folder',
    )
  }
}

function isThere(path: string): boolean {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}
