/**
 * `npm run campaign -- NAME`: the long runs whose results stand in docs/measured.md.
 *
 *   survival [--hours 48] [--seeds 5]   the strategy against IDV 1-20
 *   world [--seeds 1000] [--minutes 5]  the seeded world, and in how many seeds each planted bug is found
 *   kill [--kills 200]                  controllers killed at random phases of the scan, on real sockets
 *   soak [--minutes 60]                 devices that fail in every way, on real sockets, and what the tags said meanwhile
 *   digest [--scans 1000000] [--seeds 3]  one digest a seed, in one process and in several, saved and loaded in between
 *   fuzz [--frames 10000000] [--seed 1]   malformed Modbus frames, each judged by a second opinion
 *   sis-evaluators [--scans 1e9] [--minutes 600] [--seed 1]  the two evaluators of the safety logic, compared after each scan
 *   sis-channel [--frames 1000000000] [--seed 1]   the protected channel's check sum against random corruption
 *   sis-power [--kills 1000]            power cuts of the safety system at random instants, real processes
 *   sis-demands [--plant tennessee-eastman] [--demands 46052] [--seed 1] [--after 1]   demands on the safety system, each with a random fault, and how many were missed
 *   sis-spurious [--days 30] [--scan 100]   a month of noise and single faults: what tripped for nothing
 */
import { parseArgs } from 'node:util'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    hours: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    kills: { type: 'string' },
    scans: { type: 'string' },
    frames: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    demands: { type: 'string' },
    after: { type: 'string' },
    days: { type: 'string' },
    scan: { type: 'string' },
  },
})

const number = (text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text)
  if (value > 0) return value
  process.stderr.write(`found '${text}', expected a number above 0\n`)
  process.exit(2)
}

switch (positionals[0]) {
  case 'survival': {
    const { survivalCampaign } = await import('./survival.ts')
    const seeds = Array.from({ length: number(values.seeds, 5) }, (_, i) => i + 1)
    process.exitCode = (await survivalCampaign(seeds, number(values.hours, 48))) > 0 ? 1 : 0
    break
  }
  case 'world': {
    const { worldCampaign } = await import('./world.ts')
    process.exitCode = worldCampaign(number(values.seeds, 1000), number(values.minutes, 5)) ? 0 : 1
    break
  }
  case 'kill': {
    const { killCampaign } = await import('./kill.ts')
    process.exitCode = (await killCampaign(number(values.kills, 200))) ? 0 : 1
    break
  }
  case 'soak': {
    const { soakCampaign } = await import('./soak/campaign.ts')
    process.exitCode = (await soakCampaign(number(values.minutes, 60))) ? 0 : 1
    break
  }
  case 'digest': {
    const { digestCampaign } = await import('./digest.ts')
    const seeds = Array.from({ length: number(values.seeds, 3) }, (_, i) => i + 1)
    process.exitCode = (await digestCampaign(seeds, number(values.scans, 1_000_000))) ? 0 : 1
    break
  }
  case 'fuzz': {
    const { fuzzCampaign } = await import('./fuzz/campaign.ts')
    process.exitCode = (await fuzzCampaign(number(values.frames, 10_000_000), number(values.seed, 1))) ? 0 : 1
    break
  }
  case 'sis-evaluators': {
    const { sisEvaluatorsCampaign } = await import('./sis-evaluators/campaign.ts')
    const scans = number(values.scans, 1e9)
    process.exitCode = sisEvaluatorsCampaign(scans, number(values.seed, 1), number(values.minutes, 600)) ? 0 : 1
    break
  }
  case 'sis-channel': {
    const { channelCampaign } = await import('./sis-channel.ts')
    process.exitCode = channelCampaign(number(values.frames, 1e9), number(values.seed, 1)) ? 0 : 1
    break
  }
  case 'sis-power': {
    const { sisPowerCampaign } = await import('./sis-power.ts')
    process.exitCode = (await sisPowerCampaign(number(values.kills, 1000))) ? 0 : 1
    break
  }
  case 'sis-demands': {
    const { demandsCampaign } = await import('./sis-demands.ts')
    const wanted = number(values.demands, 46_052)
    const seed = number(values.seed, 1)
    const plant = values.plant ?? 'tennessee-eastman'
    process.exitCode = (await demandsCampaign(plant, wanted, seed, number(values.after, 1))) ? 0 : 1
    break
  }
  case 'sis-spurious': {
    const { spuriousCampaign } = await import('./sis-spurious.ts')
    const scan_ms = values.scan === undefined ? undefined : number(values.scan, 100)
    const days = number(values.days, 30)
    process.exitCode = (await spuriousCampaign('tennessee-eastman', days, number(values.seed, 1), scan_ms)) ? 0 : 1
    break
  }
  default:
    process.stderr.write(
      `npm run campaign -- NAME: found '${positionals[0] ?? ''}', expected survival, world, kill, soak, digest, fuzz, sis-evaluators, sis-channel, sis-power, sis-demands or sis-spurious\n`,
    )
    process.exitCode = 2
}
