/**
 * Thread of the OPC UA server: the plant and its Modbus devices keep their own loop, and a key exchange does not delay a tick.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type OpcuaServerOptions, startOpcuaServer } from './opcua-server.ts'

const running = await startOpcuaServer(workerData as OpcuaServerOptions)
parentPort!.on('message', (message: 'close') => {
  if (message === 'close') void running.close().finally(() => parentPort!.close())
})
parentPort!.postMessage({ port: running.port, url: running.url })
