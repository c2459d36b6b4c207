// The instructor's page: looks twice a second, and posts what is pressed. No state of its own but what stands in the fields.

const LOOK_MS = 500
const FACTORS = [0.5, 1, 2, 5, 10, 20, 50, 100, 0]
const at = (id) => document.getElementById(id)

const minutes = (s) => {
  const whole = Math.floor(s)
  const two = (n) => String(n).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}
const figure = (v) =>
  v === null
    ? 'failed'
    : Number(v)
        .toPrecision(6)
        .replace(/\.?0+$/, '')

function say(text) {
  at('message').textContent = text
}

async function post(path, body) {
  try {
    const response = await fetch(`/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-instructor': encodeName(at('who').value) },
      body: JSON.stringify(body),
    })
    const answer = await response.json()
    say(
      answer.ok
        ? `Done: ${path}`
        : answer.problems
            .map(
              (p) => `${p.place}: found ${p.found}, expected ${p.expected}${p.suggestion ? `; ${p.suggestion}?` : ''}`,
            )
            .join('\n'),
    )
  } catch {
    say('The plant does not answer.')
  }
  await look()
}
// A header takes no other letters.
const encodeName = (name) => name.replace(/[^\x20-\x7e]/g, '')

function element(name, props, ...children) {
  const node = Object.assign(document.createElement(name), props)
  node.append(...children)
  return node
}
const cell = (text, right) => element('td', { className: right ? 'n' : '', textContent: text })
const button = (text, act) => element('button', { type: 'button', textContent: text, onclick: act })

/** Rows are made anew only where their text changes, so that the focus stays where it is. */
const shown = new Map()
function fill(id, key, make) {
  const text = JSON.stringify(key)
  if (shown.get(id) === text) return
  shown.set(id, text)
  at(id).replaceChildren(...make())
}

let known
function showState(state) {
  known = state
  at('plant').textContent = `${state.plant}, ${state.start}`
  at('time').textContent = minutes(state.time_s)
  at('achieved').textContent = state.paused ? 'paused' : `${state.achieved.toFixed(1)} x`
  at('pause').firstChild.textContent = state.paused ? 'Resume ' : 'Pause '
  at('pause').setAttribute('aria-pressed', String(state.paused))
  if (document.activeElement !== at('factor')) at('factor').value = String(state.factor)
  at('trip').hidden = state.trip === null
  at('trip').textContent = state.trip === null ? '' : `Shut down at ${minutes(state.trip.at_s)}: ${state.trip.cause}`
  const rows = [
    ...state.measurements.map((m) => [m.tag, m.description, figure(m.true_value), figure(m.transmitted), m.unit]),
    ...state.valves.map((v) => [v.tag, v.description, figure(v.position_pct), figure(v.output_pct), '%']),
  ]
  fill('measurements', rows, () =>
    rows.map((row) => element('tr', {}, ...row.map((text, i) => cell(text, i === 2 || i === 3)))),
  )
  fill('disturbances', state.disturbances, () =>
    state.disturbances.map((d) => {
      const b = button(d.name, () => post('disturbance', { name: d.name, on: !d.on }))
      b.title = d.description
      b.dataset.testid = `disturbance-${d.name}`
      b.setAttribute('aria-pressed', String(d.on))
      return b
    }),
  )
  fill('faults', state.faults, () =>
    state.faults.map((f) => {
      const words = `${f.tag} ${f.kind}${f.active ? '' : ', armed'}`
      const b = button('Mend', () => post('fault/clear', { tag: f.tag, kind: f.kind }))
      b.setAttribute('aria-label', `Mend ${words}`)
      return element('li', {}, element('span', { textContent: words }), b)
    }),
  )
  fill('fault-tag', Object.keys(state.possible_faults), () =>
    Object.keys(state.possible_faults).map((tag) => new Option(tag, tag)),
  )
  const drops = state.drops.map((d) => d.id)
  fill('cable-drop', drops, () => [new Option('all drops', ''), ...drops.map((id) => new Option(id, id))])
  at('cables').textContent = state.drops
    .flatMap((d) => ['A', 'B'].filter((n) => d.networks[n] !== 'on').map((n) => `${d.id} ${n} ${d.networks[n]}`))
    .join(', ')
  showSafety(state.safety)
  showKinds()
}

const GUARD_WORD = { unwritten: 'not written yet', watching: 'watching', tripped: 'tripped by its watchdog' }
function showSafety(safety) {
  at('safety').hidden = safety === null
  at('main').className = safety === null ? '' : 'with-safety'
  if (safety === null) return
  const { solver } = safety
  const who =
    solver === null ? 'nobody scans it' : `${solver.id}, ${solver.silent ? 'silent' : `every ${solver.scan_ms} ms`}`
  at('safety-state').textContent = `${safety.drop}: ${GUARD_WORD[safety.guard]}; ${who}`
  fill('contacts', safety.contacts, () =>
    safety.contacts.map((c) => {
      const press = button('Press 1 s', () => post('press', { tag: c.tag, for_s: 1 }))
      press.setAttribute('aria-label', `Press 1 s ${c.tag}`)
      press.dataset.testid = `press-${c.tag}`
      const turn = button(c.closed ? 'Open' : 'Close', () =>
        post('contact', { tag: c.tag, state: c.closed ? 'open' : 'closed' }),
      )
      turn.setAttribute('aria-label', `${c.closed ? 'Open' : 'Close'} ${c.tag}`)
      turn.dataset.testid = `turn-${c.tag}`
      const touched = c.closed !== (c.normal === 'closed')
      return element(
        'tr',
        {},
        cell(c.tag),
        cell(c.description),
        element('td', { className: touched ? 'strong' : '', textContent: c.closed ? 'closed' : 'open' }),
        element('td', {}, press, ' ', turn),
      )
    }),
  )
  const switches = (e) => (e.open ? (e.closed ? 'both' : 'open') : e.closed ? 'closed' : 'none')
  const elements = [
    ...safety.elements.map((e) => [
      e.tag,
      e.description,
      e.energised ? 'energised' : 'de-energised',
      (e.opening * 100).toFixed(0),
      switches(e),
    ]),
    ...safety.machines.map((m) => [m.tag, m.description, 'speed', (m.speed * 100).toFixed(0), '']),
  ]
  fill('elements', elements, () =>
    elements.map((row) => element('tr', {}, ...row.map((text, i) => cell(text, i === 3)))),
  )
  const transmitters = safety.transmitters.map((t) => [
    t.tag,
    t.description,
    figure(t.true_value),
    figure(t.transmitted),
    t.unit,
    t.counts,
  ])
  fill('sis-transmitters', transmitters, () =>
    transmitters.map((row) => element('tr', {}, ...row.map((text, i) => cell(text, i === 2 || i === 3 || i === 5)))),
  )
  fill('safety-events', safety.events, () =>
    safety.events.map((e) => element('li', { textContent: `${minutes(e.at_s)} ${e.kind}: ${e.cause}` })),
  )
}
function showKinds() {
  const kinds = known?.possible_faults[at('fault-tag').value] ?? []
  fill('fault-kind', kinds, () => kinds.map((kind) => new Option(kind, kind)))
  at('jump').hidden = at('fault-kind').value !== 'stiction'
}

const STATE_WORD = { waits: '', on: 'on', over: 'done' }
function showStation(station) {
  at('course').textContent = station.course
  at('seed').textContent = station.seed
  const { scenario } = station
  const running = scenario?.running === true
  at('scenario-name').textContent =
    scenario === null
      ? 'None is loaded.'
      : `${scenario.name}${running ? `, ${minutes(scenario.time_s)} of ${minutes(scenario.duration_s)}` : ''}`
  at('scenario-start').disabled = scenario === null || running
  at('scenario-stop').disabled = !running
  fill('events', scenario?.events, () =>
    (scenario?.events ?? []).map((e) =>
      element(
        'li',
        {},
        `${minutes(e.at_s)} ${e.text}`,
        element('span', { className: 'label', textContent: STATE_WORD[e.state] }),
      ),
    ),
  )
  fill('expectations', [running, scenario?.expectations], () =>
    (scenario?.expectations ?? []).map((e, index) => {
      const text = `${e.name}: ${e.text}, ${minutes(e.after_s)} to ${minutes(e.due_s)}`
      const row = element('li', {}, element('span', { textContent: text }))
      if (e.met_s >= 0) row.append(element('span', { className: 'strong', textContent: `done at ${minutes(e.met_s)}` }))
      else if (running) row.append(button('Seen', () => post('scenario/mark', { index })))
      return row
    }),
  )
  fill('snapshots', station.snapshots, () =>
    station.snapshots.map((s) => {
      const back = button('Back', () => post('restore', { id: s.id, ...seedAsked() }))
      back.setAttribute('aria-label', `Back to ${minutes(s.time_s)} ${s.name}`)
      back.dataset.testid = s.name === '' ? `back-${s.id}` : `back-${s.name}`
      return element(
        'tr',
        {},
        cell(minutes(s.time_s)),
        cell(s.name),
        cell(s.course, true),
        cell(s.hash.slice(0, 8)),
        element('td', {}, back),
      )
    }),
  )
  fill('journal', station.journal, () =>
    station.journal.map((j) => element('tr', {}, cell(minutes(j.time_s)), cell(j.who), cell(j.what))),
  )
}
const seedAsked = () => {
  const text = at('seed-asked').value.trim()
  return text === '' ? {} : { seed: Number(text) }
}

let looking = false
async function look() {
  if (looking) return
  looking = true
  try {
    const [state, station] = await Promise.all(
      ['state', 'station'].map(async (path) => (await fetch(`/api/${path}`)).json()),
    )
    showState(state)
    showStation(station)
    if (station.scenario !== null && station.scored) {
      const sheet = await (await fetch('/api/score')).json()
      at('score').textContent = `${sheet.score.toFixed(1)} of ${sheet.from}`
    } else at('score').textContent = '-'
  } catch {
    say('The plant does not answer.')
  } finally {
    looking = false
  }
}

const number = (id) => {
  const text = at(id).value.trim()
  return text === '' ? undefined : Number(text)
}
at('factor').append(...FACTORS.map((f) => new Option(f === 0 ? 'as fast as it goes' : `${f} x`, String(f))))
at('factor').onchange = () => post('speed', { factor: Number(at('factor').value) })
at('pause').onclick = () => post('pause', { paused: !known.paused })
at('fault-tag').onchange = showKinds
at('fault-kind').onchange = showKinds
at('cable').onsubmit = (event) => {
  event.preventDefault()
  const drop = at('cable-drop').value
  const body = { network: at('cable-network').value, mode: at('cable-mode').value }
  return post('network', drop === '' ? body : { ...body, drop })
}
at('fault').onsubmit = (event) => {
  event.preventDefault()
  const body = { tag: at('fault-tag').value, kind: at('fault-kind').value }
  for (const [key, id] of [
    ['value', 'fault-value'],
    ['ramp_s', 'fault-ramp'],
    ...(at('jump').hidden ? [] : [['jump', 'fault-jump']]),
    ['for_s', 'fault-for'],
  ]) {
    const given = number(id)
    if (given !== undefined) body[key] = given
  }
  return post('fault', body)
}
at('scenario-file').onchange = async () => {
  const file = at('scenario-file').files[0]
  if (file !== undefined) await post('scenario/load', { text: await file.text(), file: file.name })
}
at('scenario-start').onclick = () => post('scenario/start', {})
at('scenario-stop').onclick = () => post('scenario/stop', {})
at('snapshot').onsubmit = (event) => {
  event.preventDefault()
  return post('snapshot', { name: at('snapshot-name').value.trim() })
}
for (const b of document.querySelectorAll('[data-back]'))
  b.onclick = () => post('restore', { minutes: Number(b.dataset.back), ...seedAsked() })
at('repeat').onclick = () => post('repeat', seedAsked())
at('who').value = localStorage.getItem('instructor') ?? ''
at('who').onchange = () => localStorage.setItem('instructor', at('who').value)
document.addEventListener('keydown', (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)
  if (event.key === 'p' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) at('pause').click()
})
// A stretch that scrolls is reached by the keyboard too.
for (const s of document.querySelectorAll('section.scroll')) s.tabIndex = 0
void look()
setInterval(look, LOOK_MS)
