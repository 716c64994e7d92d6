import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a clerk finds a house as people type it, changes it and sees the history'
export const ways = EVERY_WAY

/* The hyphen is one at which no line ends; what was copied from a page is found as well. */
const PROSPECT = 'г. Зареченск, пр\u2011кт Мира, д. 12'

const HOUSES = [
  { title: 'г. Зареченск, ул. Ленина, д. 5', typed: ['ленина 5', 'Ленина, 5', 'ул ленина д 5', 'улица Ленина дом 5'] },
  { title: PROSPECT, typed: ['мира 12', 'проспект Мира, 12', 'пр. мира д.12', PROSPECT] },
  { title: 'г. Зареченск, пер. Садовый, д. 3', typed: ['садовый 3', 'переулок Садовый, дом 3'] },
  { title: 'г. Зареченск, ул. Школьная, д. 1А', typed: ['школьная 1а', 'Школьная, 1А', 'ул. Школьная д. 1 а'] },
]

export default async walk => {
  const page = await walk.signIn('clerk')
  const house = HOUSES[walk.way.no]
  const found = page.locator('main a[href*="/housing.house/"]').getByText(house.title, { exact: true })
  for (const words of house.typed) {
    await walk.go('/demo/')
    await page.getByRole('searchbox').fill(words)
    await walk.press('Найти')
    await walk.isAt(/\/search\?q=/)
    walk.must(await found.count() === 1, `"${words}" does not find ${house.title}`)
  }
  await found.click()
  await walk.sees('Год постройки')
  await walk.fits()

  await walk.press('Изменить')
  await walk.field('note').fill(`Осмотрен ${walk.mark}`)
  await walk.press('Сохранить')
  await walk.isAt(/\/housing\.house\/\w+$/)
  await walk.sees(`Осмотрен ${walk.mark}`)
  await walk.fits()

  await walk.press('Все версии и состояние на дату')
  await walk.isAt(/\/history$/)
  await walk.sees('Нина Петрова')
  const newest = page.locator('.timeline li').first()
  walk.must((await newest.textContent()).includes(`Осмотрен ${walk.mark}`),
    'the newest version does not show what was written')
  await walk.fits()
}
