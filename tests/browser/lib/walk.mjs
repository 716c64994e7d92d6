// One visitor with one browser window: what the cases are written with.
const PHONE = { width: 360, height: 740 }
const DESK = { width: 1366, height: 768 }

/* no: walks of one case go at once in one town, so each takes a record of its own. */
export const DESK_WAY = { no: 0, name: 'desk', size: DESK, scripts: true }
export const PHONE_WAY = { no: 1, name: 'phone', size: PHONE, scripts: true }
export const WITH_SCRIPTS = [DESK_WAY, PHONE_WAY]
export const EVERY_WAY = [
  ...WITH_SCRIPTS,
  { no: 2, name: 'desk without scripts', size: DESK, scripts: false },
  { no: 3, name: 'phone without scripts', size: PHONE, scripts: false },
]

/* Each visitor comes from an address of its own: from one, few may sign in within a minute. */
let visitors = 0
function address() {
  visitors++
  return `10.8.${visitors >> 8}.${visitors & 255}`
}

export class Walk {
  complaints = []
  contexts = []

  constructor(browser, server, way) {
    this.browser = browser
    this.server = server
    this.base = server.base
    this.way = way
    /* Something no other walk has, for what it types. */
    this.mark = String(Math.floor(Math.random() * 9e8) + 1e8)
  }

  must(holds, sentence) {
    if (!holds) throw new Error(sentence)
  }

  async context(options = {}) {
    const isPhone = this.way.size.width < 500
    const context = await this.browser.newContext({
      viewport: this.way.size, isMobile: isPhone, hasTouch: isPhone, locale: this.way.locale ?? 'ru-RU',
      javaScriptEnabled: this.way.scripts, extraHTTPHeaders: { 'X-Forwarded-For': address() }, ...options,
    })
    context.setDefaultTimeout(15_000)
    this.contexts.push(context)
    return context
  }

  /* A fresh window: nobody is signed in. It becomes the current page. */
  async open(path = '/demo/', options = {}) {
    const context = await this.context(options)
    this.page = await context.newPage()
    this.listen(this.page)
    await this.go(path)
    return this.page
  }

  listen(page) {
    page.on('console', m => {
      if (m.type() === 'error' || m.type() === 'warning') this.complain(page, m.text())
    })
    page.on('pageerror', error => this.complain(page, error.message))
    page.on('response', r => {
      const address = new URL(r.url())
      if (address.origin !== this.base) this.complain(page, `${r.url()} is a foreign host`)
      if (r.status() >= 500) this.complain(page, `${r.status()} ${r.url()}`)
    })
  }

  /* A status the case expects is not an error, though Chromium reports it as one. */
  complain(page, text) {
    const status = text.match(/responded with a status of (\d+)/)?.[1]
    if (!status || !this.expected?.includes(status)) this.complaints.push(`${page.url()}: ${text}`)
  }

  expect(...statuses) {
    this.expected = statuses.map(String)
  }

  go(path) {
    return this.page.goto(this.base + path)
  }

  /* An operator signs in at the node, all others in a town. */
  async signIn(login, town = login === 'operator' ? 'node' : 'demo', password = login === 'operator' ? 'zarechye-night-shift' : `zarechensk-${login}`) {
    await this.open(`/${town}/sign-in`)
    await this.page.getByLabel('Логин').fill(login)
    await this.page.getByLabel('Пароль').fill(password)
    await this.press('Войти')
    await this.sees('Выйти')
    return this.page
  }

  /* Presses a button or follows a link of the main part (or the page) by its words, once it is there. */
  async press(words) {
    const end = Date.now() + 10_000
    for (;;) {
      await this.page.waitForLoadState('domcontentloaded')
      for (const place of [this.page.locator('main'), this.page])
        for (const role of ['button', 'link']) {
          const found = place.getByRole(role, { name: words, exact: true })
          if (await found.count()) return found.first().click()
        }
      if (Date.now() > end) throw new Error(`nothing to press is called "${words}"`)
      await this.page.waitForTimeout(50)
    }
  }

  /* Waits until these words can be read. */
  async sees(words) {
    const found = this.page.getByText(words).filter({ visible: true }).first()
    await found.waitFor({ timeout: 10_000 })
      .catch(() => { throw new Error(`"${words}" cannot be read on the page`) })
  }

  async lacks(words) {
    this.must(await this.page.getByText(words).count() === 0, `"${words}" can be read on the page`)
  }

  field(name) {
    return this.page.locator(`main form [name="${name}"]`)
  }

  async isAt(pattern) {
    await this.page.waitForURL(url => pattern.test(url.pathname + url.search), { timeout: 10_000 })
      .catch(() => { throw new Error(`the address is not like ${pattern}`) })
  }

  /* No page is wider than its window. */
  async fits() {
    const wide = await this.page.evaluate('document.documentElement.scrollWidth - innerWidth')
    this.must(wide <= 0, `the page is ${wide} px wider than the window`)
  }

  async close() {
    for (const context of this.contexts) await context.close().catch(() => {})
  }
}
