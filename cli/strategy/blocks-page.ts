/**
 * docs/reference/blocks.md: every block type with its inputs, outputs, parameters and what it does with Bad, from the
 * declarations the engine runs by.
 */
import type { BlockType, FieldDecl } from '../../controller/core/block.ts'
import { isWire } from '../../controller/core/layout.ts'
import { defaultText } from '../../controller/core/strategy/model.ts'
import { onBad } from '../../controller/core/strategy/status-path.ts'

export function blocksPage(types: ReadonlyMap<string, BlockType>): string {
  const sorted = [...types.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  const index = sorted.map((t) => `[${t.type}](#${t.type.toLowerCase()})`).join(', ')
  return `# Block types

Written by \`flyball docs --reference\` from the declarations in controller/core/blocks. How a block is written:
[strategy-format.md](strategy-format.md). In a strategy the names are in lower case: \`GAIN\` is \`gain: 0.6\`.

${index}

An input's last column says what the block does while it is Bad: it *passes* Bad to its outputs, *holds* its output, *sheds* to another
mode and goes on, *ignores* it, or goes to the *fault state* that \`fstate\` declares. A unit such as EU, in or out stands for one that the
strategy decides; wires of one block with the same word have the same unit.

${sorted.map(blockSection).join('\n')}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |\n`
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}\n`
}

function blockSection(type: BlockType): string {
  const of = (test: (f: FieldDecl) => boolean): FieldDecl[] => type.fields.filter(test)
  const inputs = of((f) => f.role === 'wire-in').map((f) => [
    `\`${f.name}\``,
    f.unit,
    f.optional === true ? 'may stay open' : 'needed',
    f.doc,
    onBad(type, f.name).replace('_', ' '),
  ])
  const outputs = of((f) => isWire(f.role) && f.role !== 'wire-in').map((f) => [
    `\`${f.name}\``,
    f.unit,
    f.role === 'wire-out' ? 'output' : f.role === 'back-in' ? 'answer of the slave' : 'answer to the master',
    f.doc,
  ])
  const given = of((f) => (f.role === 'tunable' || f.role === 'constant') && f.name !== 'PROGRAM').map((f) => [
    `\`${f.name}\``,
    f.names === undefined ? f.unit : Object.keys(f.names).join(', '),
    defaultText(f) || 'needed',
    f.doc,
    f.role === 'tunable' ? 'yes' : '',
  ])
  return `## ${type.type}

${type.doc}

${table(['input', 'unit', '', '', 'Bad'], inputs)}${table(['wire', 'unit', '', ''], outputs)}${table(['parameter', 'unit or words', 'default', '', 'online'], given)}`
}
