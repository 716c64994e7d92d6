// What a page costs at the first visit: all that comes over the wire, with nothing kept from before.
//
// As a program: node weigh.mjs BASE TOKEN PATH… prints bytes and path of each.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

/* The bytes of each part, by its name, once everything there was to fetch has come. */
export async function weigh(context, page, url) {
  const wire = await context.newCDPSession(page)
  const parts = {}
  const urls = {}
  await wire.send('Network.enable')
  wire.on('Network.responseReceived', e => { urls[e.requestId] = e.response.url })
  wire.on('Network.loadingFinished', e => { parts[new URL(urls[e.requestId]).pathname.split('/').pop()] = e.encodedDataLength })
  const answer = await page.goto(url)
  await page.waitForLoadState('networkidle')
  return { status: answer.status(), parts }
}

async function main([base, token, ...paths]) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
  for (const path of paths) {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 }, locale: 'ru-RU', extraHTTPHeaders: { Authorization: `Bearer ${token}` },
    })
    const { status, parts } = await weigh(context, await context.newPage(), base + path)
    if (status !== 200) throw new Error(`${path} is answered ${status}`)
    console.log(Object.values(parts).reduce((a, b) => a + b, 0), path)
    await context.close()
  }
  await browser.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
