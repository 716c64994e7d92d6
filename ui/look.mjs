// A design tool: serves the rendered pages with the product's strict policy, takes screenshots
// of them and runs axe. node look.mjs OUT [--shots=DIR] [--only=REGEX] [--langs=ru,ky] [--axe]
import { createServer } from 'node:http'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'

const [out, ...flags] = process.argv.slice(2)
const flag = name => flags.find(f => f.startsWith('--' + name))?.split('=')[1]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.woff2': 'font/woff2', '.json': 'application/json' }
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const server = createServer((request, response) => {
  const path = join(out, decodeURIComponent(request.url.split('?')[0]))
  if (!existsSync(path) || !extname(path)) return response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY })
  response.end(readFileSync(path))
}).listen(0)
const base = `http://127.0.0.1:${server.address().port}`

const SIZES = (flag('sizes') ?? '360x740,1366x768,1920x1080').split(',').map(s => s.split('x').map(Number))
const schemes = (flag('schemes') ?? 'light,dark').split(',')
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})
let findings = 0
const complain = (file, text) => { findings++; console.log(`${file}: ${text}`) }

async function look(page, file, name) {
  await page.goto(`${base}/${file}`)
  await page.evaluate(() => document.fonts.ready)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (wide > 0) complain(file, `${name}: ${wide} px wider than the window`)
  if (flag('shots')) await page.screenshot({ path: join(flag('shots'), `${file.replace(/[/]/g, '-').replace('.html', '')}-${name}.png`), fullPage: !flags.includes('--fold') })
  if (!flags.includes('--axe')) return
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  for (const v of violations)
    complain(file, `${name}: ${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '')).join('\n    ')}`)
}

if (flag('shots')) mkdirSync(flag('shots'), { recursive: true })
for (const scheme of schemes)
  for (const [width, height] of SIZES) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, bypassCSP: flags.includes('--axe'), isMobile: width < 500, hasTouch: width < 500 })
    const page = await context.newPage()
    page.on('console', m => m.type() === 'error' && !m.text().includes('404') && complain(page.url(), m.text()))
    page.on('pageerror', e => complain(page.url(), e.message))
    for (const lang of (flag('langs') ?? 'ru').split(','))
      for (const file of readdirSync(join(out, lang)).sort())
        if (new RegExp(flag('only') ?? '.').test(file)) await look(page, `${lang}/${file}`, `${width}-${scheme}`)
    await context.close()
  }
await browser.close()
server.close()
console.log(`${findings} findings`)
process.exit(findings ? 1 : 0)
