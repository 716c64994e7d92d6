// A server of our own: the demo town in a temporary folder, on a port the system chooses.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const TOP = resolve(fileURLToPath(import.meta.url), '../../../..')
const START_MS = 90_000

function assets() {
  const found = [process.env.UPRAVA_ASSETS, join(TOP, 'build/assets'), join(TOP, 'build-san/assets')]
    .find(path => path && existsSync(join(path, 'manifest.json')))
  if (!found) throw new Error("the pages' files are not built: script/assets")
  return found
}

/* {base, program, data, log(), stop()}; stop() says the exit status. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'uprava-browser-'))
  const share = join(folder, 'share')
  mkdirSync(share)
  for (const name of ['ui', 'packs']) symlinkSync(join(TOP, name), join(share, name))
  symlinkSync(assets(), join(share, 'assets'))

  const program = process.env.UPRAVA || join(TOP, 'build-san/uprava')
  const args = ['serve', '--demo', '--port', '0', '--proxy', '127.0.0.1', '--requests-per-minute', '0']
  const child = spawn(program, [...args, '--data', join(folder, 'data'), '--share', share],
    { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = '', log = ''
  const ended = new Promise(done => child.on('close', (status, signal) => done(status ?? signal)))
  child.stderr.on('data', bytes => { log = (log + bytes).slice(-200_000) })
  const base = await new Promise((done, fail) => {
    setTimeout(() => fail(new Error('the server did not start in time')), START_MS).unref()
    ended.then(status => fail(new Error(`the server ended with ${status}: ${log}`)))
    child.stdout.on('data', bytes => {
      out += bytes
      const address = out.match(/listens on (http:\S+)/)
      if (address) done(address[1])
    })
  })
  return {
    base,
    program,
    data: join(folder, 'data'),
    log: () => log,
    async stop() {
      child.kill('SIGTERM')
      const status = await ended
      rmSync(folder, { recursive: true, force: true })
      return status
    },
  }
}
