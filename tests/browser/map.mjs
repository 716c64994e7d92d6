import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'the map shows houses in clusters that open, and the same as a table'
export const ways = EVERY_WAY

export default async walk => {
  const page = await walk.open('/demo/registers/housing.house/map')
  await walk.sees('То же в таблице')
  const table = page.locator('main table')
  walk.must(await table.locator('tbody tr').count() > 1, 'the table is empty')
  const places = await table.locator('tbody a').allInnerTexts()
  walk.must(places.every(place => /, д\.[ \u00a0]\d/.test(place)), `not named as people do: ${places}`)
  await walk.fits()
  if (walk.way.scripts) {
    const cluster = page.locator('.cluster').first()
    await cluster.waitFor()
    const total = async () => (await page.locator('.cluster').allInnerTexts())
      .reduce((sum, text) => sum + Number(text.replace(/\s/g, '')), 0)
    const before = await total()
    walk.must(before > 500, `the clusters hold ${before} houses only`)
    await cluster.focus()
    await page.keyboard.press('Enter')
    for (let tries = 0; await total() >= before; tries++) {
      walk.must(tries < 50, 'a cluster does not open')
      await page.waitForTimeout(100)
    }
  }
  await table.locator('a').first().click()
  await page.waitForURL(url => !/\/map$/.test(url.pathname) || url.search !== '')
}
