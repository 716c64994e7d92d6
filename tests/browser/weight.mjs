import { DESK_WAY } from './lib/walk.mjs'
import { weigh } from './lib/weigh.mjs'

export const title = 'a page of text and forms is under 60 kB in all at the first visit'
export const ways = [{ ...DESK_WAY, name: 'ru', language: 'ru' }, { ...DESK_WAY, no: 1, name: 'ky', language: 'ky' }]

const LIMIT = 60_000
const GUEST = ['/', '/sign-in', '/search?q=%D0%BB%D0%B5%D0%BD%D0%B8%D0%BD%D0%B0+5', '/registers/', '/registers/housing.house']
const CLERK = ['/registers/housing.house', '{house}', '{house}/edit', '{house}/history', '/account']

async function weighAll(walk, state, who, paths, heavy) {
  for (const path of paths) {
    const context = await walk.context({ storageState: state, locale: `${walk.way.language}-KG` })
    walk.page = await context.newPage()
    const { parts } = await weigh(context, walk.page, walk.base + '/demo' + path)
    await context.close()
    const total = Object.values(parts).reduce((a, b) => a + b, 0)
    console.log(`  ${walk.way.name}, ${who}: ${(total / 1000).toFixed(1)} kB ${path}`)
    if (total > LIMIT) heavy.push(`${path}: ${total} bytes: ${JSON.stringify(parts)}`)
  }
}

export default async walk => {
  const heavy = []
  await walk.open(`/demo/?lang=${walk.way.language}`)
  await weighAll(walk, await walk.page.context().storageState(), 'guest', GUEST, heavy)
  await walk.signIn('clerk')
  await walk.go('/demo/registers/housing.house')
  const house = await walk.page.locator('[data-row]').first().getAttribute('href')
  await walk.go(`/demo/?lang=${walk.way.language}`)
  await weighAll(walk, await walk.page.context().storageState(), 'clerk',
    CLERK.map(path => path.replace('{house}', house.replace('/demo', ''))), heavy)
  walk.must(heavy.length === 0, heavy.join('\n'))
}
