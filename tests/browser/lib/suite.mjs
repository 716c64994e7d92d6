// Runs the cases of this folder, or those called NAME, and reports as tests/README.md tells.
//
// A case is a file NAME.mjs with
//   export const title = 'A clerk finds a house'       what holds
//   export const ways = EVERY_WAY                      in which browsers it is tried
//   export const limit_ms = 200_000                    if it needs longer than others
//   export default async walk => { … }                 throws when it does not hold
import { mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { serve } from './server.mjs'
import { Walk } from './walk.mjs'

const HERE = join(dirname(fileURLToPath(import.meta.url)), '..')
const SHOTS = process.env.UPRAVA_SHOTS ?? join(HERE, 'shots')
const AT_ONCE = 2
const LIMIT_MS = 120_000
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync']

const wanted = process.argv[2]
const names = readdirSync(HERE).filter(name => name.endsWith('.mjs')).map(name => basename(name, '.mjs'))
  .filter(name => !wanted || wanted === name).sort()
if (names.length === 0) {
  console.log(`not ok - no case is called ${wanted}`)
  process.exit(1)
}

const server = await serve()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: FLAGS })
let failed = 0

function report(ok, sentence, why) {
  if (!ok) failed++
  console.log(`${ok ? 'ok' : 'not ok'} - ${sentence}`)
  if (why) console.log(why.replace(/^/gm, '    '))
}

function limited(promise, limit_ms = LIMIT_MS) {
  let timer
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`took more than ${limit_ms / 1000} s`)), limit_ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

async function attempt(name, test, way) {
  const walk = new Walk(browser, server, way)
  const began = Date.now()
  try {
    await limited(test.default(walk), test.limit_ms)
    walk.must(walk.complaints.length === 0, `the browser complained:\n${walk.complaints.join('\n')}`)
    report(true, `${name}: ${test.title} (${way.name}, ${((Date.now() - began) / 1000).toFixed(1)} s)`)
  } catch (error) {
    mkdirSync(SHOTS, { recursive: true })
    const shot = join(SHOTS, `${name}-${way.name.replace(/\W+/g, '-')}.png`)
    await walk.page?.screenshot({ path: shot, fullPage: true }).catch(() => {})
    report(false, `${name}: ${test.title} (${way.name})`, `at ${walk.page?.url()}\n${error.stack}\n${shot}`)
  } finally {
    await walk.close()
  }
}

const attempts = []
for (const name of names) {
  const test = await import(join(HERE, name + '.mjs'))
  for (const way of test.ways) attempts.push(() => attempt(name, test, way))
}
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  while (attempts.length > 0) await attempts.shift()()
}))
await browser.close()

const status = await server.stop()
report(status === 0, 'the server ends as it should', status === 0 ? '' : `status ${status}\n${server.log()}`)
process.exit(failed ? 1 : 0)
