// Loop sheets: every block, wire and alarm of a module is on its page, and nothing of the strategy becomes markup.
import { expect, test } from 'vitest'
import { buildStrategy } from '../strategy-files.ts'
import { diagram } from './diagram.ts'
import { layoutText } from './diagram-layout.ts'
import { sheets } from './sheets.ts'

const built = await buildStrategy('tennessee-eastman')
if ('faults' in built) throw new Error('the strategy has faults')
const model = built.model()

test('[SHEET-1] a page a module and an index that leads to each', () => {
  const pages = sheets(model, built.artifact.hash, () => [])
  expect(pages).toHaveLength(built.artifact.tags.length + 1)
  const index = pages.find((p) => p.path === 'index.html')!.text
  for (const { tag } of built.artifact.tags) expect(index).toContain(`href="${tag}.html"`)
})

test('[SHEET-2] the diagram has every block once, a line for every wire, and its answers dashed', () => {
  for (const module of model.modules) {
    const svg = diagram(module)
    expect(svg.match(/class="block"/g) ?? []).toHaveLength(module.blocks.length)
    const wires = module.blocks.flatMap((b) => Object.keys(b.wires))
    expect(svg.match(/<path /g) ?? []).toHaveLength(wires.length)
    for (const { name } of module.blocks) expect(svg).toContain(`class="name">${name}<`)
  }
})

test('[SHEET-3] alarms with what to do, points, parameters, tests', () => {
  const page = sheets(model, 'f'.repeat(64), () => [{ file: 'a.test.yaml', name: 'holds' }]).find(
    (p) => p.path === 'PIC-07.html',
  )!.text
  for (const text of [
    'RIO-2/AI/0',
    'PID1',
    '26.7',
    'lower the production target',
    'priority',
    'holds',
    'ffffffffffff',
  ]) {
    expect(page).toContain(text)
  }
})

test('[SHEET-4] a description with markup in it stays text', () => {
  const [first, ...rest] = model.modules
  const evil = { ...first!, facts: { ...first!.facts, description: '<script>alert(1)</script>' } }
  for (const { text } of sheets({ ...model, modules: [evil, ...rest] }, 'f'.repeat(64), () => [])) {
    expect(text).not.toContain('<script')
  }
})

test('[SHEET-LAYOUT] the layout beside the sheets has every block once, to the right of what feeds it, none over another', () => {
  const layout = JSON.parse(layoutText(model.modules)) as {
    module: string
    blocks: { block: string; x: number; y: number; width: number; height: number; wires: Record<string, string> }[]
  }[]
  expect(layout.map((m) => m.module)).toEqual(model.modules.map((m) => m.tag))
  for (const { module, blocks } of layout) {
    expect(blocks.map((b) => b.block).sort()).toEqual(
      model.modules
        .find((m) => m.tag === module)!
        .blocks.map((b) => b.key)
        .sort(),
    )
    for (const b of blocks) {
      for (const other of blocks) {
        const apart =
          b.x + b.width <= other.x ||
          other.x + other.width <= b.x ||
          b.y + b.height <= other.y ||
          other.y + other.height <= b.y
        expect(b === other || apart).toBe(true)
        const fed = Object.entries(b.wires).some(
          ([name, text]) =>
            !name.startsWith('BKCAL') && text.startsWith(`${other.block}.`) && !text.endsWith('(scan before)'),
        )
        if (fed) expect(b.x).toBeGreaterThan(other.x)
      }
    }
  }
})
