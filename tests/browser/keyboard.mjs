import { DESK_WAY } from './lib/walk.mjs'

export const title = 'a clerk needs no mouse: / searches, j and k move, ? lists the keys'
export const ways = [DESK_WAY]

export default async walk => {
  const page = await walk.signIn('clerk')
  await walk.go('/demo/registers/housing.house')
  const focused = () => page.evaluate('document.activeElement.closest("[data-row]")?.getAttribute("href") ?? document.activeElement.name')
  const rows = await page.locator('[data-row]').evaluateAll(all => all.map(a => a.getAttribute('href')))
  const presses = async (key, expected, what) => {
    await page.keyboard.press(key)
    walk.must(await focused() === expected, `${key} does not ${what}, but goes to ${await focused()}`)
  }
  await presses('j', rows[0], 'go to the first row')
  await presses('j', rows[1], 'go down')
  await presses('k', rows[0], 'go up')
  await presses('/', 'q', 'go to the search')
  await page.keyboard.type('j')
  walk.must(await page.locator('#q').inputValue() === 'j', 'letters in a field are taken for keys')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  const dialog = page.locator('dialog[open]')
  await dialog.waitFor()
  walk.must((await dialog.innerText()).includes('j'), 'the list of keys does not name j')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  /* Escape has emptied the search, so the list comes back; a row that has the focus keeps it. */
  await page.locator(`[data-row][href="${rows[0]}"]`).waitFor()
  await presses('j', rows[0], 'go to the first row again')
  await page.keyboard.press('Enter')
  await walk.isAt(/housing\.house\/\w+$/)

  await page.reload()
  await page.keyboard.press('Tab')
  walk.must(await page.evaluate('document.activeElement.className') === 'skip', 'the first Tab is not "skip to content"')
}
