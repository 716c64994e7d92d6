// Asks before a half-filled form is left.
export function start() {
  for (const form of document.querySelectorAll('[data-keep]')) {
    let is_changed = false
    const ask = event => is_changed && event.preventDefault()
    form.addEventListener('input', () => { is_changed = true })
    form.addEventListener('submit', () => { is_changed = false })
    addEventListener('beforeunload', ask)
  }
}
