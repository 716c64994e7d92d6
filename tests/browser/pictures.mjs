import { folder, shooter } from './lib/picture.mjs'
import { DESK_WAY, PHONE_WAY } from './lib/walk.mjs'

// Makes the pictures of registers, work and the workshop for the documentation:
// UPRAVA_PICTURES=docs/pictures tests/browser/run pictures
export const title = 'the pictures of the documentation are made'
export const ways = folder ? [DESK_WAY, PHONE_WAY] : []

const HOUSE = 'г. Зареченск, пр\u2011кт Мира, д. 12'

export default async walk => {
  const shot = shooter(walk)
  if (walk.way.no === 1) {
    await walk.open('/demo/')
    return shot('phone-home')
  }
  const page = await walk.signIn('clerk')
  await shot('registers', { path: '/demo/registers/' })
  await shot('list', { path: '/demo/registers/housing.house?q=%D0%BC%D0%B8%D1%80%D0%B0', height: 640 })
  await shot('map', { path: '/demo/registers/housing.house/map' })
  await shot('search', { path: '/demo/search?q=%D0%BC%D0%B8%D1%80%D0%B0+12' })
  await page.locator('main a[href*="/housing.house/"]').getByText(HOUSE, { exact: true }).click()
  await walk.sees('Год постройки')
  await page.getByText('Показать на карте').first().click().catch(() => {})
  await shot('card')
  await walk.press('Изменить')
  await shot('form')
  await walk.field('note').fill('Осмотрен: крыша в порядке')
  await walk.field('floors_max').fill('10')
  await page.locator('main form[data-keep] .actions button').click()
  await walk.sees('Осмотрен')
  await page.locator('main input[type=file]').setInputFiles(
    { name: 'Акт осмотра 12.05.2026.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 ' + 'акт '.repeat(40_000)) })
  await walk.press('Прикрепить файл')
  const remove = page.locator('main .files a[href$="/remove"]').first()
  await remove.scrollIntoViewIfNeeded()
  await shot('files')
  await walk.press('Все версии и состояние на дату')
  await shot('history')
  await walk.go(page.url().replace(walk.base, '').replace(/\/history.*/, ''))
  await walk.press('Начать процесс')
  await page.locator('main a.task', { hasText: 'Осмотр дома по жалобе' }).click()
  await walk.field('complaint').fill('Трещина в стене подъезда')
  await walk.press('Начать процесс')
  await walk.sees('Осмотреть дом')
  await shot('task')
  await shot('work', { path: '/demo/work/' })
  await walk.go('/demo/work/flows/')
  await page.locator('main a[data-row]').first().click()
  await walk.sees('Чего ждёт')
  await shot('flow')
  await walk.go('/demo/registers/housing.house')
  await walk.press('Загрузить файл')
  const text = 'Номер паспорта;Адрес;Год постройки\r\nN-1;г. Зареченск, ул. Новая, д. 1;2024\r\nN-2;г. Зареченск, ул. Новая, д. 2;скоро\r\n'
  await walk.field('file').setInputFiles({ name: 'дома.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await walk.press('Загрузить и посмотреть')
  await shot('import-columns')
  await walk.press('Проверить, не сохраняя')
  await page.getByText('Строки с ошибками').waitFor({ timeout: 30_000 })
  await shot('import-check')
  await walk.signIn('methodologist')
  await shot('workshop', { path: '/demo/workshop/housing/processes/inspection.bpmn' })
  await walk.go('/demo/workshop/housing/processes/inspection.bpmn?as=drawing')
  await walk.page.locator('.drawing.is-ready').waitFor()
  await walk.page.locator('.drawing-canvas [data-element-id="visit"]').first().click()
  await shot('drawing')
}
