/** Controllers of a hot pair killed at random phases of the scan, real processes on real sockets. */
import { killRun } from '../wire/kill-run.ts'

const KILLS_PER_RUN = 50

/** True where no output was missed and the two never differed. */
export async function killCampaign(kills: number): Promise<boolean> {
  process.stdout.write(
    '| seed | kills | ticks | outputs missed | scans compared | different |\n|---|---|---|---|---|---|\n',
  )
  let clean = true
  for (let seed = 1, left = kills; left > 0; seed++, left -= KILLS_PER_RUN) {
    const r = await killRun(Math.min(left, KILLS_PER_RUN), seed)
    process.stdout.write(`| ${r.seed} | ${r.kills} | ${r.ticks} | ${r.missed} | ${r.compared} | ${r.different} |\n`)
    clean &&= r.missed === 0 && r.different === 0
  }
  return clean
}
