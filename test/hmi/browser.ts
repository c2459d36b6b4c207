/// <reference lib="dom" />
// Functions that run in the page are written here: they see the document, this process does not.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = process.env['FLYBALL_CHROMIUM'] ?? '/usr/bin/chromium'

/** Nothing that would call out, nothing that needs a graphics card or a user name space. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @throws Error with the remedy where there is no Chromium: a browser test that skips itself proves nothing. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(
      `No Chromium at ${CHROMIUM}. Install the system's package (Debian: apt-get install chromium) or name one in FLYBALL_CHROMIUM.`,
    )
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
}

export const WIDE = { width: 1920, height: 1080 }
export const TABLET = { width: 1280, height: 800 }

/** A page on a live station: values are on the screen. Faults of the page's script are gathered in `faults`. */
export async function openStation(
  browser: Browser,
  url: string,
  size: { width: number; height: number },
): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: size })
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  page.on('console', (line) => {
    if (line.type() === 'error') faults.push(line.text())
  })
  await goLive(page, url)
  return { page, faults }
}

/** Goes to an address of the station and waits for values. The browser keeps the script between addresses. */
export async function goLive(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.waitForSelector('[data-testid="overview"], [data-testid="table"]')
  await page.waitForFunction(() =>
    /\d/.test(document.querySelector('[data-testid^="pv-"], [data-testid^="table-pv-"]')?.textContent ?? ''),
  )
}

/** How many pixels of a PNG have one of these colours (#RRGGBB), within 3 of each channel. Decoded by the browser. */
export async function countPixels(browser: Browser, png: Buffer, colours: readonly string[]): Promise<number> {
  const page = await browser.newPage()
  try {
    return await page.evaluate(
      async ([data, wanted]) => {
        const image = new Image()
        image.src = `data:image/png;base64,${data}`
        await image.decode()
        const canvas = document.createElement('canvas')
        canvas.width = image.width
        canvas.height = image.height
        const context = canvas.getContext('2d')!
        context.drawImage(image, 0, 0)
        const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height)
        const targets = wanted.map((c) => [1, 3, 5].map((k) => Number.parseInt(c.slice(k, k + 2), 16)))
        let count = 0
        for (let k = 0; k < pixels.length; k += 4)
          if (targets.some((t) => t.every((channel, i) => Math.abs(channel - pixels[k + i]!) <= 3))) count++
        return count
      },
      [png.toString('base64'), colours] as const,
    )
  } finally {
    await page.close()
  }
}
