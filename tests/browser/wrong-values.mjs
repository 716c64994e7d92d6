import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'wrong values come back as they were typed, each with its message'
export const ways = EVERY_WAY

export default async walk => {
  const page = await walk.signIn('clerk')
  walk.expect(422)
  await walk.go('/demo/registers/housing.house/new')
  const typed = {
    code: '', address_text: `ул. Новая, д. ${walk.mark}`, year_built: 'давно', area_total: '12,3,4',
    note: 'не потеряйте <это> & "то"', cadastral_number: '1-2-3',
  }
  for (const [name, text] of Object.entries(typed)) await walk.field(name).fill(text)
  await walk.field('condition').selectOption({ index: 1 })
  await page.locator('main form[data-keep] .actions button').click()

  const summary = page.locator('#errors')
  await summary.waitFor()
  for (const [name, text] of Object.entries(typed))
    walk.must(await walk.field(name).inputValue() === text, `${name} has not come back as it was typed`)
  for (const name of ['code', 'year_built', 'area_total', 'cadastral_number']) {
    walk.must(await walk.field(name).getAttribute('aria-invalid') === 'true', `${name} is not marked as wrong`)
    walk.must(await page.locator(`#f-${name}-error`).isVisible(), `there is no message at ${name}`)
    walk.must(await summary.locator(`a[href="#f-${name}"]`).count() === 1, `the summary does not lead to ${name}`)
  }
  walk.must(await walk.field('note').getAttribute('aria-invalid') === null, 'a right field is marked as wrong')
  await walk.fits()

  await walk.field('code').fill(`N${walk.mark}`)
  await walk.field('year_built').fill('1999')
  await walk.field('area_total').fill('1 234,5')
  await walk.field('cadastral_number').fill('00:50:0400012:318')
  await page.locator('main form[data-keep] .actions button').click()
  await walk.isAt(/\/housing\.house\/\w+$/)
  await walk.sees(typed.note)
  await walk.sees(/1\s234,5/)
}
