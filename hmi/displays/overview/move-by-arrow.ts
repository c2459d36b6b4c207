import type { KeyboardEvent } from 'react'

/** Arrow keys go to the nearest element in that direction, as the eye would. */
export function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const direction = DIRECTIONS[event.key]
  if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  const from = (event.target as HTMLElement).closest<HTMLElement>('[data-nav]')
  if (from === null) return
  const a = centre(from)
  let best: HTMLElement | undefined
  let least = Number.POSITIVE_INFINITY
  for (const other of event.currentTarget.querySelectorAll<HTMLElement>('[data-nav]')) {
    if (other === from) continue
    const b = centre(other)
    const along = (b.x - a.x) * direction.x + (b.y - a.y) * direction.y
    const aside = Math.abs((b.x - a.x) * direction.y) + Math.abs((b.y - a.y) * direction.x)
    // What lies more aside than ahead is in another direction.
    if (along <= 4 || aside > 2 * along) continue
    const distance = along + 2 * aside
    if (distance < least) {
      least = distance
      best = other
    }
  }
  if (best === undefined) return
  event.preventDefault()
  best.focus()
}

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

function centre(element: HTMLElement): { readonly x: number; readonly y: number } {
  const r = element.getBoundingClientRect()
  return { x: r.left + r.width / 2, y: r.top + r.height / 2 }
}
