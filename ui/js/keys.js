// Keyboard for clerks: / searches, j and k move along a list, x ticks a line, ? shows the list of keys.
// What a page offers under a letter is marked data-key there.
import { open } from './dialog.js'

const rows = () => [...document.querySelectorAll('[data-row]')]

function move(step) {
  const all = rows()
  if (!all.length) return false
  const at = all.indexOf(document.activeElement)
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))
  all[next].focus()
  return true
}

function tick() {
  const box = document.activeElement?.closest('tr')?.querySelector('input.tick')
  if (box) box.checked = !box.checked
  return !!box
}

function press(key) {
  const found = document.querySelector(`main [data-key="${key}"]`)
  found?.click()
  return !!found
}

/* The form one is in, else the one that is there to be filled in. */
function send(form) {
  (form ?? document.querySelector('main form[data-keep]'))?.requestSubmit()
}

const actions = {
  '/': () => {
    const field = document.querySelector('[data-search]')
    field?.focus()
    field?.select()
    return !!field
  },
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  '?': () => {
    const href = document.body.dataset.keys
    if (href && !document.querySelector('dialog[open]')) open(href)
    return !!href
  },
}

// The same keys on the Russian and Kyrgyz layouts.
const letters = { о: 'j', л: 'k', ч: 'x', е: 't', к: 'r', р: 'h', и: 'b' }

document.addEventListener('keydown', event => {
  const typing = event.target.closest('input:not([type=checkbox]), select, textarea, [contenteditable]')
  if (event.key === 'Escape' && typing) return typing.blur()
  if (event.key === 'Enter' && event.ctrlKey) return send(event.target.form)
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return
  const key = letters[event.key] ?? event.key
  if (actions[key]?.() || (/^[a-z]$/.test(key) && press(key))) event.preventDefault()
})
