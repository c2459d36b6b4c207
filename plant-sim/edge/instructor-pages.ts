/**
 * What of the instructor's station can be read: JSON, its page, and the score sheet to print.
 *
 * The page is served here and nowhere else: the operators' gateway neither has it nor knows of its address.
 */
import { readFileSync } from 'node:fs'
import type { InstructorJournal } from './instructor-journal.ts'
import type { PageFile } from './instructor-server.ts'
import type { Station } from './instructor-station.ts'
import { renderScore } from './render-score.ts'

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
}
const JOURNAL_MAX = 500

export function instructorViews(
  station: Station,
  journal: InstructorJournal,
): Readonly<Record<string, () => object | undefined>> {
  return {
    '/api/station': () => station.view(),
    '/api/score': () => station.score(),
    '/api/journal': () => ({ entries: journal.latest(JOURNAL_MAX) }),
  }
}

export function instructorPages(station: Station): Readonly<Record<string, () => PageFile | undefined>> {
  const files = Object.entries(FILES).map(([path, { file, type }]): [string, () => PageFile] => [
    path,
    () => ({ type, text: readFileSync(new URL(`instructor-page/${file}`, import.meta.url), 'utf8') }),
  ])
  return {
    ...Object.fromEntries(files),
    '/score.html': () => {
      const sheet = station.score()
      return sheet === undefined ? undefined : { type: 'text/html; charset=utf-8', text: renderScore(sheet) }
    },
  }
}
