import fc from 'fast-check'

// The gate tries the same cases every time, so that a red run is about the change under test. FLYBALL_SEED=random (or a
// number) looks for new ones; what that finds becomes a case of its own.
const asked = process.env['FLYBALL_SEED'] ?? '20261122'
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) })
