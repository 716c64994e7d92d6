// A design tool, not part of the product: renders every example of every page into static files.
// node preview.mjs OUT [ru,ky,en]   (the product's own renderer is src/lang/template.c)
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const UI = dirname(fileURLToPath(import.meta.url))
const read = (...p) => readFileSync(join(UI, ...p), 'utf8')
const json = (...p) => JSON.parse(read(...p))
const names = (dir, ext) => readdirSync(join(UI, dir)).filter(f => f.endsWith(ext)).sort()
export const components = readdirSync(join(UI, 'components')).sort()
export const pages = names('pages', '.html').map(f => f.slice(0, -5))

export function sources() {
  const set = {}
  for (const f of names('layout', '.html')) set['layout/' + f.slice(0, -5)] = read('layout', f)
  for (const p of pages) set['page/' + p] = read('pages', p + '.html')
  for (const c of components) set['component/' + c] = read('components', c, 'template.html')
  return set
}

export function parsePo(text) {
  const entries = {}
  for (const block of text.split(/\n\s*\n/)) {
    const field = {}
    let key
    for (const line of block.split('\n')) {
      const m = line.match(/^(msg\w+(?:\[\d\])?)?\s*"(.*)"$/)
      if (!m) continue
      key = m[1] ?? key
      field[key] = (field[key] ?? '') + JSON.parse(`"${m[2]}"`)
    }
    if (field.msgid) entries[field.msgid] = field
  }
  return entries
}

const form = {
  ru: n => n % 10 === 1 && n % 100 !== 11 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2,
  ky: n => n === 1 ? 0 : 1,
  en: n => n === 1 ? 0 : 1,
}
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = s => String(s).replace(/[&<>"']/g, c => escapes[c])
const group = n => String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0')

export function messages(lang) {
  const po = existsSync(join(UI, 'i18n', lang + '.po')) ? parsePo(read('i18n', lang + '.po')) : {}
  return {
    lang, po,
    get: id => po[id]?.msgstr || id,
    plural(id, many, n) {
      const text = po[id]?.[`msgstr[${form[lang](n)}]`] || (form.en(n) ? many : id)
      return text.replace('%d', group(n))
    },
  }
}

export function parse(name, source) {
  const text = source.replace(/^[ \t]*(\{\{[#^\/>!][^}]*\}\})[ \t]*\n/gm, '$1')
  const root = { kids: [] }
  const stack = [root]
  let at = 0
  for (const m of text.matchAll(/\{\{([#^\/>!]|_n |_ |\{|&)?\s*([^}]*?)\s*\}\}/g)) {
    const top = stack.at(-1)
    top.kids.push(text.slice(at, m.index))
    at = m.index + m[0].length
    const [, kind = '', arg] = m
    if (kind === '{' || kind === '&') throw Error(`${name}: raw output is refused: ${m[0]}`)
    if (kind === '!') continue
    if (kind === '/') {
      if (stack.pop().arg !== arg || !stack.length) throw Error(`${name}: {{/${arg}}} closes nothing`)
      continue
    }
    const node = { kind: kind.trim(), arg, kids: [] }
    top.kids.push(node)
    if (kind === '#' || kind === '^') stack.push(node)
  }
  if (stack.length > 1) throw Error(`${name}: {{#${stack.at(-1).arg}}} is not closed`)
  root.kids.push(text.slice(at))
  return root
}

function lookup(arg, stack) {
  if (arg === '.') return stack.at(-1)
  const [head, ...rest] = arg.split('.')
  for (let i = stack.length - 1; i >= 0; i--)
    if (stack[i] && typeof stack[i] === 'object' && !Array.isArray(stack[i]) && head in stack[i])
      return rest.reduce((v, k) => v?.[k], stack[i][head])
}

export function renderer(lang) {
  const words = messages(lang)
  const set = Object.fromEntries(Object.entries(sources()).map(([n, s]) => [n, parse(n, s)]))
  const empty = v => v === undefined || v === null || v === false || v === '' || (Array.isArray(v) && !v.length)
  const run = (node, stack) => node.kids.map(k => {
    if (typeof k === 'string') return k
    const { kind, arg } = k
    if (kind === '_') return escape(words.get(arg))
    if (kind === '_n') {
      const [count, one, many] = arg.split('|')
      return escape(words.plural(one, many, Number(lookup(count, stack))))
    }
    if (kind === '>') {
      if (!set[arg]) throw Error('no template ' + arg)
      return run(set[arg], stack)
    }
    const value = lookup(arg, stack)
    if (kind === '') return empty(value) ? '' : escape(value)
    if (kind === '^') return empty(value) ? run(k, stack) : ''
    if (empty(value)) return ''
    return (Array.isArray(value) ? value : [value]).map(v => run(k, [...stack, v])).join('')
  }).join('')
  const say = v => typeof v === 'string' ? (v.startsWith('_ ') ? words.get(v.slice(2)) : v)
    : Array.isArray(v) ? v.map(say)
    : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, say(x)])) : v
  return { words, render: (name, view) => run(set[name], [say(view)]) }
}

/* The examples of a page, with the common part filled in. */
export function examples(page, lang, assets) {
  const common = json('pages', 'common.json')
  const list = page === 'components'
    ? [{ name: 'all', view: Object.fromEntries(components.map(c => [c.replaceAll('-', '_'), json('components', c, 'examples.json')])) }]
    : json('pages', page + '.json')
  return list.map(e => {
    const { as, ...own } = e.view.page ?? {}
    const base = { ...common.all, ...common[as ?? 'public'], ...own, ...assets, lang }
    base.staff_css = base.is_staff || page === 'components' ? assets.staff_css : null
    base.langs = base.langs.map(l => ({ ...l, is_current: l.code === lang }))
    return { name: e.name, view: { ...e.view, page: base } }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = process.argv[2] ?? 'build/preview'
  const langs = (process.argv[3] ?? 'ru,ky,en').split(',')
  const manifest = existsSync(join(out, 'assets/manifest.json'))
    ? JSON.parse(readFileSync(join(out, 'assets/manifest.json'), 'utf8')) : { css: '/app.css', js: '/app.js' }
  const index = []
  for (const lang of langs) {
    const { render } = renderer(lang)
    mkdirSync(join(out, lang), { recursive: true })
    for (const page of pages)
      for (const e of examples(page, lang, { ...manifest, brand_css: '/brand.css' })) {
        const file = `${lang}/${page}--${e.name}.html`
        writeFileSync(join(out, file), render('page/' + page, e.view))
        index.push(file)
      }
  }
  writeFileSync(join(out, 'brand.css'), ':root{--brand:#1d5b6e}\n')
  writeFileSync(join(out, 'index.html'), `<!doctype html><title>Preview</title><ul>${index.map(f => `<li><a href="/${f}">${f}</a>`).join('')}</ul>`)
  console.log(`${index.length} pages in ${out}`)
}
