/**
 * Faults as SARIF, which forges show beside the line.
 * @see OASIS, Static Analysis Results Interchange Format 2.1.0
 */
import { type ConfigFault, isWarning } from '../../controller/core/strategy/fault.ts'

/** @param root - the strategy's folder, relative to the repository, with forward slashes; '' for the repository itself */
export function sarif(faults: readonly ConfigFault[], root: string): object {
  const codes = [...new Set(faults.map((f) => f.code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'flyball check',
            rules: codes.map((id) => ({ id, help: { text: `docs/reference/errors.md: ${id}` } })),
          },
        },
        results: faults.map((f) => ({
          ruleId: f.code,
          ruleIndex: codes.indexOf(f.code),
          level: isWarning(f) ? 'warning' : 'error',
          message: {
            text: `found ${f.found}, expected ${f.expected}${f.suggestion === '' ? '' : `, did you mean '${f.suggestion}'?`}`,
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(root === '' ? f.file : `${root}/${f.file}`) },
                // SARIF counts from 1; a fault of the whole file has no region.
                ...(f.line > 0 ? { region: { startLine: f.line, startColumn: f.column } } : {}),
              },
            },
          ],
        })),
      },
    ],
  }
}
