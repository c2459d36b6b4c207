import { useSyncExternalStore } from 'react'
import { type ThemeName, tokens } from './tokens.ts'

let current: ThemeName = 'light'
const listeners = new Set<() => void>()

/** Puts the tokens on the page as custom properties, and tells canvases to draw anew. */
export function setTheme(name: ThemeName): void {
  current = name
  const style = document.documentElement.style
  for (const [key, value] of Object.entries(tokens[name]))
    if (typeof value === 'string') style.setProperty(`--${key}`, value)
  for (const [i, pen] of tokens[name].pens.entries()) style.setProperty(`--pen${i + 1}`, pen)
  // Ground of what is picked out. Values on the raised grey of the dark theme would have 6.5:1, not 7:1.
  style.setProperty('--lift', name === 'light' ? tokens.light.raised : tokens.dark.panel)
  style.setProperty('color-scheme', name)
  for (const callback of listeners) callback()
}

export function useTheme(): ThemeName {
  return useSyncExternalStore(subscribe, () => current)
}

function subscribe(callback: () => void): () => void {
  listeners.add(callback)
  return () => void listeners.delete(callback)
}
