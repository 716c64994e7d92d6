// Pictures for the documentation, of the window as it is.
import { join } from 'node:path'

/* Where they go; none are made when nobody says. */
export const folder = process.env.UPRAVA_PICTURES

/* shot(name) keeps what the window shows as NAME.png; from: what stands on top of it; height: less of it. */
export const shooter = walk => async (name, { path, from, height } = {}) => {
  const { page } = walk
  if (path) await walk.go(path)
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready')
  if (from) await page.locator(from).first().evaluate(e => scrollTo({ top: e.getBoundingClientRect().top + scrollY - 12, behavior: 'instant' }))
  await page.waitForTimeout(500)
  await page.evaluate('document.activeElement.blur()')
  const { width, height: all } = page.viewportSize()
  await page.screenshot({ path: join(folder, `${name}.png`), clip: { x: 0, y: 0, width, height: height ?? all } })
}
