import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'the version for weak sight is larger, has other colours and goes away again'
export const ways = EVERY_WAY

export default async walk => {
  const page = await walk.open('/demo/registers/')
  const size = () => page.evaluate('parseFloat(getComputedStyle(document.querySelector("main p, main span")).fontSize)')
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  const usual = [await size(), await ground()]
  await walk.press('Для слабовидящих')
  await walk.isAt(/\/vision/)
  await page.locator('main [name="size"][value="largest"]').check()
  await page.locator('main [name="colours"][value="dark"]').check()
  await page.locator('main button[name="on"]').click()
  await page.locator('html.v-largest.v-dark').waitFor()
  await walk.go('/demo/registers/')
  const large = [await size(), await ground()]
  walk.must(large[0] >= usual[0] * 1.4, `letters grow from ${usual[0]} to ${large[0]} px only`)
  walk.must(large[1] !== usual[1], 'the colours are the same')
  await walk.fits()
  await walk.press('Обычная версия сайта')
  await page.locator('html:not(.v-largest)').waitFor()
  walk.must(await size() === usual[0], 'the usual version does not come back')
}
