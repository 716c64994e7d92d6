import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a resident orders a felling permit, is asked for more, and gets a refusal; another time the tree is paid for and the permit comes'
export const ways = EVERY_WAY
export const limit_ms = 240_000

/* The application, a step on each page; what lacks is said at its field. */
async function order(walk, place) {
  await walk.go('/demo/services/')
  await walk.page.locator('main a.task', { hasText: 'Разрешение на снос деревьев' }).click()
  await walk.sees('Кто может получить')
  await walk.fits()
  await walk.press('Заказать услугу')
  await walk.sees('Что случилось с деревом')
  await walk.press('Дальше')
  if (!walk.way.scripts) await walk.sees('Заполните это поле')
  await walk.fits()
  await walk.field('reason').selectOption('dry')
  await walk.press('Дальше')
  await walk.sees('Где оно растёт')
  await walk.field('place').fill(place)
  await walk.field('plot').selectOption('town')
  await walk.fits()
  await walk.press('Дальше')
  await walk.sees('Порода')
  await walk.field('kind').selectOption('birch')
  await walk.field('trees').fill('1')

  /* Put aside, and gone on with from one's own page. */
  await walk.press('Сохранить и продолжить потом')
  await walk.sees('Ещё не отправлены')
  await walk.page.locator('main a', { hasText: 'Разрешение на снос деревьев' }).last().click()
  await walk.sees('Порода')
  walk.must(await walk.field('trees').inputValue() === '1', 'what was entered is lost')
  await walk.field('diameter').fill('30')
  await walk.press('Дальше')
  await walk.sees('Фотографии и документы')
  await walk.page.locator('main input[type=file]').setInputFiles({ name: 'дерево.txt', mimeType: 'text/plain', buffer: Buffer.from(`Берёза ${walk.mark}`) })
  await walk.press('Прикрепить файл')
  await walk.sees('Файл добавлен.')
  await walk.sees('дерево.txt')
  await walk.fits()
  await walk.press('Дальше')
  await walk.sees('Как с вами связаться')
  walk.must(await walk.field('applicant_name').inputValue() !== '', 'the name is not filled in')
  await walk.field('applicant_contact').fill('+7 900 000-00-00')
  await walk.press('Дальше')
  await walk.sees('Проверьте ответы')
  await walk.sees(place)
  await walk.fits()
  await walk.press('Отправить заявление')
  /* The receipt, whose code leads a stranger to the state alone. */
  await walk.sees('Расписка о приёме заявления')
  await walk.fits()
  const state = await walk.page.locator('main figcaption a').getAttribute('href')
  walk.must(/\/applications\/\w{26}$/.test(state), 'the receipt leads nowhere')
  await walk.go(new URL(state).pathname)
  await walk.sees('в работе')
  await walk.press('К заявлению')
  await walk.sees('Специалист проверяет заявление.')
  await walk.fits()
  return new URL(walk.page.url()).pathname
}

/* An account of one's own: walks of one case go at once, and an account has one draft of a service. */
async function register(walk) {
  await walk.open('/demo/sign-up')
  await walk.field('name').fill('Анна Садыкова')
  await walk.field('password').fill(`tree-${walk.mark}`)
  await walk.page.locator('main form button').last().click()
  const login = await walk.page.locator('main kbd').first().textContent()
  return () => walk.signIn(login, 'demo', `tree-${walk.mark}`)
}

/* A task of the case on the page of its staff. */
async function work(walk, own, name, fill) {
  await walk.go(own.replace('/my/cases/', '/cases/'))
  await walk.fits()
  await walk.page.locator('main a.task', { hasText: name }).click()
  await fill()
  await walk.press('Готово')
  await walk.page.waitForLoadState('domcontentloaded')
}

const inspect = (walk, condition) => async () => {
  await walk.field('condition').selectOption(condition)
}

export default async walk => {
  walk.expect(404, 422)
  const place = `Двор ${walk.mark}`
  const resident = await register(walk)
  const windows = {}
  /* Each signs in once, in a window of their own. */
  const as = async who => {
    if (windows[who]) walk.page = windows[who]
    else windows[who] = await (who === 'resident' ? resident() : walk.signIn(who))
  }
  await as('resident')
  const first = await order(walk, place)

  await as('clerk')
  await walk.go('/demo/cases/')
  await walk.sees('Дела')
  await walk.fits()
  await work(walk, first, 'Проверить заявление', async () => {
    await walk.page.getByLabel('нет', { exact: true }).check()
    await walk.field('lacks').fill('Чьё это дерево?')
  })
  await walk.go(first.replace('/my/cases/', '/cases/'))
  await walk.sees('срок приостановлен')

  /* What is asked stands on the resident's page. */
  await as('resident')
  await walk.go(first)
  await walk.sees('Вас просят')
  await walk.page.locator('main a.task', { hasText: 'Дополнить заявление' }).click()
  await walk.sees('Чьё это дерево?')
  await walk.fits()
  await walk.field('supplied').fill('Городское')
  await walk.press('Отправить ответ')
  await walk.sees('Ответ отправлен.')

  await as('clerk')
  await work(walk, first, 'Проверить заявление', async () => {
    await walk.page.getByLabel('да', { exact: true }).check()
  })
  await work(walk, first, 'Осмотреть дерево', inspect(walk, 'sound'))
  await as('head')
  await work(walk, first, 'Принять решение', async () => {
    await walk.page.getByLabel('нет', { exact: true }).check()
    await walk.field('ground').selectOption('sound_tree')
  })

  await as('resident')
  await walk.go(first)
  await walk.sees('отказано')
  await walk.sees('Дерево здоровое и никому не угрожает')
  const letter = walk.page.getByRole('link', { name: 'Отказ в сносе.odt' })
  const bytes = await (await walk.page.request.get(new URL(await letter.getAttribute('href'), walk.base).href)).body()
  walk.must(bytes.subarray(0, 2).toString() === 'PK', 'the letter is no text document')
  await walk.page.getByLabel('4', { exact: true }).check()
  await walk.press('Оценить')
  await walk.sees('Спасибо.')
  await walk.fits()

  /* And again: it may be felled, and is paid for before. */
  const second = await order(walk, place)
  await as('clerk')
  await work(walk, second, 'Проверить заявление', async () => {
    await walk.page.getByLabel('да', { exact: true }).check()
  })
  await work(walk, second, 'Осмотреть дерево', inspect(walk, 'sound'))
  await as('head')
  await work(walk, second, 'Принять решение', async () => {
    await walk.page.getByLabel('да', { exact: true }).check()
  })
  await as('resident')
  await walk.go(second)
  await walk.sees('нужно оплатить')
  await walk.fits()
  await as('clerk')
  await walk.go(second.replace('/my/cases/', '/cases/'))
  await walk.field('document').fill(`п/п ${walk.mark}`)
  await walk.fits()
  await walk.press('Оплачено, записать')
  await walk.sees('Оплата записана.')
  await as('resident')
  await walk.go(second)
  await walk.sees('оплачено')
  await walk.sees('Решение: разрешить.')
  await walk.sees('Разрешение на снос.odt')
  await walk.go('/demo/registers/greenery.permit')
  await walk.sees(place)
}
