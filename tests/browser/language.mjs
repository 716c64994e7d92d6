import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'another language shows the same page, and stays'
export const ways = EVERY_WAY

export default async walk => {
  const page = await walk.open('/demo/registers/housing.house?q=%D0%BC%D0%B8%D1%80%D0%B0')
  const language = () => page.locator('html').getAttribute('lang')
  const rows = () => page.locator('[data-row]').allInnerTexts()
  const before = (await rows()).join()
  walk.must(await language() === 'ru' && before.length > 0, 'the list is not there in Russian')
  for (const [code, word] of [['ky', 'Үйлөр'], ['en', 'Houses'], ['ru', 'Дома']]) {
    await page.locator(`.tools a[hreflang="${code}"]`).click()
    await walk.isAt(/housing\.house\?.*q=/)
    await page.locator(`html[lang="${code}"]`).waitFor()
    await walk.sees(word)
    walk.must((await rows()).join() === before, `other rows in ${code}`)
    await walk.fits()
    await walk.go('/demo/registers/')
    walk.must(await language() === code, `the next page is not in ${code}`)
    await page.goBack()
  }
}
