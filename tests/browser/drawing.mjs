import { DESK_WAY } from './lib/walk.mjs'

export const title = 'a methodologist changes a term in the drawing, tries it, puts it live; new processes have it, the old one keeps its own'
export const ways = [DESK_WAY]

const FILE = '/demo/workshop/housing/processes/inspection.bpmn'

/* A process is begun by a clerk; what stands beside its first task. */
async function begin(walk, complaint) {
  await walk.signIn('clerk')
  await walk.go('/demo/work/new?process=housing.inspection')
  await walk.field('complaint').fill(complaint)
  await walk.press('Начать процесс')
  await walk.isAt(/work\/tasks\/\w+\/\d+$/)
  return walk.page.url()
}

async function dueOf(walk, task) {
  await walk.page.goto(task)
  const words = await walk.page.locator('main').innerText()
  return words.match(/\d\d\.\d\d\.\d{4}/)?.[0] ?? ''
}

async function choose(walk, element) {
  await walk.page.locator(`.drawing-canvas [data-element-id="${element}"]`).first().click()
  await walk.page.locator('.drawing-id', { hasText: element }).waitFor()
}

async function saved(walk) {
  await walk.page.locator('#drawing-save').click()
  await walk.page.locator('#drawing-status', { hasText: 'Черновик сохранён.' }).waitFor()
}

async function tryAndPutLive(walk, note) {
  await walk.go('/demo/workshop/housing')
  await walk.press('Проверить на случаях')
  await walk.page.getByText('Исправлять нечего, все случаи пройдены.').waitFor({ timeout: 60_000 })
  await walk.field('note').fill(note)
  await walk.press('Ввести черновики в действие')
  await walk.sees('Введено в действие')
  await walk.sees(note)
}

export default async walk => {
  const old = await begin(walk, `Шум ${walk.mark}`)
  const oldDue = await dueOf(walk, old)

  await walk.signIn('methodologist')
  await walk.press('Мастерская')
  await walk.press('Жилищный фонд')
  await walk.press('Осмотр дома по жалобе')
  await walk.sees('5 дней')
  await walk.press('Рисовать схему')
  await walk.page.locator('.drawing.is-ready').waitFor()
  walk.must(await walk.page.locator('.djs-palette [aria-label="Задача"]').count() === 1, 'the tools are not in Russian')
  await choose(walk, 'visit')
  walk.must(await walk.page.locator('.drawing-panel [name="term"]').inputValue() === '5', 'the term is not shown')
  walk.must(await walk.page.locator('.bjs-powered-by').isVisible(), 'the mark of bpmn.io is not visible')
  await walk.page.locator('.drawing-panel [name="term"]').fill('9')
  await walk.page.locator('.drawing-panel [name="term"]').press('Tab')
  await saved(walk)

  /* What is written now is what the table shows, and nothing else has changed. */
  await walk.go(FILE)
  await walk.sees('9 дней')
  await walk.sees('Это черновик.')
  await walk.sees('verdict = "emergency"')
  await walk.lacks('Прежде чем вводить в действие')
  await tryAndPutLive(walk, `Девять дней ${walk.mark}`)

  const fresh = await begin(walk, `Течь ${walk.mark}`)
  walk.must(await dueOf(walk, fresh) !== oldDue, 'the new process has the old term')
  walk.must(await dueOf(walk, old) === oldDue, 'the old process has the new term')

  /* In a decision table Enter saves; no rule is taken out by it. */
  await walk.signIn('methodologist')
  await walk.go('/demo/workshop/housing/decisions/inspection.dmn')
  await walk.field('c.0.0').fill('>= 55')
  await walk.field('c.0.0').press('Enter')
  await walk.sees('Черновик сохранён.')
  walk.must(await walk.field('c.0.0').inputValue() === '>= 55', 'the cell is not kept')
  walk.must(await walk.field('c.3.0').count() === 1, 'a rule is gone')
  await walk.press('Удалить черновик')
  await walk.sees('Черновик удалён.')

  /* And back. */
  await walk.signIn('methodologist')
  await walk.go('/demo/workshop/housing')
  await walk.page.getByRole('button', { name: /Вернуться к этой версии/ }).last().click()
  await walk.sees('Эта версия снова действует.')
}
