import { apply, asking } from './lib/meeting.mjs'
import { EVERY_WAY } from './lib/walk.mjs'

export const title = 'a housing commission meets: the secretary calls it, a member votes on their own page, the family sees what was decided'
export const ways = EVERY_WAY
export const limit_ms = 240_000

export default async walk => {
  walk.expect(422)
  const family = `Садыкова ${walk.mark}`, other = `Осмонов ${walk.mark}`
  const clerk = asking(walk.server, 'clerk'), office = asking(walk.server, 'data')
  const granted = await apply(clerk, office, family)
  const refused = await apply(clerk, office, other)
  const secretary = await walk.signIn('clerk')

  await walk.go('/demo/work/')
  await walk.press('Комиссии')
  await walk.fits()
  await walk.press('Жилищная комиссия')
  await walk.sees('Вопросы, которые ждут')
  await walk.sees(family)
  await walk.fits()
  await walk.press('Новое заседание')
  await walk.press('Созвать заседание')
  if (!walk.way.scripts) await walk.sees('Запишите день как 09.03.2026')
  await walk.field('day').fill('12.03.2099')
  await walk.field('time').fill('14:00')
  await walk.field('place').fill('Зал администрации')
  /* Others' questions are for other meetings. */
  for (const box of await walk.page.locator('main input[name=question]').all()) {
    const label = await box.locator('xpath=..').textContent()
    await box.setChecked(label.includes(walk.mark))
  }
  await walk.fits()
  await walk.press('Созвать заседание')
  await walk.sees('Заседание созвано')
  await walk.fits()
  const meeting = new URL(walk.page.url()).pathname

  /* Who is there is noted before anybody votes. */
  await walk.page.getByLabel('Ирина Соколова', { exact: true }).check()
  await walk.page.getByLabel('Бакыт Осмонов', { exact: true }).check()
  await walk.page.getByLabel('Галина Сотникова', { exact: true }).check()
  await walk.press('Отметить, кто пришёл')
  await walk.sees('Присутствие отмечено.')

  /* A member votes on their own page, from the message they got. */
  const member = await walk.signIn('inspector')
  await walk.go('/demo/my/notices')
  await walk.sees('Заседание комиссии')
  await walk.go(meeting)
  await walk.sees('ждём вашего голоса')
  await walk.fits()
  for (const how of ['за', 'против']) {
    const name = how === 'за' ? family : other
    await walk.page.locator('main a', { hasText: name }).first().click()
    await walk.sees('Как вы голосуете?')
    await walk.fits()
    await walk.page.getByLabel(how, { exact: true }).first().check()
    await walk.press('Проголосовать')
    await walk.sees('Ваш голос учтён.')
    await walk.go(meeting)
  }

  /* The secretary notes how the others vote; the refusal needs its ground. */
  walk.page = secretary
  for (const [name, how] of [[family, 'for'], [other, 'against']]) {
    await walk.go(meeting)
    await walk.page.locator('main a', { hasText: name }).first().click()
    await walk.fits()
    for (const select of await walk.page.locator('main select[name^="vote-"]').all())
      if (await select.inputValue() === '') await select.selectOption(how)
    await walk.press('Сохранить и продолжить')
    await walk.sees('Записано.')
  }
  await walk.go(meeting)
  await walk.sees('для отказа нужна причина')
  await walk.press('Закрыть заседание')
  await walk.sees('для отказа нужна причина')
  await walk.page.locator('main a', { hasText: other }).first().click()
  await walk.field('ground').selectOption('enough_area')
  await walk.press('Сохранить и продолжить')
  await walk.go(meeting)
  await walk.press('Закрыть заседание')
  await walk.sees('Заседание закрыто, решения переданы в дела.')
  await walk.sees('решено: да')
  await walk.sees('решено: отказать')
  await walk.fits()

  for (const [id, words] of [[granted, 'Комиссия решила положительно'], [refused, 'Комиссия решила отказать']]) {
    await walk.go(`/demo/cases/${id}`)
    await walk.sees(words)
    await walk.sees('Комиссия рассмотрит дело: 12.03.2099')
  }
  walk.page = member
  await walk.go(meeting)
  await walk.lacks('ждём вашего голоса')
}
