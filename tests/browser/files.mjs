import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a file is attached to a house, opened, removed, and stays in the history'
export const ways = EVERY_WAY

export default async walk => {
  const page = await walk.signIn('clerk')
  await walk.go('/demo/registers/housing.house')
  const house = await page.locator('[data-row]').nth(5 + walk.way.no).getAttribute('href')
  const name = `акт-${walk.mark}.txt`
  const text = `Дом осмотрен ${walk.mark}`
  const attach = async (file, words) => {
    await page.locator('main input[type=file]').setInputFiles({ name: file, mimeType: 'text/plain', buffer: Buffer.from(words) })
    await walk.press('Прикрепить файл')
  }

  await walk.go(house)
  await attach('страница.txt', '<html>')
  await walk.sees('Такие файлы не принимаются')
  await attach(name, text)
  await walk.sees('Файл добавлен.')
  const link = page.locator('main .files').getByRole('link', { name, exact: true })
  await walk.fits()

  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  walk.must(file.suggestedFilename() === name, `the file is called ${file.suggestedFilename()}`)
  const chunks = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk)
  walk.must(Buffer.concat(chunks).toString() === text, 'the file is not what it was')

  await page.locator('main li').filter({ hasText: name }).getByRole('link', { name: /^Убрать/ }).click()
  await walk.sees('Убрать этот файл?')
  await walk.sees(name)
  await walk.fits()
  await walk.press('Убрать')
  await walk.sees('Файл убран.')
  walk.must(await link.count() === 0, 'the file is still on the card')

  await walk.press('Все версии и состояние на дату')
  await walk.isAt(/\/history$/)
  await walk.sees(`Файл убран: ${name}`)
  await walk.sees(`Приложен файл: ${name}`)
  walk.must((await page.locator('.timeline li').first().innerText()).includes('Нина Петрова'), 'who removed it is not named')
  await walk.fits()
}
