/** Power cuts of the safety system at random instants, real processes, real time. */
import { powerRun } from '../wire/sis-power-run.ts'

const CUTS_PER_RUN = 50

/** True where the outputs were off after each cut, and until the button. */
export async function sisPowerCampaign(kills: number): Promise<boolean> {
  process.stdout.write(
    '| seed | cuts | while energised | outputs wrong | longest to all off, ms |\n|---|---|---|---|---|\n',
  )
  let clean = true
  for (let seed = 1, left = kills; left > 0; seed++, left -= CUTS_PER_RUN) {
    const r = await powerRun(Math.min(left, CUTS_PER_RUN), seed)
    process.stdout.write(`| ${seed} | ${r.kills} | ${r.energised} | ${r.wrong} | ${r.worst_ms.toFixed(0)} |\n`)
    clean &&= r.wrong === 0
  }
  return clean
}
