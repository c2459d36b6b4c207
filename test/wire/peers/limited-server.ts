/** Our Modbus server as a program: prints its port, runs until its standard input closes. */
import { memoryModel } from '../../../protocols/core/modbus/model.ts'
import { listenModbus } from '../../../protocols/edge/modbus-tcp-server.ts'

const server = await listenModbus(memoryModel({ holding: Uint16Array.of(42) }), { port: 0, clients_max: 10_000 })
process.stdout.write(`${server.port}\n`)
process.stdin.on('end', () => process.exit(0))
process.stdin.resume()
