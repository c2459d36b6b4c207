import { useSyncExternalStore } from 'react'
import { setTheme } from '../theme/use-theme.ts'

export type SisPart = 'matrix' | 'events' | 'bypasses' | 'proof'

/** What is shown stands in the address: a reload or a copied link shows the same. */
export interface Address {
  readonly view: 'overview' | 'table' | 'system' | 'sis'
  /** Of the safety display. */
  readonly part: SisPart
  /** Tag of the open faceplate, "" for none. */
  readonly tag: string
  readonly theme: 'light' | 'dark'
}

let current = read()
const listeners = new Set<() => void>()

export function useAddress(): Address {
  return useSyncExternalStore(subscribe, () => current)
}

export const address = (): Address => current

/** A change of view or faceplate can be taken back with the browser's back key; a change of theme cannot. */
export function go(change: Partial<Address>): void {
  const next = { ...current, ...change }
  if (
    next.view === current.view &&
    next.part === current.part &&
    next.tag === current.tag &&
    next.theme === current.theme
  )
    return
  const query = new URLSearchParams(location.search)
  put(query, 'view', next.view, 'overview')
  put(query, 'part', next.view === 'sis' ? next.part : 'matrix', 'matrix')
  put(query, 'tag', next.tag, '')
  put(query, 'theme', next.theme, 'light')
  const text = query.toString()
  const url = text === '' ? location.pathname : `${location.pathname}?${text}`
  if (next.theme !== current.theme) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  apply(next)
}

export function startAddress(): void {
  window.addEventListener('popstate', () => apply(read()))
  setTheme(current.theme)
}

function apply(next: Address): void {
  if (next.theme !== current.theme) setTheme(next.theme)
  current = next
  for (const callback of listeners) callback()
}

function put(query: URLSearchParams, key: string, value: string, usual: string): void {
  if (value === usual) query.delete(key)
  else query.set(key, value)
}

function read(): Address {
  const query = new URLSearchParams(location.search)
  return {
    view: viewOf(query.get('view')),
    part: partOf(query.get('part')),
    tag: query.get('tag') ?? '',
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
  }
}

function viewOf(text: string | null): Address['view'] {
  return text === 'table' || text === 'system' || text === 'sis' ? text : 'overview'
}

function partOf(text: string | null): SisPart {
  return text === 'events' || text === 'bypasses' || text === 'proof' ? text : 'matrix'
}

function subscribe(callback: () => void): () => void {
  listeners.add(callback)
  return () => void listeners.delete(callback)
}
