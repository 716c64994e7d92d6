import { execFileSync } from 'node:child_process'
import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a clerk works three cases by keyboard alone'
export const ways = EVERY_WAY.filter(way => way.size.width > 500)
export const limit_ms = 240_000

/* What the clerk has to do: applications taken in by somebody else's program. */
function api(walk) {
  const { program, data } = walk.server
  const token = execFileSync(program, ['user', 'token', 'demo', 'clerk', `keys-${walk.mark}`, '--data', data], { encoding: 'utf8' }).trim()
  return async (method, path, body) => (await fetch(`${walk.base}/demo/api/v1${path}`, {
    method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  })).json()
}

const TABS_MAX = 400

export default async walk => {
  walk.expect(422)
  const ask = api(walk)
  const cases = []
  for (const street of ['Мира', 'Новая', 'Речная'])
    cases.push(await ask('POST', '/services/greenery.felling/applications', {
      data: { reason: 'dry', place: `ул. ${street}, ${walk.mark}`, plot: 'town', kind: 'birch', trees: 1, diameter: 30, applicant_name: 'Анна', applicant_contact: '1' },
      way: 'phone',
    }))
  const open = async one => (await ask('GET', `/cases/${one.id}`)).tasks.map(task => task.element).join()

  const page = await walk.open('/demo/sign-in')
  const { keyboard } = page
  /* Whatever a pointer did would be seen. */
  const used = []
  await page.exposeFunction('tellPointer', kind => { used.push(kind) })
  await page.addInitScript(() => {
    for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'touchstart'])
      addEventListener(kind, () => window.tellPointer(kind), true)
  })
  const focus = selector => page.evaluate(s => document.activeElement?.matches(s) ?? false, selector)
  /* Tab until the focus is there; behind the last thing it begins anew. */
  const to = async selector => {
    for (let i = 0; i < TABS_MAX; i++) {
      if (await focus(selector)) return
      await keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${selector}`)
  }
  /* What follows is asked of the page that comes. */
  const leave = async key => {
    const loaded = page.waitForEvent('load')
    await keyboard.press(key)
    await loaded
  }
  const press = async selector => {
    await to(selector)
    await leave('Enter')
  }
  const tick = async selector => {
    await to(selector)
    await keyboard.press('Space')
  }
  const type = async (name, text) => {
    await to(`main [name="${name}"]`)
    await keyboard.type(text)
  }
  const choose = async (name, value) => {
    await to(`main [name="${name}"]`)
    const place = await page.evaluate(v => [...document.activeElement.options].findIndex(o => o.value === v), value)
    for (let i = 0; i < place; i++) await keyboard.press('ArrowDown')
    walk.must(await page.evaluate(v => document.activeElement.value === v, value), `the arrows do not choose ${value}`)
  }
  const done = async () => {
    if (walk.way.scripts) await leave('Control+Enter')
    else await press('main form[data-keep] .btn:not(.plain)')
  }
  const list = async () => {
    if (walk.way.scripts) await leave('b')
    else await press('main a[href$="/work/"]')
    await walk.isAt(/\/work\/$/)
  }

  await to('[name="login"]')
  await keyboard.type('clerk')
  await to('[name="password"]')
  await keyboard.type('zarechensk-clerk')
  await leave('Enter')
  await walk.sees('Выйти')

  /* The list: three are ticked, and taken at once. */
  await walk.go('/demo/work/?whose=mine&due=any')
  for (const one of cases) await tick(`input.tick[value^="${one.flow}-"]`)
  walk.must(await page.locator('input.tick:checked').count() === 3, 'Space does not tick')
  if (walk.way.scripts) {
    await to(`a[data-row][href*="${cases[0].flow}"]`)
    await keyboard.press('x')
    walk.must(await page.locator('input.tick:checked').count() === 2, 'x does not take the tick off')
    await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ч', bubbles: true })))
    walk.must(await page.locator('input.tick:checked').count() === 3, 'ч, which is x on the Russian layout, does not tick')
    await leave('t')
  } else await press('button[name="do"][value="take"]')
  await walk.sees('Готово: 3')
  await list()

  /* The first is checked and inspected. */
  const task = async one => {
    await walk.go('/demo/work/?whose=mine&due=any')
    const row = `a[data-row][href*="/work/tasks/${one.flow}/"]`
    if (walk.way.scripts) for (let i = 0; i < TABS_MAX && !await focus(row); i++) await keyboard.press('j')
    await press(row)
    await walk.isAt(new RegExp(`/work/tasks/${one.flow}/`))
  }
  await task(cases[0])
  await tick('main [name="is_complete"]')
  await done()
  await walk.sees('Осмотреть дерево')
  await choose('condition', 'dead')
  await done()
  await walk.isAt(/\/work\/flows\//)
  walk.must(await open(cases[0]) === 'decide', `the first case waits for ${await open(cases[0])}`)

  /* Of the second something lacks: the applicant is asked. */
  await task(cases[1])
  await to('main [name="is_complete"]')
  await keyboard.press('Space')
  await keyboard.press('ArrowDown')
  walk.must(await page.locator('main [name="is_complete"][value="false"]').isChecked(), 'the arrow does not choose "no"')
  await type('lacks', 'Какое дерево?')
  await done()
  await walk.isAt(/\/work\/flows\//)
  walk.must(await open(cases[1]) === 'supply', `the second case waits for ${await open(cases[1])}`)

  /* The third is opened from the list of cases; what was forgotten is said at its field. */
  await walk.go('/demo/cases/')
  await press(`a[data-row][href$="/cases/${cases[2].id}"]`)
  if (walk.way.scripts) await keyboard.press('j')
  await press('main a.task')
  await done()
  await walk.sees('Заполните это поле')
  await tick('main [name="is_complete"]')
  await done()
  await walk.sees('Осмотреть дерево')
  await list()
  walk.must(await open(cases[2]) === 'inspect', `the third case waits for ${await open(cases[2])}`)
  walk.must(used.length === 0, `a pointer was used: ${used}`)
}
