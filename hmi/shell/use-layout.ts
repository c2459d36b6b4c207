import { useSyncExternalStore } from 'react'

/** `wide`: a desk screen with the faceplate dock at the right. `compact`: a tablet, the faceplate as a bottom sheet. */
export type Layout = 'wide' | 'compact'

// The same limits stand in the style sheets (shell.css, overview.css).
const wide = window.matchMedia('(min-width: 1800px) and (min-height: 840px)')
const tall = window.matchMedia('(min-width: 1800px) and (min-height: 1000px)')

export const useLayout = (): Layout => (useQuery(wide) ? 'wide' : 'compact')

/** Room for the long indicators: a desk screen that is not cut short by the browser's own bars. */
export const useTall = (): boolean => useQuery(tall)

function useQuery(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (callback) => {
      query.addEventListener('change', callback)
      return () => query.removeEventListener('change', callback)
    },
    () => query.matches,
  )
}
