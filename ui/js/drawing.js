// Processes drawn with bpmn-js. The page holds the fields of the panel, with their words; this shows those that the
// chosen element has, writes what is filled in into the model, and saves the model as a draft.
import './bpmn/bpmn-modeler.js'

const OWN = 'urn:uprava:bpmn:1'
const box = document.querySelector('[data-drawing]')
const canvas = box.querySelector('.drawing-canvas')
const panel = box.querySelector('.drawing-panel')
const status = document.getElementById('drawing-status')
const save = document.getElementById('drawing-save')
const words = box.dataset

/* What is our own in a model: what is not named here the editor would leave out (see load). */
const text = name => ({ name, isAttr: true, type: 'String' })
const uprava = {
  name: 'Uprava', uri: OWN, prefix: 'uprava', xml: { tagAlias: 'lowerCase' },
  types: [
    {
      name: 'Work', isAbstract: true, extends: ['bpmn:BaseElement'],
      properties: ['operation', 'register', 'process', 'where', 'sort', 'limit', 'letter', 'message', 'result', 'form',
        'role', 'term', 'days', 'stage', 'pause', 'visit', 'decision',
        'correlation', 'value', 'collection', 'item', 'output', 'output-item'].map(text),
    },
    ...['Input', 'Output'].map(name => ({
      name, superClass: ['Element'],
      properties: [text('name'), text('value'), { name: 'body', isBody: true, type: 'String' }],
    })),
  ],
}

/* The tools' own words, in the language of the page where it has them. */
const said = new Map([...document.querySelectorAll('[data-word]')].map(one => [one.dataset.word, one.textContent]))
const translate = (words, values = {}) =>
  (said.get(words) ?? words).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)

const modeler = new globalThis.BpmnJS({
  container: canvas, moddleExtensions: { uprava }, additionalModules: [{ translate: ['value', translate] }],
})
const part = name => modeler.get(name)
let tag = ''
let chosen = null
let isChanged = false

function say(words, isBad) {
  status.textContent = words
  status.classList.toggle('bad', !!isBad)
}

const is = (object, type) => object.$instanceOf?.(type)
const timerOf = object => object.eventDefinitions?.find(one => is(one, 'bpmn:TimerEventDefinition'))
const timeOf = object => {
  const timer = timerOf(object)
  return timer && (timer.timeDuration ?? timer.timeDate ?? timer.timeCycle)
}
const shortDays = value => value?.match(/^P(\d+)D$/)?.[1] ?? value ?? ''
const wholeDays = value => (/^\d+$/.test(value) ? `P${value}D` : value)

function setOwn(name, element, value) {
  part('modeling').updateProperties(element, { ['uprava:' + name]: value || undefined })
}

function setWords(element, value) {
  const documentation = value ? [part('bpmnFactory').create('bpmn:Documentation', { text: value })] : []
  part('modeling').updateProperties(element, { documentation })
}

function setCondition(element, value) {
  const conditionExpression = value ? part('bpmnFactory').create('bpmn:FormalExpression', { body: value }) : undefined
  part('modeling').updateProperties(element, { conditionExpression })
}

/* A timer that was only drawn has no time yet: what is filled in is how long it takes. */
function setTime(element, value) {
  const timer = timerOf(element.businessObject)
  const time = timeOf(element.businessObject)
  const body = wholeDays(value)
  if (time) part('modeling').updateModdleProperties(element, time, { body })
  else part('modeling').updateModdleProperties(element, timer, {
    timeDuration: part('bpmnFactory').create('bpmn:FormalExpression', { body }) })
}

const isUser = object => is(object, 'bpmn:UserTask')
/* What a field is of, how it is read and written. */
const FIELDS = {
  name: { of: () => true, get: o => o.name, set: (e, v) => part('modeling').updateLabel(e, v) },
  help: { of: () => true, get: o => o.documentation?.[0]?.text, set: setWords },
  role: { of: isUser, get: o => o.get('uprava:role'), set: (e, v) => setOwn('role', e, v) },
  term: { of: isUser, get: o => shortDays(o.get('uprava:term')), set: (e, v) => setOwn('term', e, wholeDays(v)) },
  timer: { of: timerOf, get: o => shortDays(timeOf(o)?.body), set: setTime },
  days: {
    of: o => isUser(o) || timerOf(o)?.timeDuration,
    get: o => (timerOf(o) ?? o).get('uprava:days'),
    set: (e, v) => (timerOf(e.businessObject)
      ? part('modeling').updateModdleProperties(e, timerOf(e.businessObject), { 'uprava:days': v || undefined })
      : setOwn('days', e, v)),
  },
  form: {
    of: o => isUser(o) || is(o, 'bpmn:StartEvent'),
    get: o => o.get('uprava:form'), set: (e, v) => setOwn('form', e, v),
  },
  decision: {
    of: o => is(o, 'bpmn:BusinessRuleTask'),
    get: o => o.get('uprava:decision'), set: (e, v) => setOwn('decision', e, v),
  },
  condition: { of: o => is(o, 'bpmn:SequenceFlow'), get: o => o.conditionExpression?.body, set: setCondition },
}

const inputOf = name => panel.querySelector(`[name="${name}"]`)

function addMissing(input, value) {
  if (input.tagName === 'SELECT' && value && ![...input.options].some(one => one.value === value))
    input.add(new Option(value, value))
}

function show(element) {
  chosen = element
  const object = element.businessObject
  panel.querySelector('h2').textContent = object.name || object.id
  panel.querySelector('.drawing-id').textContent = object.id
  for (const [name, field] of Object.entries(FIELDS)) {
    const input = inputOf(name)
    input.closest('.field').hidden = !field.of(object)
    const value = field.of(object) ? field.get(object) ?? '' : ''
    addMissing(input, value)
    if (document.activeElement !== input) input.value = value
  }
}

/* The process itself, where nothing is chosen. */
function showChosen() {
  const selected = part('selection').get()
  const element = selected.length === 1 ? selected[0].labelTarget ?? selected[0] : part('canvas').getRootElement()
  show(element)
}

panel.addEventListener('change', event => {
  const field = FIELDS[event.target.name]
  if (field && chosen) field.set(chosen, event.target.value.trim())
})
panel.addEventListener('submit', event => event.preventDefault())

/* As large as can be read, beside the tools. */
function fit() {
  const { inner, outer } = part('canvas').viewbox()
  const tools = 130
  const scale = Math.min(1, Math.max(.65, (outer.width - tools - 30) / inner.width))
  part('canvas').viewbox({
    x: inner.x - tools / scale, y: inner.y + inner.height / 2 - outer.height / scale / 2,
    width: outer.width / scale, height: outer.height / scale })
}

async function load() {
  const answer = await fetch(words.href, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(answer.statusText)
  tag = answer.headers.get('ETag')
  const { warnings } = await modeler.importXML((await answer.json()).text)
  fit()
  for (const event of ['selection.changed', 'elements.changed']) modeler.on(event, showChosen)
  modeler.on('commandStack.changed', () => {
    isChanged = true
    save.disabled = warnings.length > 0
    say(warnings.length > 0 ? words.unknown : words.changed, warnings.length > 0)
  })
  showChosen()
  /* What it could not read it would not write: then it only shows. */
  say(warnings.length > 0 ? words.unknown : '', warnings.length > 0)
  box.classList.add('is-ready')
}

async function keep() {
  say(words.saving)
  const { xml } = await modeler.saveXML({ format: true })
  const answer = await fetch(words.href, {
    method: 'PUT', body: JSON.stringify({ text: xml }),
    headers: { 'Content-Type': 'application/json', 'If-Match': tag, 'X-CSRF-Token': document.body.dataset.csrf },
  })
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}))
    return say(problem.detail ?? words.failed, true)
  }
  tag = answer.headers.get('ETag')
  isChanged = false
  save.disabled = true
  say(words.saved)
}

save.addEventListener('click', () => keep().catch(() => say(words.failed, true)))
addEventListener('beforeunload', event => isChanged && event.preventDefault())
load().catch(() => say(words.failed, true))
