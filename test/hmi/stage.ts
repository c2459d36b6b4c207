import type { Browser } from 'playwright-core'
import { madeUpArtifact } from '../../gateway/edge/testing/made-up-plant.ts'
import { launchBrowser } from './browser.ts'
import { type FakeSource, normalState, startFakeSource } from './fake-source.ts'
import { builtPages } from './pages.ts'

/** One more source with the same pages, for tests that run side by side. */
export async function anotherSource(stage: Stage): Promise<FakeSource> {
  return startFakeSource(stage.artifact, normalState(stage.artifact, {}), await builtPages())
}

/** Browser, pages and a source in the normal state of the plant, for one test file. */
export interface Stage {
  readonly browser: Browser
  readonly source: FakeSource
  readonly artifact: ReturnType<typeof madeUpArtifact>
  close(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  const [browser, pages_dir] = await Promise.all([launchBrowser(), builtPages()])
  const artifact = madeUpArtifact('Tennessee Eastman')
  const source = await startFakeSource(artifact, normalState(artifact, {}), pages_dir)
  return {
    browser,
    source,
    artifact,
    close: async () => {
      await browser.close()
      await source.close()
    },
  }
}
