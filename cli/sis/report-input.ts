/** What the safety report is made from. */
import type { SisConfig } from '../../safety/core/config.ts'
import type { Finding } from '../../safety/proof/finding.ts'
import type { Requirements } from '../../safety/proof/requirements.ts'
import type { SilProject } from '../../safety/sil/sif.ts'
import type { Evidence } from './report-evidence.ts'
import type { Traced } from './trace.ts'

export interface ReportInput {
  readonly file: string
  readonly config: SisConfig
  readonly hash: string
  /** `2026-11-23` */
  readonly date: string
  readonly requirements?: Requirements
  readonly sil?: SilProject
  readonly findings: readonly Finding[]
  readonly traced: readonly Traced[]
  readonly signatures: SignatureState
  /** By what it is: `proof`, `tests`, `mutation`, `coverage`, `campaign`. */
  readonly evidence: Readonly<Record<string, readonly Evidence[]>>
}

export interface SignatureState {
  readonly rows: readonly { readonly role: string; readonly name: string; readonly key: string }[]
  /** Undefined: no trusted key was given, nothing was verified. */
  readonly ok?: boolean
  readonly text: string
}
