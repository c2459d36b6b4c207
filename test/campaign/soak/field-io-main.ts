/** field-io as the supervisor starts it, and it says what it keeps in memory when it is asked. Needs --expose-gc. */
import { startFieldIo } from '../../../field-io/edge/program.ts'
import { runAsChild } from '../../../protocols/edge/program.ts'

declare const gc: () => void

process.on('message', (message: { type: string }) => {
  if (message.type !== 'memory') return
  gc()
  gc()
  const { heapUsed, rss } = process.memoryUsage()
  process.send!({ type: 'memory', heap_bytes: heapUsed, rss_bytes: rss, cpu_us: process.cpuUsage() })
})
runAsChild('field-io', startFieldIo)
