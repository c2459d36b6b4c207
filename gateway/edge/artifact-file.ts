/** The artifact from its file: what `flyball build` wrote, whole and of this format, or a fault that says why not. */
import { readFileSync } from 'node:fs'
import type { Artifact } from '../../contracts/artifact.ts'
import { ArtifactFault, checkArtifact } from '../../protocols/edge/artifact-check.ts'
import { GatewayFault } from './gateway-fault.ts'

const REMEDY = 'Build it again with `flyball build`.'

export function readArtifact(path: string, trust_path?: string): Artifact {
  let artifact: Artifact
  try {
    artifact = JSON.parse(readFileSync(path, 'utf8')) as Artifact
  } catch (cause) {
    throw new GatewayFault(
      'GW_ARTIFACT',
      `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      REMEDY,
      cause,
    )
  }
  if (artifact?.format !== 1) throw new GatewayFault('GW_ARTIFACT', `${path}: format 1 was expected`, REMEDY)
  const { control, tags, displays } = artifact
  if (!Array.isArray(control?.published) || !Array.isArray(tags) || !Array.isArray(displays)) {
    throw new GatewayFault('GW_ARTIFACT', `${path}: published values, tags or displays are missing`, REMEDY)
  }
  // Indices of the value message are 16 bits wide.
  if (control.published.length > 65_535) {
    throw new GatewayFault(
      'GW_ARTIFACT',
      `${path}: ${control.published.length} published values, 65535 at most`,
      REMEDY,
    )
  }
  try {
    checkArtifact(artifact, path, trust_path)
  } catch (cause) {
    if (!(cause instanceof ArtifactFault)) throw cause
    throw new GatewayFault('GW_ARTIFACT', `${cause.code}: ${cause.what}`, cause.remedy, cause)
  }
  return artifact
}
