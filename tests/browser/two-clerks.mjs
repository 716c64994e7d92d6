import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'of two who change a record at once the second sees what the first wrote, and loses nothing'
export const ways = EVERY_WAY

export default async walk => {
  walk.expect(409, 412)
  await walk.signIn('data')
  await walk.go('/demo/registers/base.organization')
  const link = await walk.page.locator('main a[data-row]').nth(walk.way.no).getAttribute('href')
  await walk.go(`${link}/edit`)
  const second = walk.page
  await walk.signIn('clerk')
  await walk.go(`${link}/edit`)
  await walk.field('phone').fill('+7 000 222-33-44')
  await walk.press('Сохранить')
  await walk.isAt(/base\.organization\/\w+$/)

  walk.page = second
  const site = `https://s${walk.mark}.example`
  await walk.field('phone').fill('+7 000 555-66-77')
  await walk.field('site').fill(site)
  await walk.press('Сохранить')
  const conflict = walk.page.locator('.conflict')
  await conflict.waitFor()
  const text = await conflict.innerText()
  for (const words of ['Нина Петрова', '+7 000 222-33-44', '+7 000 555-66-77'])
    walk.must(text.includes(words), `the conflict does not show "${words}": ${text}`)
  walk.must(await walk.field('site').inputValue() === site, 'what the second typed is lost')
  await walk.fits()

  await walk.press('Сохранить')
  await walk.isAt(/base\.organization\/\w+$/)
  await walk.sees(site)
  await walk.sees('+7 000 555-66-77')
}
