import { useSyncExternalStore } from 'react'

/** `wide`: a desk screen with the faceplate dock at the right. `compact`: a tablet, the faceplate as a bottom sheet. */
export type Layout = 'wide' | 'compact'

const query = window.matchMedia('(min-width: 1600px) and (min-height: 880px)')

export function useLayout(): Layout {
  return useSyncExternalStore(
    (callback) => {
      query.addEventListener('change', callback)
      return () => query.removeEventListener('change', callback)
    },
    () => (query.matches ? 'wide' : 'compact'),
  )
}
