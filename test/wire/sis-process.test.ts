/**
 * The safety system as processes, in real time against a device that is a process too: what happens to the outputs
 * when something dies, freezes, floods, or is not signed.
 */
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SIS_COMMAND, SIS_FAULT, SIS_LATCH, SIS_REFUSED, SIS_STATUS, SIS_VOTE } from '../../contracts/sis-codes.ts'
import { readSisSnapshot } from '../../contracts/sis-snapshot-codec.ts'
import { COMMAND, FAULT, LATCH, REFUSED, STATUS, VOTE } from '../../safety/core/codes.ts'
import { pause, plantConfig, type SisRig, startSisRig, until } from './sis-rig.ts'

const ALL = 2 ** 11 - 1

/** A process that is not there, also where nobody has collected it yet. */
const isGone = (pid: number): boolean => {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

describe('one safety system, disturbed in turn', () => {
  let rig: SisRig
  beforeAll(async () => {
    rig = await startSisRig()
  }, 30_000)
  afterAll(() => rig.close())

  test('[SIS-T11] powers up tripped in RUN, and stays so until the button is pressed', async () => {
    await until('the channel is sound', 5000, () => rig.last?.channel.state === 'sound' && rig.last.faults === 0)
    await pause(500)
    const { solenoids, energised, tripped } = await rig.deviceState()
    expect({ solenoids, energised, tripped }).toEqual({ solenoids: 0, energised: 0, tripped: false })
    expect(rig.last!.effects.map((e) => e.state)).not.toContain(LATCH.normal)
    await rig.energise()
    expect(rig.last!.effects.map((e) => e.state)).toEqual(Array(8).fill(LATCH.normal))
  })

  test('[SIS-2.6] a button that is held is one reset: the next trip stays', async () => {
    rig.contact('HS-91', true)
    await pause(400)
    rig.contact('HS-1', false)
    await until('tripped', 2000, async () => ((await rig.deviceState()).solenoids & 1) === 0)
    rig.contact('HS-1', true)
    await pause(1500)
    expect((await rig.deviceState()).solenoids & 1).toBe(0)
    rig.contact('HS-91', false)
    await pause(300)
    await rig.energise()
    expect((await rig.deviceState()).solenoids).toBe(ALL)
  })

  test('a real datagram is the read schema, no field more or less, and the numbers mean the same on both sides', () => {
    const sent = rig.last!
    const reading = readSisSnapshot(JSON.stringify(sent))
    expect(reading).toEqual({ ok: true, snapshot: sent })
    expect(sent.signed_by).toHaveLength(2)
    expect(sent.soe.length).toBeGreaterThan(10)
    expect(sent.soe.at(-1)!.i).toBe(sent.soe_count - 1)
    expect([SIS_LATCH, SIS_VOTE, SIS_STATUS, SIS_FAULT, SIS_COMMAND, SIS_REFUSED]).toEqual([
      LATCH,
      VOTE,
      STATUS,
      FAULT,
      COMMAND,
      REFUSED,
    ])
  })

  test('[SIS-2.11] a request is echoed in the solver’s words, executed once, and its lines are worth nothing a second time', async () => {
    const client = await rig.client()
    const words = { channel: '', who: 'Ada', reason: 'test', work_order: '', compensation: '' }
    const request = client.send({ type: 'request', id: 1, command: 'force_trip', target: 'XV-10', ...words })
    const echo = await client.answer('echo', 1)
    expect(echo).toMatchObject({ meaning: 'Force to trip XV-10, Separator liquid shut (XV-10)', second_person: false })
    const confirm = client.send({ type: 'confirm', id: 1, nonce: 'nonce' in echo ? echo.nonce : '', second: '' })
    expect(await client.answer('result', 1)).toMatchObject({ outcome: 'executed' })
    await until('shut', 2000, async () => ((await rig.deviceState()).solenoids & (1 << 5)) === 0)

    const results = (): unknown[] => client.answers.filter((a) => a.type === 'result')
    client.raw(confirm)
    await until('a second result', 2000, () => results().length === 2)
    expect(results()[1]).toMatchObject({ outcome: 'refused', code: 'SIS_WRITE_ORDER' })
    client.raw(request)
    await until('a third', 2000, () => results().length === 3)
    expect(results()[2]).toMatchObject({ outcome: 'refused', code: 'SIS_WRITE_REPLAY' })

    // Recorded and sent again on another connection: the echo has another nonce, which the recorded confirmation does
    // not know.
    const thief = await rig.client()
    thief.raw(request + confirm)
    await until('refused', 2000, () => thief.answers.some((a) => a.type === 'result'))
    expect(thief.answers.find((a) => a.type === 'result')).toMatchObject({ code: 'SIS_WRITE_NONCE' })

    client.send({ type: 'request', id: 2, command: 'force_trip_off', target: 'XV-10', ...words })
    const second = await client.answer('echo', 2)
    expect(second).toMatchObject({ second_person: true })
    client.send({ type: 'confirm', id: 2, nonce: 'nonce' in second ? second.nonce : '', second: 'ada ' })
    expect(await client.answer('result', 2)).toMatchObject({ code: 'SIS_WRITE_SECOND' })
    client.send({ type: 'request', id: 3, command: 'force_trip_off', target: 'XV-10', ...words })
    const third = await client.answer('echo', 3)
    client.send({ type: 'confirm', id: 3, nonce: 'nonce' in third ? third.nonce : '', second: 'Grace' })
    expect(await client.answer('result', 3)).toMatchObject({ outcome: 'executed' })
    await rig.energise()

    const refusals = rig.journal().filter((line) => line['event'] === 'write-refused')
    expect(refusals.map((line) => line['code'])).toEqual([
      'SIS_WRITE_ORDER',
      'SIS_WRITE_REPLAY',
      'SIS_WRITE_NONCE',
      'SIS_WRITE_SECOND',
    ])
    thief.close()
    client.close()
  })

  test('[SIS-2.7] a bypass wants the permit key, and ends when that is taken out; the link is seen', async () => {
    const client = await rig.client()
    const words = { channel: 'PT-702', who: 'Ada', reason: 'calibration', work_order: 'W-7', compensation: '' }
    const bypass = async (id: number): Promise<unknown> => {
      client.send({ type: 'request', id, command: 'mos_on', target: 'S1', ...words })
      const echo = await client.answer('echo', id)
      client.send({ type: 'confirm', id, nonce: 'nonce' in echo ? echo.nonce : '', second: 'Grace' })
      return client.answer('result', id)
    }
    expect(await bypass(1)).toMatchObject({ code: 'SIS_WRITE_REFUSED', reason: 'the permit key is not closed' })
    rig.contact('HS-90', true)
    await pause(300)
    expect(await bypass(2)).toMatchObject({ outcome: 'executed' })
    await until('it stands', 2000, () => (rig.last?.causes[0]?.bypass_left[1] ?? -1) > 0)
    expect(rig.last!.dcs_link).toBe(true)
    expect(await bypass(3)).toMatchObject({ outcome: 'executed' })
    rig.contact('HS-90', false)
    await until('it is gone', 2000, () => rig.last?.causes[0]?.bypass_left[1] === -1)
    const order = rig.journal().findLast((line) => line['event'] === 'order')
    expect(order).toMatchObject({ command: 'mos_on', who: 'Ada', second: 'Grace', work_order: 'W-7' })
    client.close()
  })

  test('[SIS-2.11] wrong keys, broken lines and lines without an end are refused, and end the connection', async () => {
    const client = await rig.client()
    client.raw('{"type":"request"\n')
    client.raw('[]\n')
    client.raw('{"type":"alive","id":0,"mac":"00"}\n')
    client.raw('{"type":"__proto__","id":-1,"mac":1}\n')
    client.raw('x'.repeat(100_000))
    await until('closed', 5000, () => client.closed)
    const codes = client.answers.filter((a) => a.type === 'result').map((a) => ('code' in a ? a.code : ''))
    expect(codes).toEqual([
      'SIS_WRITE_MALFORMED',
      'SIS_WRITE_MALFORMED',
      'SIS_WRITE_MAC',
      'SIS_WRITE_MALFORMED',
      'SIS_WRITE_OVERSIZE',
    ])
    expect((await rig.deviceState()).solenoids).toBe(ALL)
  })

  test('[SIS-T12] a flood on the line for requests delays no output beyond the watchdog, and trips nothing', async () => {
    await rig.deviceState()
    const before = rig.solver_pid
    const sockets: ReturnType<typeof connect>[] = []
    const knock = setInterval(() => {
      for (let i = 0; i < 20; i++) {
        const socket = connect({ host: '127.0.0.1', port: rig.write_port })
        sockets.push(socket)
        socket.on('error', () => {})
        socket.on('connect', () => {
          for (let k = 0; k < 20; k++) socket.write(`{"type":"alive","id":0,"mac":"${'0'.repeat(4000)}"}\n`.repeat(10))
        })
      }
      for (const socket of sockets.splice(0, Math.max(0, sockets.length - 200))) socket.destroy()
    }, 20)
    await pause(4000)
    clearInterval(knock)
    for (const socket of sockets) socket.destroy()
    const { gap_ms, solenoids } = await rig.deviceState()
    expect(solenoids).toBe(ALL)
    expect(rig.solver_pid).toBe(before)
    expect(gap_ms).toBeLessThan(rig.config.watchdog_ms)
    const lines = rig.journal().filter((line) => String(line['event']).startsWith('write-'))
    expect(lines.some((line) => line['code'] === 'SIS_WRITE_FLOOD')).toBe(true)
    // And afterwards somebody may ask again.
    await until('the door is open again', 5000, async () => {
      const client = await rig.client().catch(() => undefined)
      await pause(50)
      const hello = client?.answers[0]?.type === 'hello'
      client?.close()
      return hello
    })
  })

  test('[SIS-2.4] kill -9 of the solver: the device lets go, readers are told, and what comes back is tripped', async () => {
    const before = rig.solver_pid!
    const { energised } = await rig.deviceState()
    process.kill(before, 'SIGKILL')
    await until('the device lets go', 3000, async () => (await rig.deviceState()).solenoids === 0)
    await until('another solver', 5000, () => rig.solver_pid !== null && rig.solver_pid !== before)
    await until('its datagrams', 5000, () => rig.last?.faults === 0 && rig.last.executive.restarts === 1)
    expect(rig.datagrams.some((d) => d.faults === -1 && d.effects.every((e) => e.state === LATCH.tripped))).toBe(true)
    const nobody = rig.datagrams.find((d) => d.faults === -1)!
    expect(readSisSnapshot(JSON.stringify(nobody))).toEqual({ ok: true, snapshot: nobody })
    await pause(1000)
    expect(await rig.deviceState()).toMatchObject({ solenoids: 0, energised })
    expect(rig.last!.effects.map((e) => e.state)).not.toContain(LATCH.normal)
    await rig.energise()
    expect((await rig.deviceState()).solenoids).toBe(ALL)
  })

  test('[SIS-2.5] a solver that is frozen is killed by its watchdog, and the device has let go by itself', async () => {
    const before = rig.solver_pid!
    const { energised } = await rig.deviceState()
    const from = performance.now()
    process.kill(before, 'SIGSTOP')
    await until('the device lets go', 4000, async () => (await rig.deviceState()).solenoids === 0)
    const let_go_ms = performance.now() - from
    await until('the frozen one is dead', 4000, () => rig.solver_pid !== before)
    const killed_ms = performance.now() - from
    // T_SF and watchdog of 1 s each; the rest is this machine's.
    expect(let_go_ms).toBeLessThan(2500)
    expect(killed_ms).toBeLessThan(3000)
    await until('another solver', 6000, () => rig.last?.faults === 0 && rig.last.executive.restarts === 2)
    expect(await rig.deviceState()).toMatchObject({ solenoids: 0, energised })
    const start = rig.journal().findLast((line) => line['event'] === 'start')!
    expect(start['why']).toContain('SIS_WATCHDOG_KILL')
  })

  test('kill -9 of the watchdog leaves no solver behind', async () => {
    const solver = rig.solver_pid!
    rig.safety.kill('SIGKILL')
    await until('the solver is gone too', 3000, () => isGone(solver))
    expect((await rig.deviceState()).energised).toBeGreaterThan(0)
    await until('the device lets go', 3000, async () => (await rig.deviceState()).solenoids === 0)
  })

  test('a solver that was frozen when its watchdog died does not come back beside the next one', async () => {
    await rig.powerOn()
    const frozen = rig.solver_pid!
    process.kill(frozen, 'SIGSTOP')
    const watchdog = rig.safety
    const ended = once(watchdog, 'exit')
    watchdog.kill('SIGKILL')
    await ended
    await pause(300)
    expect(isGone(frozen)).toBe(false)
    await rig.powerOn()
    expect(rig.solver_pid).not.toBe(frozen)
    await until('the frozen one is dead', 1000, () => isGone(frozen))
  })

  test('a second safety system in the same folder is refused', async () => {
    await expect(rig.powerOn()).rejects.toThrow('SIS_LOCKED')
  })
})

describe('what does not start', () => {
  test('[SIS-2.11] an unsigned configuration is refused', async () => {
    await expect(startSisRig({ roles: [] })).rejects.toThrow('SIS_UNSIGNED')
  })

  test('[SIS-2.11] a configuration that only the designer signed is refused', async () => {
    await expect(startSisRig({ roles: ['designer'] })).rejects.toThrow('SIS_HALF_SIGNED')
  })
})

test('without a supervisor: a file says what to run, SIGTERM ends both', async () => {
  const rig = await startSisRig()
  try {
    await rig.powerOff()
    const program = rig.alone()
    let solver = 0
    await until('another solver scans', 8000, () => {
      const lock = JSON.parse(readFileSync(join(rig.folder, 'watchdog.lock'), 'utf8')) as { solver?: { pid: number } }
      solver = lock.solver?.pid ?? 0
      return rig.last?.channel.state === 'sound' && solver !== 0
    })
    const ended = once(program, 'exit')
    program.kill('SIGTERM')
    await ended
    expect(isGone(solver)).toBe(true)
  } finally {
    await rig.close()
  }
})

test('a configuration of the simulator does not run on a plant', async () => {
  await expect(startSisRig({ config: plantConfig({ mode: 'SIMULATION' }) })).rejects.toThrow('SIS_MODE')
})

test('[SIS-2.4] a disk that takes nothing trips, and no reset helps', async () => {
  const rig = await startSisRig({ prepare: (folder) => symlinkSync('/dev/full', `${folder}/journal.jsonl`) })
  try {
    await until('the fault stands', 4000, () => ((rig.last?.faults ?? 0) & FAULT.storage) !== 0)
    rig.contact('HS-91', true)
    await pause(600)
    expect(await rig.deviceState()).toMatchObject({ solenoids: 0, energised: 0 })
    expect(rig.last!.effects.map((e) => e.state)).not.toContain(LATCH.normal)
  } finally {
    await rig.close()
  }
})
