import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { apply, asking } from './lib/meeting.mjs'
import { NO_PAGES, PAGES } from './lib/pages.mjs'
import { DESK_WAY, PHONE_WAY } from './lib/walk.mjs'

export const title = 'axe finds nothing on any page of any role, no page is too wide, no word is left in Russian'
export const limit_ms = 400_000
export const ways = [
  { ...DESK_WAY, name: 'ru, desk', language: 'ru', colours: 'light' },
  { ...PHONE_WAY, name: 'ky, phone, dark', language: 'ky', colours: 'dark' },
  { ...DESK_WAY, name: 'en, desk, dark', language: 'en', colours: 'dark' },
]

const TOP = new URL('../../', import.meta.url)
const read = path => readFileSync(new URL(path, TOP), 'utf8')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const ROLES = [...new Set(PAGES.flatMap(([, roles]) => roles))]

/* Words of the product in Russian that must not be read in another language. */
function russianWords() {
  const words = new Set()
  const unquote = text => JSON.parse(`"${text}"`)
  for (const [, text] of read('ui/i18n/ru.po').matchAll(/^msgstr(?:\[\d\])? "(.+)"$/gm)) words.add(unquote(text))
  const same = new Set()
  const po = read('ui/i18n/ru.po')
  for (const id of read('ui/i18n/same.txt').split('\n')) {
    const at = po.indexOf(`msgid "${id}"\nmsgstr "`)
    if (id && at >= 0) same.add(po.slice(at).match(/msgstr "(.*)"/)[1])
  }
  for (const pack of readdirSync(new URL('packs/', TOP), { withFileTypes: true })) {
    if (!pack.isDirectory()) continue
    for (const [, text] of read(`packs/${pack.name}/i18n/ky.po`).matchAll(/^msgid "(.+)"$/gm)) words.add(unquote(text))
    let listed = ''
    try { listed = read(`packs/${pack.name}/i18n/same.txt`) } catch { /* there need not be one */ }
    for (const line of listed.split('\n')) same.add(line.split('\t').pop())
  }
  return [...words].filter(text => /[а-яё]/i.test(text) && !same.has(text) && !text.includes('%'))
}

/* Texts as they stand in the page, without what a record or a file says. */
const visibleTexts = `(() => {
  const skip = 'script,style,textarea,input,option,.tools,.who,.town,.publisher,[data-row],.facts dd,.changes dd,td,.mapping b,.drawing'
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest(skip)) texts.push(walker.currentNode.data.trim())
  for (const e of document.querySelectorAll('[placeholder],[aria-label],[title],[data-th]'))
    if (!e.closest('.drawing')) texts.push(e.placeholder ?? '', e.ariaLabel ?? '', e.title, e.dataset.th ?? '')
  return texts.filter(Boolean)
})()`

function uncovered() {
  const routes = [...read('src/web/route.c').matchAll(/\{GET\("([^"]+)"\),[^{}]*ROUTE_PAGE/g)].map(m => m[1])
  const have = PAGES.map(([path]) => path.split('?')[0])
    .map(path => path.replace(/^\{user\}/, '/admin/users/1').replace(/^\{import\}/, '/imports/1').replace(/^\{published\}/, '/subscriptions/x/1').replace(/^\{proposal\}/, '/proposals/x').replace(/^\{flow\}/, '/work/flows/1').replace(/^\{task\}/, '/work/tasks/1/1').replace(/^\{message\}/, '/work/messages/1').replace(/^\{case\}/, '/cases/1').replace(/^\{meeting\}/, '/work/meetings/1').replace(/^\{question\}/, '/work/meetings/1/questions/1').replace(/^\{document\}/, '/work/documents/1').replace(/^\{asking\}/, '/documents/1').replace(/^\{state\}/, '/applications/1').replace(/^\{own\}/, '/my/cases/1').replace(/^\{asked\}/, '/my/cases/1/tasks/1').replace(/^\{file\}/, '/registers/x/1/files/1').replace('node:{sweep}', '/sweeps/1').replace('node:', '').replace(/^\/node\//, '/').replace(/^\{\w+\}/, '/registers/x/1'))
  return routes.filter(route => !NO_PAGES.includes(route) && !have.some(path =>
    new RegExp('^' + route.replaceAll('.', '\\.').replaceAll('*', '[^/]+') + '$').test(path)))
}

const upgraded = new Map()

/* One more municipality, once for all ways, whose pack has been upgraded, and has a newer version again. The upgrade's number. */
function upgrade({ program, data }) {
  if (upgraded.has(data)) return upgraded.get(data)
  const put = version => {
    mkdirSync(`${data}/packs/kiosk-${version}/registers`, { recursive: true })
    writeFileSync(`${data}/packs/kiosk-${version}/pack.json`, JSON.stringify({ id: 'kiosk', version, title: 'Kiosk' }))
    writeFileSync(`${data}/packs/kiosk-${version}/registers/kiosk.json`, JSON.stringify({
      title: 'Kiosk', type: 'object', additionalProperties: false, 'x-uprava': { title: '{{code}}', key: ['code'], search: ['code'] },
      properties: { code: { type: 'string', title: 'Code', maxLength: 100 } },
    }))
  }
  const call = (...words) => execFileSync(program, [...words, '--data', data]).toString()
  put('1.0.0')
  call('tenant', 'create', 'kiosk-town', 'Kiosk town', '--packs', 'kiosk')
  put('1.1.0')
  call('pack', 'upgrade', '--all')
  put('1.2.0')
  upgraded.set(data, call('sweep', 'list').match(/^\w+/)[0])
  return upgraded.get(data)
}

/* A settlement below the town reads its streets and proposes a correction; the proposal's page. */
async function propose(walk) {
  const { program, data } = walk.server
  const call = (...words) => execFileSync(program, [...words, '--data', data], { encoding: 'utf8' }).trim()
  call('publication', 'put', 'demo', 'base.street')
  call('publication', 'issue', 'demo', 'base.street')
  call('tenant', 'create', 'settlement', 'Посёлок Новый', '--packs', 'base', '--parent', 'demo')
  call('user', 'create', 'settlement', 'data', 'Петрова', '--roles', 'data', '--password', 'settlement-data-1')
  call('subscription', 'take', 'settlement', 'base.street')
  const headers = { Authorization: `Bearer ${call('user', 'token', 'settlement', 'data', 'tests')}`, 'Content-Type': 'application/json' }
  const streets = `${walk.base}/settlement/api/v1/subscriptions/base.street/records`
  const { records } = await (await fetch(`${streets}?limit=1`, { headers })).json()
  const made = await fetch(`${streets}/${records[0].id}/proposals`,
    { method: 'POST', headers, body: JSON.stringify({ data: { name: 'Новая' }, reason: 'Так на табличке' }) })
  return `/proposals/${(await made.json()).uuid}`
}

/* One that nobody waits for; its page. */
async function send(walk) {
  const { program, data } = walk.server
  const token = execFileSync(program, ['user', 'token', 'demo', 'data', 'messages', '--data', data], { encoding: 'utf8' }).trim()
  const made = await fetch(`${walk.base}/demo/api/v1/messages`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ message: 'paid', key: '17', data: { sum: 500 } }),
  })
  return `/work/messages/${(await made.json()).id}`
}

/* An inspection that goes to its end; the document it leaves. */
async function answer(walk, record) {
  const { program, data } = walk.server
  const token = execFileSync(program, ['user', 'token', 'demo', 'clerk', 'answers', '--data', data], { encoding: 'utf8' }).trim()
  const ask = async (method, path, body) => (await fetch(`${walk.base}/demo/api/v1${path}`, {
    method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  })).json()
  const { id } = await ask('POST', '/flows', { process: 'housing.inspection', register: 'housing.house', record, data: { complaint: 'Шум в трубах' } })
  for (const values of [{ damage: 5, people_at_risk: false }, { answer: 'Дом исправен' }]) {
    const { waits } = await ask('GET', `/flows/${id}`)
    await ask('POST', `/flows/${id}/tasks/${waits.find(wait => wait.kind === 'task').task}/answer`, { data: values })
  }
  return (await ask('GET', '/documents')).documents[0]
}

/* Two families before the housing commission, which meets about one of them. */
async function deliberate(walk) {
  const clerk = asking(walk.server, 'clerk'), office = asking(walk.server, 'data')
  for (const name of ['Осмонов Бакыт', 'Садыкова Анна']) await apply(clerk, office, name)
  const { questions } = await clerk('GET', '/commissions/housing_queue.housing/questions')
  const made = await clerk('POST', '/commissions/housing_queue.housing/meetings',
    { form: 'present', at: '2099-03-12T11:00:00Z', place: 'Зал администрации', questions: [questions[0].id] })
  return { meeting: `/work/meetings/${made.id}`, question: `/work/meetings/${made.id}/questions/${questions[0].id}` }
}

const FELLING = '/demo/services/greenery.felling/apply'

/* An application a step short of being sent. */
async function fill(walk) {
  await walk.go(`${FELLING}/1`)
  await walk.field('reason').selectOption('dry')
  await walk.press('Дальше')
  await walk.field('place').fill('Двор')
  await walk.field('plot').selectOption('town')
  await walk.press('Дальше')
  await walk.field('kind').selectOption('birch')
  await walk.field('trees').fill('1')
  await walk.field('diameter').fill('30')
  await walk.press('Дальше')
  await walk.sees('Фотографии и документы')
  await walk.press('Дальше')
  await walk.field('applicant_contact').fill('1')
  await walk.press('Дальше')
  await walk.sees('Проверьте ответы')
}

/* A case whose applicant is asked, and another application that is not sent yet. */
async function order(walk) {
  await walk.signIn('resident')
  await fill(walk)
  await walk.press('Отправить заявление')
  await walk.sees('Расписка о приёме заявления')
  const own = new URL(walk.page.url()).pathname.replace(/^\/demo|\/receipt$/g, '')
  const state = new URL(await walk.page.locator('main figcaption a').getAttribute('href')).pathname.replace(/^\/demo/, '')
  await fill(walk)
  await walk.signIn('clerk')
  await walk.go(`/demo${own.replace('/my/', '/')}`)
  await walk.page.locator('main a.task').first().click()
  await walk.page.getByLabel('нет', { exact: true }).check()
  await walk.press('Готово')
  await walk.signIn('resident')
  await walk.go(`/demo${own}`)
  const asked = (await walk.page.locator('main a.task').first().getAttribute('href')).replace(/^\/demo/, '')
  return { own, asked, state, case: own.replace('/my/', '/') }
}

/* Made once for all ways through the pages: they share a server. */
let proposing, sending, ordering, deliberating, sweep

async function places(walk) {
  const first = async (list, pattern) => {
    await walk.go(list)
    const links = await walk.page.locator('main a').evaluateAll(all => all.map(a => a.getAttribute('href')))
    return links.find(href => pattern.test(href))?.replace(/^\/demo/, '')
  }
  proposing ??= propose(walk)
  const proposal = await proposing
  sending ??= send(walk)
  const message = await sending
  sweep ??= upgrade(walk.server)
  await walk.signIn('data')
  const found = {
    sweep: `/node/sweeps/${sweep}`,
    proposal,
    message,
    published: await first('/demo/subscriptions/base.territory', /subscriptions\/base\.territory\/\w{8,}$/),
    house: await first('/demo/registers/housing.house', /housing\.house\/\w{8,}$/),
    person: await first('/demo/registers/base.person', /base\.person\/\w{8,}$/),
  }
  await walk.go(`/demo${found.house}`)
  await walk.page.locator('main input[type=file]').setInputFiles({ name: 'акт.txt', mimeType: 'text/plain', buffer: Buffer.from('Осмотрено') })
  await walk.press('Прикрепить файл')
  const remove = await walk.page.locator('main a[href*="/files/"][href*="/remove"]').first().getAttribute('href')
  found.file = remove.replace(/^\/demo|\/remove.*$/g, '')
  await walk.go('/demo/registers/housing.house/import')
  const rows = 'Номер паспорта;Адрес;Год постройки\nZ-1;г. Зареченск, ул. Новая, д. 1;давно\nZ-2;г. Зареченск, ул. Новая, д. 2;1999\n'
  await walk.field('file').setInputFiles({ name: 'дома.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) })
  await walk.press('Загрузить и посмотреть')
  await walk.press('Проверить, не сохраняя')
  await walk.page.getByText('Строки с ошибками').waitFor({ timeout: 60_000 })
  found.import = new URL(walk.page.url()).pathname.replace(/^\/demo/, '')
  await walk.go(`/demo/work/new?process=housing.inspection&register=housing.house&record=${found.house.split('/').pop()}`)
  await walk.field('complaint').fill('Трещина в стене')
  await walk.press('Начать процесс')
  await walk.sees('Чего ждёт')
  found.flow = new URL(walk.page.url()).pathname.replace(/^\/demo/, '')
  found.task = (await walk.page.locator('main a[href*="/work/tasks/"]').first().getAttribute('href')).replace(/^\/demo/, '')
  ordering ??= order(walk)
  Object.assign(found, await ordering)
  deliberating ??= deliberate(walk)
  Object.assign(found, await deliberating)
  const { id, token } = await answer(walk, found.house.split('/').pop())
  found.document = `/work/documents/${id}`
  found.asking = `/documents/${token}`
  await walk.signIn('admin')
  found.user = await first('/demo/admin/users', /admin\/users\/(?!new)\w+$/)
  return found
}

/* Rules of axe are the same in every language: in Russian each role's page is looked at, in the others
 * each page once. */
async function look(walk, path, words, findings, axed) {
  const { page, way } = walk
  const complain = text => findings.push(`${way.role} ${path}: ${text}`)
  const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  if (wide > 0) complain(`${wide} px wider than the window`)
  if (await page.locator('html').getAttribute('lang') !== way.language) complain('is in another language')
  /* Examples of components are Russian whoever looks; names of municipalities are names. */
  if (way.language !== 'ru' && path !== '/_components' && !path.startsWith('node:')) {
    const texts = new Set(await page.evaluate(visibleTexts))
    for (const text of words) if (texts.has(text)) complain(`"${text}" is left in Russian`)
  }
  if (way.language !== 'ru' && axed.has(path)) return
  axed.add(path)
  /* What the pointer happens to stand on after the last press would look otherwise. */
  await page.mouse.move(0, 0)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(tags => globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), RULES)
  for (const v of violations) complain(`${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].any[0]?.message ?? ''}`)
}

export default async walk => {
  const { way } = walk
  const missing = uncovered()
  walk.must(missing.length === 0, `pages of route.c that nobody looks at: ${missing.join(', ')}`)
  const found = await places(walk)
  const words = russianWords()
  const findings = []
  const seen = new Set()
  const axed = new Set()
  walk.expect(401, 403, 404)
  for (way.role of ROLES) {
    if (way.role === 'guest') await walk.open()
    else await walk.signIn(way.role)
    await walk.page.emulateMedia({ colorScheme: way.colours })
    await walk.go(`/demo/?lang=${way.language}`)
    for (const [pattern, roles] of PAGES) {
      const path = pattern.replace(/\{(\w+)\}/, (_, name) => found[name])
      const full = path.startsWith('node:') ? `${path.slice(5)}?lang=${way.language}` : `/demo${path}`
      const answer = await walk.page.request.get(walk.base + full, { headers: { Accept: 'text/html' } })
      /* Who is led to another page did not get this one. */
      const isRefused = answer.status() !== 200 || new URL(answer.url()).pathname !== new URL(walk.base + full).pathname
      if (isRefused === roles.includes(way.role)) findings.push(`${way.role} ${path}: status ${answer.status()} at ${answer.url()}`)
      const html = (await answer.text()).replaceAll(/name="(?:csrf|back)" value="[^"]*"|data-csrf="[^"]*"|<a class="who".*?<\/a>/g, '')
      /* What stands around the main part is looked at once for each role. */
      const main = html.match(/<main[^]*<\/main>/)?.[0]
      if (seen.has(main) && seen.has(way.role)) continue
      seen.add(main).add(way.role)
      const began = Date.now()
      await walk.go(full)
      await look(walk, path, words, findings, axed)
      if (process.env.UPRAVA_TIMES) console.log(`  ${way.name} ${way.role} ${path}: ${Date.now() - began} ms`)
    }
  }
  walk.must(findings.length === 0, findings.join('\n'))
}
