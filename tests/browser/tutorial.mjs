import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { DESK_WAY } from './lib/walk.mjs'

export const title = 'the tutorial can be followed word by word'
const PASSWORD = 'lesnaya-rechnaya-1'
export const ways = [
  { ...DESK_WAY, name: 'English', file: 'a-towns-register-in-ten-minutes', locale: 'en-US', town: 'sosnovka-en' },
  { ...DESK_WAY, name: 'Russian', file: 'reestr-goroda-za-desyat-minut', locale: 'ru-RU', town: 'sosnovka-ru' },
]

/* The commands of the program, as they stand, but for the folder and the name in addresses. */
function run(walk, line) {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2]).slice(1)
  const at = words.indexOf('--data')
  words[at + 1] = walk.server.data
  const named = words.map(word => word === 'sosnovka' ? walk.way.town : word)
  return execFileSync(walk.server.program, named, { input: `${PASSWORD}\n`, encoding: 'utf8' })
}

export default async walk => {
  const { town, file, locale } = walk.way
  const text = readFileSync(new URL(`../../docs/tutorial/${file}.md`, import.meta.url), 'utf8')
  /* The words in bold, in their order, are what is pressed and looked for. */
  const bold = [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(m => m[1].replace(/\s+/g, ' '))
  const next = () => bold.shift()
  const [make, account] = [/^ {4}build\/uprava tenant create .*/m, /^ {4}build\/uprava user create .*/m].map(p => text.match(p)[0].trim())
  const table = text.match(/<<'END'\n([^]*?) {4}END/)[1].replace(/^ {4}/gm, '')
  const upload = async words => {
    await walk.field('file').setInputFiles({ name: 'houses.csv', mimeType: 'text/csv', buffer: Buffer.from(words) })
    await walk.press(uploading)
  }

  run(walk, make)
  run(walk, account)
  const page = await walk.open(`/${town}/`, { locale })
  if (locale === 'en-US') walk.must(next() === 'English', 'the first word in bold is not the language')
  await walk.press(next())
  await page.locator('[name=login]').fill('anna')
  await page.locator('[name=password]').fill(PASSWORD)
  await page.locator('main form button').click()
  await walk.press(next())
  await walk.press(next())
  await walk.press(next())
  const uploading = next()
  await upload(table)
  const check = next()
  await walk.press(check)
  await page.getByText('давно').first().waitFor({ timeout: 30_000 })
  const rows = await page.locator('dl.counts dd').allInnerTexts()
  walk.must(rows[0] === '3' && rows[1] === '2' && rows.at(-1) === '1', `the check counts ${rows}`)
  await walk.press(next())
  await upload(table.replace('давно', '1961'))
  await walk.press(check)
  const start = next()
  await page.getByRole('button', { name: start }).click({ timeout: 30_000 })
  await page.getByRole('link', { name: bold[0], exact: true }).click({ timeout: 30_000 })
  next()
  walk.must(await page.locator('[data-row]').count() === 3, 'the register does not hold three houses')

  await page.getByLabel(next(), { exact: true }).fill('речная 2а')
  await page.keyboard.press('Enter')
  await page.locator('[data-row]').nth(1).waitFor({ state: 'detached' })
  await page.locator('[data-row]').click()
  await walk.press(next())
  if (locale === 'en-US') walk.must((await page.locator('label[for=f-note]').innerText()).includes(next()), 'the field has another name')
  await walk.field('note').fill('осмотрен')
  await page.locator('main form[data-keep] .actions button').click()
  await walk.press(next())
  await walk.sees('Анна Ильина')
  await walk.press(next())
  await walk.open(`/${town}/sign-in?lang=${locale.slice(0, 2)}`, { locale })
  await walk.page.locator('[name=login]').fill('anna')
  await walk.page.locator('[name=password]').fill(PASSWORD)
  await walk.page.locator('main form button').click()
  await walk.press(next())
  await walk.page.locator('main [data-row]').first().click()
  await walk.press(next())
  await walk.page.locator('button.danger').click()
  await walk.page.locator('main ul.plain-list a').first().waitFor({ timeout: 30_000 })
  walk.must((await walk.page.locator('main ul.plain-list').innerText()).includes('Речная'), 'the changed house is not named')
  const answer = await walk.page.request.get(`${walk.base}/${town}/api/v1/registers/housing.house/records`)
  walk.must((await answer.json()).records.length === 1, 'the undo did not leave one house')
  walk.must(/entries hold/.test(run(walk, text.match(/^ {4}build\/uprava verify .*/m)[0].trim())), 'the journal does not hold')
}
