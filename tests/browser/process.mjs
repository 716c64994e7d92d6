import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a process is begun at a house, its tasks are done by whom they are for, and the house is changed'
export const ways = EVERY_WAY

export default async walk => {
  const { page: clerk } = { page: await walk.signIn('clerk') }
  const box = () => walk.page.getByRole('region', { name: 'Схема процесса' })
  const token = name => box().getByRole('img', { name: `Сейчас здесь: ${name}` })
  walk.expect(409, 410, 422)

  /* From the card of a house. */
  await walk.go('/demo/registers/housing.house?is_emergency=false')
  const house = await walk.page.locator('main a[data-row]').nth(walk.way.no).getAttribute('href')
  await walk.go(house)
  await walk.press('Начать процесс')
  await walk.page.locator('main a.task', { hasText: 'Осмотр дома по жалобе' }).click()
  await walk.sees('На что жалуется житель')
  await walk.fits()
  await walk.field('complaint').fill(`Трещина ${walk.mark}`)
  await walk.press('Начать процесс')

  /* The first task is the clerk's own: wrong values come back with what was typed. */
  await walk.isAt(/work\/tasks\/\w+\/\d+$/)
  const visit = walk.page.url()
  await walk.sees(`Трещина ${walk.mark}`)
  await walk.sees('Выйдите на место')
  await walk.fits()
  await walk.press('Взять в работу')
  await walk.sees('Задача ваша.')
  await walk.field('damage').fill('много')
  await walk.field('note').fill('Щель в ладонь')
  await walk.press('Готово')
  await walk.sees('Проверьте, что вы ввели')
  walk.must(await walk.field('note').inputValue() === 'Щель в ладонь', 'what was typed is lost')

  /* The same task in a second window is done first. */
  const first = walk.page
  walk.page = await first.context().newPage()
  walk.listen(walk.page)
  await walk.page.goto(visit)
  await walk.field('damage').fill('70')
  await walk.page.getByLabel('нет', { exact: true }).check()
  await walk.press('Готово')
  await walk.isAt(/work\/flows\/\w+$/)
  const flow = new URL(walk.page.url()).pathname
  await token('Подтвердить аварийность').waitFor()
  walk.must(await token('Осмотреть дом').count() === 0, 'the token stays at the task that is done')
  await walk.sees('Готово: Осмотреть дом')
  await walk.fits()
  await walk.page.close()
  walk.page = first
  await walk.field('damage').fill('5')
  await walk.page.getByLabel('да', { exact: true }).check()
  await walk.press('Готово')
  await walk.sees('Это уже сделали.')
  await walk.sees('Щель в ладонь')
  await walk.fits()

  /* The head confirms; for the head it is the only task of this flow. */
  await walk.signIn('head')
  await walk.go('/demo/work/')
  await walk.fits()
  await walk.go(flow)
  await walk.press('Подтвердить аварийность')
  await walk.page.getByLabel('да', { exact: true }).check()
  await walk.press('Готово')
  await token('Ответить жителю').waitFor()

  /* The clerk answers, and it is over. */
  walk.page = clerk
  await walk.go('/demo/work/')
  await walk.go(flow)
  await walk.press('Ответить жителю')
  await walk.field('answer').fill('Дом признан аварийным')
  await walk.press('Готово')
  await walk.isAt(/work\/flows\/\w+$/)
  await walk.sees('закончен')
  walk.must(await box().getByRole('img', { name: 'Сейчас здесь' }).count() === 0, 'an ended process holds tokens')
  await walk.page.getByText('То же списком шагов').click()
  await walk.sees('Осмотр не состоялся')
  await walk.fits()
  await walk.go(house)
  await walk.sees('Аварийный')
  const facts = await walk.page.locator('.facts > div', { hasText: 'Аварийный' }).first().innerText()
  walk.must(/да/.test(facts), `the house is not marked: ${facts}`)
}
