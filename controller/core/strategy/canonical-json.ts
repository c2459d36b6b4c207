/** In contracts, because every program that loads an artifact checks its hash. */
export { canonicalJson } from '../../../contracts/canonical-json.ts'
