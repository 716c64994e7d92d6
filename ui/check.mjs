// Holds this folder against its own rules: node check.mjs. Prints each fault; says how many.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UI, components, examples, messages, pages, renderer, sources } from './preview.mjs'

const faults = []
const fault = text => faults.push(text)
const read = (...p) => readFileSync(join(UI, ...p), 'utf8')

/* Every text of the templates and of the examples, with its plural or null. */
function texts() {
  const found = new Map()
  for (const source of Object.values(sources())) {
    for (const m of source.matchAll(/\{\{_ ([^}]*)\}\}/g)) found.set(m[1].trim(), null)
    for (const m of source.matchAll(/\{\{_n [\w.]+\|([^|}]*)\|([^}]*)\}\}/g)) found.set(m[1], m[2].trim())
  }
  for (const file of readdirSync(join(UI, 'pages')).filter(f => f.endsWith('.json')))
    JSON.parse(read('pages', file), (key, v) => {
      if (typeof v === 'string' && v.startsWith('_ ')) found.set(v.slice(2), null)
      return v
    })
  return found
}

function checkWords() {
  const same = new Set(read('i18n/same.txt').split('\n').filter(l => l && !l.startsWith('#')))
  const [ru, ky, en] = ['ru', 'ky', 'en'].map(lang => messages(lang).po)
  const all = [...texts(), ...Object.values(ru).map(e => [e.msgid, e.msgid_plural ?? null])]
  for (const [id, plural] of all)
    for (const [lang, po, forms] of [['ru', ru, 3], ['ky', ky, 2], ['en', en, 2]]) {
      if (lang === 'en' && !plural) continue
      const entry = po[id]
      const missing = plural ? Array.from({ length: forms }, (_, i) => entry?.[`msgstr[${i}]`]).some(t => !t) : !entry?.msgstr
      if (missing) fault(`i18n/${lang}.po: no text for "${id}"`)
      else if (plural !== (entry.msgid_plural ?? null)) fault(`i18n/${lang}.po: another plural of "${id}"`)
    }
  for (const [lang, po] of [['ru', ru], ['ky', ky], ['en', en]])
    for (const entry of Object.values(po))
      for (const [key, text] of Object.entries(entry))
        if (/[<>&"]/.test(text)) fault(`i18n/${lang}.po: ${key} "${text}" holds a sign of HTML`)
  for (const id in ky)
    if (ky[id].msgstr && ky[id].msgstr === ru[id]?.msgstr && !same.has(id)) fault(`i18n/ky.po: "${id}" is the Russian text (same.txt lists what may be)`)
}

function checkTemplates() {
  for (const [name, source] of Object.entries(sources())) {
    if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/.test(source)) fault(`${name}: inline script or style`)
    if (/[а-яёңөү]/i.test(source.replace(/\{\{![^}]*\}\}/g, ''))) fault(`${name}: a text outside {{_ }}`)
    for (const m of source.matchAll(/\{\{>([^}]*)\}\}/g)) if (!(m[1] in sources())) fault(`${name}: no template ${m[1]}`)
    if (/method="post"/.test(source) && !/>layout\/csrf|name="csrf"/.test(source)) fault(`${name}: a form without csrf`)
  }
  for (const c of components) {
    if (!sources()['page/components'].includes(`{{>component/${c}}}`)) fault(`component ${c} is not in pages/components.html`)
    for (const file of ['style.css', 'examples.json']) if (!existsSync(join(UI, 'components', c, file))) fault(`component ${c}: no ${file}`)
  }
}

/* Doubled ids and labels for nothing are what goes wrong first in a rendered page. */
function checkPages() {
  const { render } = renderer('ru')
  for (const page of pages)
    for (const example of examples(page, 'ru', { css: '/a.css', js: '/a.js' })) {
      const html = render('page/' + page, example.view)
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(m => m[1])
      const where = `${page} (${example.name})`
      for (const id of ids) if (!id || ids.indexOf(id) !== ids.lastIndexOf(id)) fault(`${where}: id "${id}" twice or empty`)
      for (const m of html.matchAll(/\s(?:for|aria-describedby)="([^"]*)"/g))
        for (const id of m[1].split(' ')) if (!ids.includes(id)) fault(`${where}: names id "${id}" that is not there`)
      if ((html.match(/<h1/g) ?? []).length !== 1) fault(`${where}: not exactly one h1`)
    }
}

checkWords()
checkTemplates()
checkPages()
console.log([...new Set(faults), `${new Set(faults).size} faults`].join('\n'))
process.exit(faults.length ? 1 : 0)
