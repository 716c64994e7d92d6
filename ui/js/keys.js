// Keyboard for clerks: / searches, j and k move along a list, ? shows the list of keys.
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

const actions = {
  '/': () => {
    const field = document.querySelector('[data-search]')
    field?.focus()
    field?.select()
    return !!field
  },
  j: () => move(1),
  k: () => move(-1),
  'о': () => move(1), // the same keys on the Russian layout
  'л': () => move(-1),
  '?': () => {
    const href = document.body.dataset.keys
    if (href && !document.querySelector('dialog[open]')) open(href)
    return !!href
  },
}

document.addEventListener('keydown', event => {
  const typing = event.target.closest('input, select, textarea, [contenteditable]')
  if (event.key === 'Escape' && typing) return typing.blur()
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return
  if (actions[event.key]?.()) event.preventDefault()
})
