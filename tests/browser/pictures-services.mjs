import { execFileSync } from 'node:child_process'
import { folder, shooter } from './lib/picture.mjs'
import { DESK_WAY, PHONE_WAY } from './lib/walk.mjs'

// Makes the pictures of services for the documentation:
// UPRAVA_PICTURES=docs/pictures tests/browser/run pictures-services
export const title = 'the pictures of services are made'
export const limit_ms = 240_000
export const ways = folder ? [PHONE_WAY] : []

const PARENT = 'Окунев Дмитрий Павлович'
const PARENT_SNILS = '00050260359'
const PASSWORD = 'три-яблока-в-корзине'
const SERVICE = 'greenery.felling'

function api({ base, program, data }, who) {
  const token = execFileSync(program, ['user', 'token', 'demo', who, 'pictures', '--data', data], { encoding: 'utf8' }).trim()
  return async (method, path, body) => {
    const answer = await fetch(`${base}/demo/api/v1${path}`, {
      method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}

/* The payments of the municipality go somewhere. */
async function setPayments(walk) {
  const values = {
    payee_name: 'УФК по Заречному краю (Администрация города Зареченска)', payee_bank: 'Отделение Заречное', payee_bik: '044525225',
    payee_account: '03100643000000011800', payee_bank_account: '40102810545370000003', payee_oktmo: '45000000', payee_cbc_head: '018', uin_head: '188',
  }
  await walk.signIn('admin')
  await walk.go('/demo/admin/payments')
  for (const [name, value] of Object.entries(values)) await walk.field(name).fill(value)
  await walk.press('Сохранить')
}

/* A father of two who has an account, confirmed at the desk. Gives {login, person}. */
async function settle(walk, ask) {
  await walk.open('/demo/sign-up')
  await walk.field('name').fill(PARENT)
  await walk.field('password').fill(PASSWORD)
  await walk.page.locator('main form button').last().click()
  const login = await walk.page.locator('main kbd').first().textContent()
  const found = await ask('GET', `/registers/base.person/records?snils=${PARENT_SNILS}`)
  const person = found.records[0].id
  await walk.signIn('clerk')
  await walk.go(`/demo/registers/base.person/${person}/account`)
  await walk.field('login').fill(login)
  await walk.field('seen').check()
  await walk.page.locator('main form button').last().click()
  await walk.sees(login)
  return { login, person }
}

async function order(walk, shot) {
  await shot('service-card', { path: `/demo/services/${SERVICE}` })
  await walk.press('Заказать услугу')
  await walk.field('reason').selectOption('dry')
  await walk.press('Дальше')
  await walk.field('place').fill('Двор дома 18 по Луговой улице')
  await walk.field('plot').selectOption('town')
  await walk.press('Дальше')
  await walk.field('kind').selectOption('birch')
  await walk.field('trees').fill('1')
  await walk.field('diameter').fill('30')
  await shot('service-step')
  await walk.press('Дальше')
  await walk.press('Дальше')
  await walk.field('applicant_contact').fill('+7 000 301-58-38')
  await walk.press('Дальше')
  await walk.sees('Проверьте ответы')
  await shot('service-check')
  await walk.press('Отправить заявление')
  await walk.sees('Расписка о приёме заявления')
  await shot('service-receipt', { from: 'main dl' })
  await walk.press('К заявлению')
  return new URL(walk.page.url()).pathname
}

async function work(walk, own, name, fill) {
  await walk.go(own.replace('/my/cases/', '/cases/'))
  await walk.page.locator('main a.task', { hasText: name }).click()
  await fill()
  await walk.press('Готово')
  await walk.page.waitForLoadState('domcontentloaded')
}

/* What lies on the desk beside it. */
async function fill(ask) {
  for (const [street, kind] of [['Мира', 'maple'], ['Новая', 'poplar'], ['Речная', 'birch']])
    await ask('POST', `/services/${SERVICE}/applications`, {
      data: { reason: 'dry', place: `ул. ${street}, у дома 7`, plot: 'town', kind, trees: 1, diameter: 40, applicant_name: 'Ясная Анна', applicant_contact: '+7 000 123-45-67' },
      way: 'phone',
    })
}

/* The head hands over a task of another case. */
async function handOver(walk, shot) {
  const { program, data } = walk.server
  execFileSync(program, ['user', 'create', 'demo', 'clerk2', 'Роза Исаева', '--roles', 'clerk', '--password', PASSWORD, '--data', data])
  await walk.go('/demo/cases/')
  await walk.page.locator('main a[data-row]').last().click()
  await walk.page.locator('main a', { hasText: 'Передать' }).first().click()
  await walk.field('to').selectOption({ index: 1 })
  await walk.field('reason').fill('Дерево стоит во дворе специалиста: пусть решает другой')
  await shot('service-hand')
}

export default async walk => {
  const shot = shooter(walk)
  const asClerk = api(walk.server, 'clerk')
  await setPayments(walk)
  const { login, person } = await settle(walk, asClerk)
  await walk.signIn(login, 'demo', PASSWORD)
  const resident = walk.page
  const own = await order(walk, shot)

  walk.way = DESK_WAY
  await fill(asClerk)
  const clerk = await walk.signIn('clerk')
  await shot('service-work', { path: '/demo/work/' })
  await shot('service-case', { path: own.replace('/my/cases/', '/cases/') })
  await work(walk, own, 'Проверить заявление', () => clerk.getByLabel('да', { exact: true }).check())
  await work(walk, own, 'Осмотреть дерево', () => walk.field('condition').selectOption('sound'))
  const head = await walk.signIn('head')
  await handOver(walk, shot)
  await work(walk, own, 'Принять решение', () => head.getByLabel('да', { exact: true }).check())
  await shot('service-figures', { path: '/demo/work/figures' })

  /* The third child is registered. */
  const child = await asClerk('POST', '/registers/base.person/records', { data: { surname: 'Окунева', name: 'Вера', patronymic: 'Дмитриевна', born_on: '2026-03-09' } })
  await asClerk('POST', '/registers/plots.kin/records', { data: { number: '7-2026-118', parent: person, child: child.id } })

  walk.page = resident
  await walk.go(own)
  await walk.sees('нужно оплатить')
  await shot('service-pay', { from: 'main h2' })
  walk.page = clerk
  await walk.go(own.replace('/my/cases/', '/cases/'))
  await walk.field('document').fill('п/п 1184')
  await shot('service-paid', { from: 'main h2:has-text("Платежи")', height: 700 })
  await walk.press('Оплачено, записать')
  walk.page = resident
  await walk.go(own)
  await walk.sees('разрешить')
  await shot('service-timeline', { from: 'main h2:has-text("Что происходит")' })
  for (const end = Date.now() + 20_000; Date.now() < end && await resident.getByText('Вам предлагают').count() === 0;) await walk.go('/demo/my/')
  await walk.sees('Вам предлагают')
  await shot('service-offer')
}
