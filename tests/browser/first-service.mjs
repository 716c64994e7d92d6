import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DESK_WAY, PHONE_WAY } from './lib/walk.mjs'

export const title = 'the tutorial of a first service can be followed word by word'
const PASSWORD = 'yarmarka-medovaya-1'
export const ways = [
  { ...DESK_WAY, name: 'English', file: 'your-first-service-in-an-hour', locale: 'en-US', town: 'fair-en' },
  { ...PHONE_WAY, name: 'Russian', file: 'pervaya-usluga-za-chas', locale: 'ru-RU', town: 'fair-ru' },
]

/* The lines to be typed, as they stand, but for the folder and the name in addresses. */
function commands(text, town, data) {
  return [...text.matchAll(/^ {4}build\/uprava ((?:tenant|user|pack) .*)$/gm)].map(m =>
    [...m[1].matchAll(/"([^"]*)"|(\S+)/g)].map(w => w[1] ?? w[2])
      .map((word, at, words) => words[at - 1] === '--data' ? data : word === 'sosnovka' ? town : word.replace(/^sosnovka\//, `${data}/${town}/`)))
}

export default async walk => {
  const { town, file, locale } = walk.way
  const text = readFileSync(new URL(`../../docs/tutorial/${file}.md`, import.meta.url), 'utf8')
  const files = [...text.matchAll(/^`([A-Za-z_]+[/.][^`]*)`:\n\n```\w+\n([^]*?)^```/gm)]
  walk.must(files.length === 12, `the page shows ${files.length} files`)
  /* Walks go at once: each writes and checks its own; the first to be ready puts it where the server looks. */
  const own = join(walk.server.data, town, 'packs/fair'), common = join(walk.server.data, 'packs/fair')
  for (const [, name, body] of files) {
    mkdirSync(dirname(join(own, name)), { recursive: true })
    writeFileSync(join(own, name), body)
  }
  const give = () => {
    mkdirSync(dirname(common), { recursive: true })
    try { renameSync(own, common) } catch (error) { if (error.code !== 'ENOTEMPTY') throw error }
  }
  const run = words => execFileSync(walk.server.program, words, { input: `${PASSWORD}\n`, encoding: 'utf8' })
  const lines = commands(text, town, walk.server.data)
  for (const words of lines) {
    if (words[1] === 'install') give()
    const said = run(words)
    if (words[1] === 'check') walk.must(/nothing to mend/.test(said), said)
    if (words[1] === 'test') walk.must(/^2 passed, 0 failed$/m.test(said), said)
  }

  /* The words in bold, in their order, are what is pressed and looked for. */
  const bold = [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(m => m[1].replace(/\s+/g, ' '))
  const next = () => bold.shift()
  let page = await walk.open(`/${town}/`, { locale })
  const signIn = async login => {
    await page.locator('[name=login]').fill(login)
    await page.locator('[name=password]').fill(PASSWORD)
    await page.locator('main form button').click()
  }
  const comeAs = async login => {
    page = await walk.open(`/${town}/sign-in?lang=${locale.slice(0, 2)}`, { locale })
    await signIn(login)
  }

  /* Cards and rows are links with more words in them. */
  const follow = words => page.locator('main a').filter({ hasText: words }).first().click()

  if (locale === 'en-US') walk.must(next() === 'English', 'the first word in bold is not the language')
  await walk.press(next())
  await signIn('boris')
  await walk.press(next())
  await follow(next())
  await walk.press(next())
  await walk.field('goods').selectOption('honey')
  await walk.field('metres').fill('3')
  await page.locator('main form[data-keep] .actions button').first().click()
  walk.must(await walk.field('applicant_name').inputValue() === 'Борис Лугин', 'the name does not stand there')
  await page.locator('main form[data-keep] .actions button').first().click()
  await walk.press(next())
  await walk.isAt(/\/receipt$/)
  walk.must(/\d/.test(await page.locator('main h1').innerText()), 'the receipt has no number')

  next()
  await comeAs('anna')
  await walk.press(next())
  await page.locator('main [data-row]').first().click()
  await page.getByLabel(next(), { exact: true }).check()
  await walk.press(next())

  await comeAs('boris')
  await walk.press(next())
  await walk.sees('Место на ярмарке')

  await comeAs('vera')
  await walk.press(next())
  await follow(next())
  await follow(next())
  await page.locator('input[value="100 * metres"]').fill('150 * metres')
  await walk.press(next())
  const tryIt = next()
  const tryOn = async kind => {
    await walk.go(`/${town}/workshop/fair`)
    await walk.press(tryIt)
    await page.locator(`main .notice.${kind}`).waitFor({ timeout: 60_000 })
  }
  await tryOn('bad')
  await follow('place.case')
  const cases = page.locator('main textarea').first()
  await cases.fill((await cases.inputValue()).replace('300', '450'))
  await page.locator('main form button').first().click()
  await tryOn('ok')
  await walk.field('note').fill('150')
  await walk.press(next())
  await page.getByRole('heading', { name: next(), exact: true }).waitFor()
  walk.must(bold.length === 0, `nobody looked at ${bold}`)
}
