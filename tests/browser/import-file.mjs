import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a file with mistakes is checked, mended, imported and undone as a whole'
export const ways = EVERY_WAY

const HEADER = 'Номер паспорта;Адрес;Год постройки;Общая площадь;Адрес есть в ГАР'

const cp1251 = text => Buffer.from([...text].map(c => {
  const code = c.codePointAt(0)
  if (code < 0x80) return code
  return { 'ё': 0xb8, 'Ё': 0xa8 }[c] ?? code - 0x350
}))

async function upload(walk, rows) {
  const file = { name: `дома-${walk.mark}.csv`, mimeType: 'text/csv', buffer: cp1251([HEADER, ...rows, ''].join('\r\n')) }
  await walk.field('file').setInputFiles(file)
  await walk.press('Загрузить и посмотреть')
  await walk.sees('Что в каком столбце')
  const chosen = await walk.page.locator('main select').evaluateAll(all => all.map(s => s.value))
  for (const field of ['code', 'address_text', 'year_built', 'area_total', 'address_in_gar'])
    walk.must(chosen.includes(field), `no column was recognised as ${field}: ${chosen}`)
  await walk.fits()
  await walk.press('Проверить, не сохраняя')
}

/* With scripts the page follows the work by itself; without them one asks again. */
async function done(walk, words) {
  const end = Date.now() + 30_000
  while (await walk.page.getByText(words).count() === 0) {
    walk.must(Date.now() < end, `"${words}" has not come`)
    if (!walk.way.scripts) await walk.page.reload()
    await walk.page.waitForTimeout(200)
  }
}

/* Pages say a count as a term and its value. */
const counts = walk => walk.page.locator('dl.counts > div').evaluateAll(all =>
  Object.fromEntries(all.map(div => [div.querySelector('dt').textContent, div.querySelector('dd').textContent.replace(/\s/g, '')])))

async function found(walk) {
  await walk.go(`/demo/registers/housing.house?q=${walk.mark}`)
  return walk.page.locator('main [data-row]').count()
}

export default async walk => {
  walk.expect(404)
  const row = (no, year, area, gar) => `T${walk.mark}-${no};г. Зареченск, ул. Пробная ${walk.mark}, д. ${no};${year};${area};${gar}`
  const page = await walk.signIn('clerk')
  await walk.go('/demo/registers/housing.house')
  await walk.press('Загрузить файл')
  await upload(walk, [row(1, '1971', '1 234,5', 'да'), row(2, 'давно', '900', 'нет'), row(3, '1980', 'много', 'да')])
  await done(walk, 'Строки с ошибками')
  const checked = await counts(walk)
  walk.must(checked['строк в файле'] === '3' && checked['с ошибками'] === '2', `the check counts ${JSON.stringify(checked)}`)
  await walk.sees('давно')
  await walk.sees('много')
  await walk.fits()
  walk.must(await found(walk) === 0, 'a check has written something')

  await page.goBack()
  await walk.press('Другой файл')
  await upload(walk, [row(1, '1971', '1 234,5', 'да'), row(2, '1965', '900', 'нет'), row(3, '1980', '800,25', 'да')])
  await done(walk, 'Ошибок нет.')
  await walk.press('Загрузить 3 строки')
  await done(walk, 'Отменить всю загрузку')
  const address = page.url()
  const written = await counts(walk)
  walk.must(written['новых записей'] === '3', `the import counts ${JSON.stringify(written)}`)
  await walk.fits()
  walk.must(await found(walk) === 3, 'the houses are not in the register')
  await page.locator('main [data-row]').first().click()
  await walk.press('Изменить')
  await walk.field('note').fill('изменён после загрузки')
  await page.locator('main form[data-keep] .actions button').click()
  await walk.sees('изменён после загрузки')

  await page.goto(address)
  await walk.press('Отменить всю загрузку')
  await walk.press('Отменить загрузку')
  await done(walk, 'Оставлены как есть: изменены после загрузки')
  await walk.fits()
  walk.must(await found(walk) === 1, 'the undo has not left exactly the house that was changed since')
}
