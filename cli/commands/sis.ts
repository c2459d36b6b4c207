/**
 * `flyball sis`: the paper and the proof of a safety system. Each subcommand is a file of cli/sis, called here.
 */
import type { Command } from 'commander'
import { registerCheck } from '../sis/check.ts'
import { registerLiveTable } from '../sis/live-table.ts'
import { registerProve } from '../sis/prove.ts'
import { registerRecords } from '../sis/records.ts'
import { registerReport } from '../sis/report.ts'
import { registerSign } from '../sis/sign.ts'
import { registerSil } from '../sis/sil.ts'
import { registerSrs } from '../sis/srs.ts'
import { registerTest } from '../sis/test.ts'

export function registerSis(program: Command): void {
  const sis = program.command('sis').description('check, prove, sign and document a safety system')
  registerCheck(sis)
  registerProve(sis)
  registerTest(sis)
  registerSil(sis)
  registerSign(sis)
  registerSrs(sis)
  registerReport(sis)
  registerLiveTable(sis)
  registerRecords(sis)
}
