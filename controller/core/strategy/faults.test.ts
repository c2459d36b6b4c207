import { expect, test } from 'vitest'
import { FAULT_CODES, type FaultCode, faultText } from './fault.ts'
import { changed, compileFiles, FILES, type Files, FLOW_CLASS, IO, LOOPS } from './testing.ts'

/** One seeded fault: what is written wrongly, and the one fault that must come of it, with its line. */
interface Seed {
  readonly what: string
  readonly files: Files
  readonly code: FaultCode
  readonly at: string
  readonly hint?: string
}

/** Line of the first occurrence of a text, counted by hand-free means from the file itself. */
const lineOf = (files: Files, path: string, mark: string): string => {
  const index = files[path]!.indexOf(mark)
  if (index < 0) throw new Error(`'${mark}' is not in ${path}`)
  return `${path}:${files[path]!.slice(0, index).split('\n').length}`
}

const seed = (
  what: string,
  code: FaultCode,
  path: string,
  from: string,
  to: string,
  mark = to,
  hint?: string,
): Seed => {
  const files = changed(path, from, to)
  return { what, code, files, at: lineOf(files, path, mark), ...(hint === undefined ? {} : { hint }) }
}

const L = 'loops/a.yaml'
const C = 'classes/flow.class.yaml'
const I = 'io/rio.yaml'
const S = 'strategy.yaml'
const D = 'displays/overview.yaml'
const without = (path: string): Files => Object.fromEntries(Object.entries(FILES).filter(([p]) => p !== path))
const withFile = (path: string, text: string): Files => ({ ...FILES, [path]: text })

const LIC_BLOCKS = `      AI1: {type: AI, in: RIO-1/AI/2}\n`
const calc = (blocks: string): [string, string] => [LIC_BLOCKS, `${LIC_BLOCKS}${blocks}`]

const THIRD = `  - tag: PI-103
    description: Third
    eu: barg
    range: [0, 10]
    scan: fast
    kind: indicator
    faceplate: AI1
    blocks: {AI1: {type: AI, in: RIO-1/AI/2, out_scale: [0, 10]}}
cascade:
`
const UNDECLARED = LOOPS.slice(0, LOOPS.indexOf('cascade:')).replace(
  'mv: RIO-1/AO/1}',
  'mv: RIO-1/AO/1}\n    blocks: {PID1: {cas_in: LIC-101.PID1.OUT}}',
)

const SINGLE = `devices:
  - id: M-1
    protocol: modbus-tcp
    description: Meter
    endpoint: plant:M-1
    unit: 1
    timeout: 1s
    requests: {read_registers_max: 1}
    inputs:
`
const SERVER = `devices:
  - id: S-1
    protocol: opcua
    description: Server
    endpoint: opc.tcp://host:4840
    opcua: {security: SECURITY}
    timeout: 1s
    inputs:
      A: {node: i=1}
`

const SEEDS: readonly Seed[] = [
  // Files
  { what: 'no strategy.yaml', code: 'CFG_NO_STRATEGY', files: without(S), at: 'strategy.yaml:0' },
  { what: 'an empty file', code: 'CFG_EMPTY_FILE', files: withFile('loops/b.yaml', ' \n'), at: 'loops/b.yaml:0' },
  {
    what: 'only comments',
    code: 'CFG_EMPTY_FILE',
    files: withFile('loops/b.yaml', '# nothing\n'),
    at: 'loops/b.yaml:0',
  },
  {
    what: 'a misspelt folder',
    code: 'CFG_UNKNOWN_FILE',
    files: withFile('loop/b.yaml', 'modules: []'),
    at: 'loop/b.yaml:0',
  },
  {
    what: 'a class without .class.yaml',
    code: 'CFG_UNKNOWN_FILE',
    files: withFile('classes/b.yaml', FLOW_CLASS),
    at: 'classes/b.yaml:0',
  },
  // YAML
  seed('an open bracket', 'CFG_YAML_SYNTAX', D, 'indicators: [FIC-101]}', 'indicators: [FIC-101}', 'indicators'),
  seed('a tab as indentation', 'CFG_YAML_SYNTAX', S, '  fast: 1s', '\tfast: 1s', 'fast'),
  seed('an alias', 'CFG_YAML_SYNTAX', L, 'eu: m3/h\n    range: [0, 40]', 'eu: &unit m3/h\n    range: *unit', '*unit'),
  seed('a YAML tag', 'CFG_YAML_SYNTAX', L, 'description: Feed', 'description: !!js/function Feed'),
  seed('a second document', 'CFG_YAML_SYNTAX', D, 'trends:', '---\ntrends:', '---'),
  seed('a key twice', 'CFG_DUPLICATE_KEY', S, 'title: Trial', 'title: Trial\ntitle: Again', 'title: Again'),
  seed('a list at the top', 'CFG_WRONG_TYPE', D, FILES[D]!, '- id: overview\n'),
  // strategy.yaml
  seed('another format', 'CFG_WRONG_VERSION', S, 'format: 1', 'format: 2'),
  seed('no title', 'CFG_MISSING_FIELD', S, 'title: Trial\n', '', 'format'),
  seed('a scan class without unit', 'CFG_WRONG_TYPE', S, 'fast: 1s', 'fast: 1'),
  seed('a scan class of 5 ms', 'CFG_OUT_OF_RANGE', S, 'fast: 1s', 'fast: 5ms'),
  seed('too many stations', 'CFG_OUT_OF_RANGE', S, 'stations: 2', 'stations: 65'),
  seed('half a station', 'CFG_WRONG_TYPE', S, 'stations: 2', 'stations: 1.5'),
  seed('an unknown field', 'CFG_UNKNOWN_FIELD', S, 'stations: 2', 'station: 2', 'station: 2', 'stations'),
  seed('an area twice', 'CFG_DUPLICATE_AREA', S, 'Area one}', 'Area one}\n  - {id: A1, title: Again}', 'Again'),
  // Classes
  seed('a class without version', 'CFG_WRONG_VERSION', C, 'class: FlowLoop@2', 'class: FlowLoop', 'class: FlowLoop'),
  seed('an unknown parameter type', 'CFG_UNKNOWN_WORD', C, 'sp: real', 'sp: rael', 'sp: rael', 'real'),
  seed('a default of the wrong type', 'CFG_WRONG_TYPE', C, 'default: 8s', 'default: 8'),
  seed('a parameter that is not declared', 'CFG_UNKNOWN_PARAMETER', C, 'gain: $gain', 'gain: $gian', '$gian', '$gain'),
  seed('an io that is neither in nor out', 'CFG_UNKNOWN_WORD', C, 'mv: out}', 'mv: both}'),
  {
    what: 'a class twice',
    code: 'CFG_DUPLICATE_CLASS',
    files: withFile('classes/z.class.yaml', FLOW_CLASS),
    at: 'classes/z.class.yaml:1',
  },
  {
    what: 'an unknown block type in a class that nobody uses',
    code: 'CFG_UNKNOWN_BLOCK_TYPE',
    files: withFile('classes/z.class.yaml', 'class: Z@1\nblocks:\n  A: {type: PIDD}\n'),
    at: 'classes/z.class.yaml:3',
    hint: 'PID',
  },
  // Modules
  seed('an unknown class', 'CFG_UNKNOWN_CLASS', L, 'class: FlowLoop@2', 'class: FlowLop@2', 'FlowLop', 'FlowLoop@2'),
  seed(
    'another version of the class',
    'CFG_WRONG_VERSION',
    L,
    'class: FlowLoop@2',
    'class: FlowLoop@3',
    'FlowLoop@3',
    'FlowLoop@2',
  ),
  seed(
    'an unknown parameter of the class',
    'CFG_UNKNOWN_PARAMETER',
    L,
    '{sp: 12,',
    '{sp: 12, gian: 2,',
    'gian',
    'gain',
  ),
  seed('a missing parameter of the class', 'CFG_MISSING_PARAMETER', L, '{sp: 12, ', '{', 'FIC-101'),
  seed('a parameter of the wrong type', 'CFG_WRONG_TYPE', L, '{sp: 12,', '{sp: high,', 'high'),
  seed('a parameter below its least value', 'CFG_OUT_OF_RANGE', L, '{sp: 12,', '{sp: 12, gain: -1,', 'gain: -1'),
  seed('an unknown io', 'CFG_UNKNOWN_FIELD', L, '{pv: RIO', '{pvv: none, pv: RIO', 'pvv'),
  seed('a missing io', 'CFG_MISSING_PARAMETER', L, ', mv: RIO-1/AO/1', '', 'FIC-101'),
  seed(
    'an unknown field of a module',
    'CFG_UNKNOWN_FIELD',
    L,
    'description: Feed',
    'desription: Feed\n    description: Feed',
    'desription',
    'description',
  ),
  seed('no unit', 'CFG_MISSING_FIELD', L, "    eu: '%'\n", '', 'tag: LIC-101'),
  seed('an unknown unit', 'CFG_UNKNOWN_UNIT', L, 'eu: m3/h\n    range', 'eu: m3/hr\n    range', 'm3/hr', 'm3/h'),
  seed('an unknown unit of the output', 'CFG_UNKNOWN_UNIT', L, 'out: {eu: m3/h', 'out: {eu: kgh', 'kgh', 'kg/h'),
  seed('an unknown area', 'CFG_UNKNOWN_AREA', L, 'area: A1', 'area: B2', 'area'),
  seed('an unknown scan class', 'CFG_UNKNOWN_SCAN_CLASS', L, 'scan: slow', 'scan: slwo', 'slwo', 'slow'),
  seed('a range upside down', 'CFG_OUT_OF_RANGE', L, 'range: [0, 100]', 'range: [100, 0]'),
  seed('a range of three', 'CFG_WRONG_TYPE', L, 'range: [0, 100]', 'range: [0, 50, 100]'),
  seed('limits in the wrong order', 'CFG_OUT_OF_RANGE', L, '{hi: 80, lo: 20}', '{hi: 20, lo: 80}'),
  seed('an unknown limit', 'CFG_UNKNOWN_FIELD', L, '{hi: 80,', '{high: 80,'),
  seed(
    'a tag twice',
    'CFG_DUPLICATE_TAG',
    L,
    'cascade:\n',
    THIRD.replace('PI-103', 'FIC-101'),
    'FIC-101\n    description: Third',
  ),
  seed('a tag with a blank', 'CFG_WRONG_TYPE', L, 'cascade:\n', THIRD.replace('PI-103', 'PI 103'), 'PI 103'),
  seed('a faceplate that does not exist', 'CFG_UNKNOWN_BLOCK', L, 'faceplate: PID1', 'faceplate: PID2', 'PID2', 'PID1'),
  seed('an unknown kind', 'CFG_UNKNOWN_WORD', L, 'kind: controller', 'kind: controler', 'controler', 'controller'),
  seed(
    'params without class',
    'CFG_UNKNOWN_FIELD',
    L,
    'scan: slow',
    'scan: slow\n    params: {gain: 2}',
    'params: {gain: 2}',
  ),
  // Blocks
  seed(
    'an unknown block type',
    'CFG_UNKNOWN_BLOCK_TYPE',
    L,
    'type: AI, in: RIO-1/AI/2',
    'type: AII, in: RIO-1/AI/2',
    'AII',
    'AI',
  ),
  seed('an unknown parameter', 'CFG_UNKNOWN_PARAMETER', L, 'gain: 2', 'gain: 2, resett: 1s', 'resett', 'reset'),
  seed('a missing parameter', 'CFG_MISSING_PARAMETER', L, 'gain: 2, ', '', 'PID1: {'),
  seed('a duration without unit', 'CFG_WRONG_TYPE', L, 'reset: 5min', 'reset: 5'),
  seed('a word for a number', 'CFG_WRONG_TYPE', L, 'gain: 2', 'gain: two'),
  seed('an unknown word', 'CFG_UNKNOWN_WORD', L, 'gain: 2', 'gain: 2, action: revers', 'revers', 'reverse'),
  seed('an unknown mode', 'CFG_UNKNOWN_MODE', L, 'gain: 2', 'gain: 2, mode_target: atuo', 'atuo', 'auto'),
  seed('a negative gain', 'CFG_OUT_OF_RANGE', L, 'gain: 2', 'gain: -2'),
  seed(
    'an array of the wrong length',
    'CFG_WRONG_TYPE',
    L,
    'out_scale: [0, 40]',
    'out_scale: [0, 20, 40]',
    'out_scale',
  ),
  seed('a scale without span', 'CFG_OUT_OF_RANGE', L, 'in: RIO-1/AI/2', 'in: RIO-1/AI/2, xd: [4, 4]', 'AI1: {'),
  seed('parameters that do not fit together', 'CFG_INCONSISTENT', L, 'reset: 5min', 'reset: 0'),
  seed(
    'a normal mode that is not permitted',
    'CFG_NORMAL_MODE',
    L,
    'gain: 2',
    'gain: 2, permitted: [oos, man], normal: auto, mode_target: man',
    'PID1: {',
  ),
  seed('Cas without a master', 'CFG_NORMAL_MODE', L, 'gain: 2', 'gain: 2, normal: cas', 'PID1: {'),
  seed(
    'two blocks with one id',
    'CFG_DUPLICATE_ID',
    L,
    ...calc('      AI2: {id: AI1, type: AI, in: RIO-1/AI/1}\n'),
    'AI2',
  ),
  // Wires and points
  seed('an unknown point', 'CFG_UNKNOWN_POINT', L, 'RIO-1/AI/2', 'RIO-1/AI/22', 'RIO-1/AI/22', 'RIO-1/AI/2'),
  seed('an input as output', 'CFG_POINT_DIRECTION', L, 'mv: RIO-1/AO/1', 'mv: RIO-1/AI/2'),
  seed(
    'an unknown output point',
    'CFG_UNKNOWN_POINT',
    L,
    'AI/2}',
    'AI/2}\n      AO1: {type: AO, out: RIO-1/AO/9}',
    'RIO-1/AO/9',
    'RIO-1/AO/1',
  ),
  seed(
    'two writers of one output',
    'CFG_TWO_WRITERS',
    L,
    ...calc('      AO1: {type: AO, out: RIO-1/AO/1}\n'),
    'AO1: {',
  ),
  seed(
    'a wire from a block that does not exist',
    'CFG_UNKNOWN_WIRE',
    L,
    'in: AI1.OUT',
    'in: AI2.OUT',
    'AI2.OUT',
    'AI1.OUT',
  ),
  seed(
    'a wire from a field that does not exist',
    'CFG_UNKNOWN_WIRE',
    L,
    'in: AI1.OUT',
    'in: AI1.OTU',
    'AI1.OTU',
    'AI1.OUT',
  ),
  seed(
    'a wire from a module that does not exist',
    'CFG_UNKNOWN_WIRE',
    L,
    'in: AI1.OUT',
    'in: FIC-102.AI1.OUT',
    'FIC-102',
    'FIC-101.AI1.OUT',
  ),
  seed('an input without a wire', 'CFG_MISSING_WIRE', L, 'in: AI1.OUT, ', '', 'PID1: {'),
  seed(
    'a cascade to nowhere',
    'CFG_UNKNOWN_BLOCK',
    L,
    'slave: FIC-101.PID1',
    'slave: FIC-101.PID3',
    'FIC-101.PID3',
    'FIC-101.PID1',
  ),
  seed(
    'a cascade from a block that cannot shake hands',
    'CFG_CASCADE_NO_BKCAL',
    L,
    'master: LIC-101.PID1',
    'master: LIC-101.AI1',
  ),
  seed(
    'BKCAL from elsewhere',
    'CFG_CASCADE_NO_BKCAL',
    L,
    'gain: 2',
    'gain: 2, bkcal_in: FIC-101.AO1.BKCAL_OUT',
    'bkcal_in',
  ),
  seed(
    'an output with two slaves',
    'CFG_OUTPUT_USED_TWICE',
    L,
    ...calc('      AO1: {type: AO, cas_in: FIC-101.PID1.OUT, out: RIO-1/AO/2}\n'),
    'AO1: {',
  ),
  seed(
    'a second source of one input',
    'CFG_DUPLICATE_WIRE',
    L,
    'slave: FIC-101.PID1}',
    'slave: FIC-101.PID1}\n  - {master: LIC-101.PID1, slave: FIC-101.AO1}',
    'slave: FIC-101.AO1',
  ),
  {
    what: 'a cascade across scan classes that is not declared',
    code: 'CFG_CASCADE_SCAN_CLASS',
    files: withFile(L, UNDECLARED),
    at: lineOf(withFile(L, UNDECLARED), L, 'blocks: {PID1'),
  },
  // Ranges
  seed(
    'the range of the tag is not that of its input',
    'CFG_RANGE_MISMATCH',
    L,
    'in: RIO-1/AI/2',
    'in: RIO-1/AI/2, out_scale: [0, 90]',
    'range: [0, 100]',
  ),
  seed(
    'the output beyond the range of the slave',
    'CFG_RANGE_MISMATCH',
    L,
    'out_scale: [0, 40]}',
    'out_scale: [0, 50]}',
    'PID1: {',
  ),
  // io
  seed(
    'outputs without a watchdog',
    'CFG_NO_WATCHDOG',
    I,
    '    watchdog: {time: 5s, time_register: 100, tripped_register: 200, rearm_register: 101}\n',
    '',
    'RIO-1',
  ),
  seed('two points on one register', 'CFG_REGISTER_OVERLAP', I, 'AI/2: {register: 1}', 'AI/2: {register: 0}'),
  seed(
    'half of a float on another point',
    'CFG_REGISTER_OVERLAP',
    I,
    'AI/1: {register: 0}',
    'AI/1: {register: 0, type: float32}',
    'AI/2',
  ),
  seed(
    'an output on the re-arm register',
    'CFG_REGISTER_OVERLAP',
    I,
    'AO/2: {register: 1,',
    'AO/2: {register: 101,',
    'watchdog',
  ),
  seed('a register beyond the table', 'CFG_OUT_OF_RANGE', I, 'AI/2: {register: 1}', 'AI/2: {register: 70000}'),
  seed(
    'an unknown register type',
    'CFG_UNKNOWN_WORD',
    I,
    'each_input: {type: uint16',
    'each_input: {type: uint61',
    'uint61',
    'uint16',
  ),
  seed('an unknown protocol', 'CFG_UNKNOWN_WORD', I, 'modbus-tcp', 'modbus-tpc', 'modbus-tpc', 'modbus-tcp'),
  seed('a watchdog in hundredths', 'CFG_WRONG_TYPE', I, 'time: 5s', 'time: 5050ms'),
  seed('a limit missing', 'CFG_MISSING_FIELD', I, 'step_max: 4', 'table: holding', 'AO/1'),
  { what: 'a device twice', code: 'CFG_DUPLICATE_DEVICE', files: withFile('io/z.yaml', IO), at: 'io/z.yaml:2' },
  seed(
    'one name for an input and an output',
    'CFG_DUPLICATE_POINT',
    I,
    'AO/2:',
    'AI/2:',
    'AI/2: {register: 1, readback',
  ),
  seed('a period between two ticks', 'CFG_POLL_PERIOD', I, 'AI/2: {register: 1}', 'AI/2: {register: 1, every: 1500ms}'),
  seed(
    'a coil of 16 bits',
    'CFG_POINT_TYPE',
    I,
    'AI/2: {register: 1}',
    'AI/2: {register: 1, type: uint16, table: coil}',
  ),
  seed('a serial port over TCP', 'CFG_ENDPOINT', I, 'endpoint: plant:RIO-1', 'endpoint: /dev/ttyUSB0'),
  {
    what: 'a float of a device that answers one register',
    code: 'CFG_REQUEST_LIMIT',
    files: withFile('io/z.yaml', `${SINGLE}      A: {register: 0, type: float32, quantity: EU}\n`),
    at: 'io/z.yaml:10',
  },
  seed(
    'a profile that is not there',
    'CFG_UNKNOWN_PROFILE',
    I,
    'unit: 1',
    'unit: 1\n    profile: nobodys',
    'profile: nobodys',
  ),
  {
    what: 'a server without security, and no reason',
    code: 'CFG_OPCUA_SECURITY',
    files: withFile('io/z.yaml', SERVER.replace('SECURITY', 'none')),
    at: 'io/z.yaml:6',
  },
  {
    what: 'a node twice',
    code: 'CFG_DUPLICATE_NODE',
    files: withFile('io/z.yaml', `${SERVER.replace('security: SECURITY', '')}      B: {node: i=1}\n`),
    at: 'io/z.yaml:10',
  },
  // Displays
  seed('a tag that does not exist', 'CFG_UNKNOWN_TAG', D, '[FIC-101]', '[FIC-102]', 'FIC-102', 'FIC-101'),
  {
    what: 'a display twice',
    code: 'CFG_DUPLICATE_DISPLAY',
    files: withFile('displays/z.yaml', FILES[D]!),
    at: 'displays/z.yaml:1',
  },
  // Tables, renames, the lock, sizes
  {
    what: 'a quote that does not end',
    code: 'CFG_CSV_SYNTAX',
    files: withFile('loops/t.csv', 'tag,class\nA-1,"F\n'),
    at: 'loops/t.csv:2',
  },
  {
    what: 'a letter behind a quote',
    code: 'CFG_CSV_SYNTAX',
    files: withFile('loops/t.csv', 'tag,class\n\n"A-1"x,F\n'),
    at: 'loops/t.csv:3',
  },
  {
    what: 'a row that is too short',
    code: 'CFG_WRONG_TYPE',
    files: withFile('loops/t.csv', 'tag,class\nA-1\n'),
    at: 'loops/t.csv:2',
  },
  {
    what: 'a table without class',
    code: 'CFG_MISSING_FIELD',
    files: withFile('loops/t.csv', 'tag,eu\n'),
    at: 'loops/t.csv:1',
  },
  {
    what: 'a column twice',
    code: 'CFG_DUPLICATE_KEY',
    files: withFile('loops/t.csv', 'tag,class,tag\n'),
    at: 'loops/t.csv:1',
  },
  {
    what: 'an empty table',
    code: 'CFG_EMPTY_FILE',
    files: withFile('loops/t.csv', '# nothing\n'),
    at: 'loops/t.csv:0',
  },
  seed(
    'a rename to what is not there',
    'CFG_MOVED',
    L,
    'cascade:',
    'moved: [{from: FIC-100, to: FIC-102}]\ncascade:',
    'moved',
  ),
  seed(
    'a rename of what is still there',
    'CFG_MOVED',
    L,
    'cascade:',
    'moved: [{from: LIC-101, to: FIC-101}]\ncascade:',
    'moved',
  ),
  seed(
    'a rename of a block across tags',
    'CFG_MOVED',
    L,
    'cascade:',
    'moved: [{from: FIC-101.P, to: LIC-101.PID1}]\ncascade:',
    'moved',
  ),
  seed(
    'a rename in a class of a block that is still there',
    'CFG_MOVED',
    C,
    'blocks:',
    'moved: [{from: AI1, to: PID1}]\nblocks:',
    'moved',
  ),
  {
    what: 'a lock that was edited',
    code: 'CFG_LOCK',
    files: withFile('strategy.lock', '# x\n- scan: fast\n'),
    at: 'strategy.lock:2',
  },
  {
    what: 'ten megabytes',
    code: 'CFG_TOO_LARGE',
    files: withFile('loops/b.yaml', `a: ${'x'.repeat(10_000_000)}`),
    at: 'loops/b.yaml:0',
  },
  {
    what: 'a hundred thousand brackets',
    code: 'CFG_TOO_LARGE',
    files: withFile('loops/b.yaml', `area: A1\nmodules: ${'['.repeat(100_000)}`),
    at: 'loops/b.yaml:2',
  },
  {
    what: 'a hundred thousand dashes',
    code: 'CFG_TOO_LARGE',
    files: withFile('loops/b.yaml', `modules:\n${'- '.repeat(100_000)}`),
    at: 'loops/b.yaml:2',
  },
  seed('on for yes', 'CFG_UNKNOWN_WORD', L, 'gain: 2', 'gain: 2, track_enable: on'),
  seed(
    'a class that is an instance of itself',
    'CFG_UNKNOWN_FIELD',
    C,
    'scan: fast',
    'modules: [{tag: X, class: FlowLoop@2}]\nscan: fast',
    'modules',
  ),
  // Alarms
  seed('a high-high limit without a reason', 'CFG_ALARM_RATIONALE', L, '{hi: 80,', '{hihi: 90,', 'limits'),
  seed(
    'an alarm that says nothing',
    'CFG_ALARM_RATIONALE',
    L,
    'scan: slow',
    'alarms: {HI: {priority: 1}}\n    scan: slow',
    'alarms',
  ),
  seed('an alarm of another name', 'CFG_UNKNOWN_FIELD', L, 'scan: slow', 'alarms: {HIGH: {}}\n    scan: slow', 'HIGH'),
  seed(
    'an alarm on the wrong side',
    'CFG_UNKNOWN_FIELD',
    L,
    'scan: slow',
    'alarms: {HI: {below: 80}}\n    scan: slow',
    'below',
  ),
  seed(
    'an alarm without a limit',
    'CFG_MISSING_FIELD',
    L,
    'scan: slow',
    'alarms: {HIHI: {priority: 3}}\n    scan: slow',
    'HIHI',
  ),
  seed(
    'an alarm beyond the range',
    'CFG_OUT_OF_RANGE',
    L,
    'scan: slow',
    'alarms: {HIHI: {priority: 3, above: 120}}\n    scan: slow',
    'HIHI',
  ),
  seed(
    'an alarm on a wire that is not there',
    'CFG_UNKNOWN_WIRE',
    L,
    'scan: slow',
    'alarms: {HI: {on: AI1.OTU}}\n    scan: slow',
    'AI1.OTU',
    'AI1.OUT',
  ),
  // Units
  seed(
    'a master in t/h on a slave in m3/h',
    'CFG_UNIT_MISMATCH',
    L,
    'out: {eu: m3/h',
    'out: {eu: t/h',
    'slave: FIC-101.PID1',
  ),
  seed(
    'a point in mA as feed-forward value of the output',
    'CFG_UNIT_MISMATCH',
    L,
    'gain: 2',
    'gain: 2, trk_val: RIO-1/AI/1',
  ),
  seed('an unknown unit at a block', 'CFG_UNKNOWN_UNIT', L, 'gain: 2', 'gain: 2, unit: m3h', 'gain: 2', 'm3/h'),
]

test('the strategy that the faults are seeded into has none', () => {
  expect(compileFiles(FILES)).not.toHaveProperty('faults')
})

test.each(SEEDS)('[CFG-1] $what is $code at $at, and nothing else is reported', ({ files, code, at, hint }) => {
  const result = compileFiles(files)
  const faults = 'faults' in result ? result.faults : []
  const places = new Set(faults.map((f) => `${f.code} ${f.file}:${f.line}`))
  // Warnings stand beside any fault: the limits of the strategy give no reasons.
  const real = faults.filter((f) => f.severity === undefined)
  expect([...places], faults.map(faultText).join('\n')).toContain(`${code} ${at}`)
  expect([...new Set(real.map((f) => f.code))]).toEqual([code])
  if (hint !== undefined) expect(faults.map((f) => f.suggestion)).toContain(hint)
})

test('[CFG-2] a loop of the data flow is reported with its way round', () => {
  const files = changed(
    L,
    LIC_BLOCKS,
    `${LIC_BLOCKS}      P2: {type: PID, in: P3.OUT, gain: 1, reset: 1s}\n      P3: {type: PID, in: P2.OUT, gain: 1, reset: 1s}\n`,
  )
  const result = compileFiles(files)
  expect(
    'faults' in result && result.faults.filter((f) => f.severity === undefined).map((f) => [f.code, f.found]),
  ).toEqual([['CFG_EXECUTION_LOOP', 'LIC-101.P2 -> LIC-101.P3 -> LIC-101.P2']])
  const cut = compileFiles(changed(L, 'in: P3.OUT', 'in: {from: P3.OUT, break: true}', files))
  expect(cut).not.toHaveProperty('faults')
})

test('[CFG-3] faults of all files come at once, in reading order', () => {
  const files = [
    [S, 'stations: 2', 'stations: none'],
    [L, 'scan: slow', 'scan: slwo'],
    [I, 'AI/2: {register: 1}', 'AI/2: {register: 0}'],
  ].reduce<Files>((f, [path, from, to]) => changed(path!, from!, to!, f), FILES)
  const result = compileFiles(files)
  expect(
    'faults' in result && result.faults.filter((f) => f.severity === undefined).map((f) => `${f.file} ${f.code}`),
  ).toEqual(['io/rio.yaml CFG_REGISTER_OVERLAP', 'loops/a.yaml CFG_UNKNOWN_SCAN_CLASS', 'strategy.yaml CFG_WRONG_TYPE'])
})

test('[CFG-4] a fault reads as one line with place, code, what was found, what was expected and what was meant', () => {
  const result = compileFiles(changed(L, 'RIO-1/AI/2', 'RIO-1/AI/22'))
  expect('faults' in result && result.faults.filter((f) => f.severity === undefined).map(faultText)).toEqual([
    "loops/a.yaml:20:27 CFG_UNKNOWN_POINT found 'RIO-1/AI/22', expected a point of io/, did you mean 'RIO-1/AI/2'?",
  ])
})

test('[CFG-5] a bomb of aliases is not unfolded: each alias is a fault at its place', () => {
  const line = (i: number): string => `k${i}: &k${i} [*k${i - 1}, *k${i - 1}]\n`
  const bomb = `k0: &k0 [x, x]\n${Array.from({ length: 60 }, (_, i) => line(i + 1)).join('')}`
  const result = compileFiles(withFile('loops/b.yaml', bomb))
  const aliases = 'faults' in result ? result.faults.filter((f) => f.code === 'CFG_YAML_SYNTAX') : []
  expect(aliases).toHaveLength(120)
  expect(aliases.at(-1)).toMatchObject({ file: 'loops/b.yaml', line: 61, found: "the alias '*k59'" })
})

/** Codes that other tests bring about: they need a disk, a vendor's list, or an expression. */
const ELSEWHERE: readonly FaultCode[] = [
  'CFG_ADDRESS_STYLE',
  'CFG_EXECUTION_LOOP',
  'CFG_EXPRESSION',
  'CFG_STATUS_PATH',
  'CFG_UNREADABLE_FILE',
]

test('every code is brought about by a seeded fault', () => {
  const seeded = new Set(SEEDS.map((s) => s.code))
  expect(FAULT_CODES.filter((code) => !seeded.has(code) && !ELSEWHERE.includes(code))).toEqual([])
})
