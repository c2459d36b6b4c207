/** The `flyball` command: one subcommand a file in commands/. */
import { Command } from 'commander'
import { registerBuild } from './commands/build.ts'
import { registerCheck } from './commands/check.ts'
import { registerCompare } from './commands/compare.ts'
import { registerDevice } from './commands/device.ts'
import { registerDiff } from './commands/diff.ts'
import { registerDocs } from './commands/docs.ts'
import { registerFmt } from './commands/fmt.ts'
import { registerInstructor } from './commands/instructor.ts'
import { registerIo } from './commands/io.ts'
import { registerNorthbound } from './commands/northbound.ts'
import { registerOpcua } from './commands/opcua.ts'
import { registerRun } from './commands/run.ts'
import { registerSis } from './commands/sis.ts'
import { registerStart } from './commands/start.ts'
import { registerTest } from './commands/test.ts'
import { registerVerify } from './commands/verify.ts'

const program = new Command('flyball')
program.description('control system, field I/O and simulated plants').version('0.1.0')
registerStart(program)
registerRun(program)
registerCompare(program)
registerInstructor(program)
registerIo(program)
registerOpcua(program)
registerCheck(program)
registerBuild(program)
registerDiff(program)
registerDevice(program)
registerDocs(program)
registerFmt(program)
registerVerify(program)
registerNorthbound(program)
registerTest(program)
registerSis(program)
await program.parseAsync()
