import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a guest and a resident see public registers only, and change nothing'
export const ways = EVERY_WAY

async function seesPublicOnly(walk) {
  await walk.go('/demo/registers/')
  const titles = await walk.page.locator('main a').allInnerTexts()
  walk.must(titles.some(t => t.includes('Дома')), 'the public register of houses is not there')
  for (const secret of ['Жители', 'Физические лица', 'Люди', 'Квартиры'])
    walk.must(!titles.some(t => t.includes(secret)), `"${secret}" can be seen`)
  for (const path of ['/demo/registers/base.person', '/demo/api/v1/registers/base.person/records']) {
    const answer = await walk.page.request.get(walk.base + path, { maxRedirects: 0 })
    walk.must([303, 401, 403, 404].includes(answer.status()), `${path}: ${answer.status()}`)
  }
  await walk.go('/demo/registers/housing.house')
  walk.must(await walk.page.locator('main a[href$="/new"]').count() === 0, 'records can be added')
  await walk.page.locator('main a[data-row]').first().click()
  await walk.isAt(/housing\.house\/\w+$/)
  await walk.lacks('Изменить')
  await walk.lacks('Нина Петрова')
  await walk.fits()
}

export default async walk => {
  walk.expect(403, 404)
  await walk.open()
  await seesPublicOnly(walk)
  await walk.go('/demo/registers/housing.house/new')
  await walk.isAt(/\/sign-in/)
  await walk.signIn('resident')
  await seesPublicOnly(walk)
}
