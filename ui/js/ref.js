// Looks up a reference as one types. data-ref answers ?q=… with
// {"options": [{"value", "label", "note"}], "has_more": bool}, the same as the Find button.
function choice(name, option) {
  const label = document.createElement('label')
  label.className = 'choice'
  const input = Object.assign(document.createElement('input'), { type: 'radio', name, value: option.value })
  const text = document.createElement('span')
  text.textContent = option.label
  if (option.note) {
    const note = document.createElement('small')
    text.append(Object.assign(note, { className: 'quiet', textContent: option.note }))
  }
  label.append(input, text)
  return label
}

function listen(field) {
  const box = field.closest('fieldset')
  const name = field.name.replace(/\.find$/, '')
  let timer
  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const words = field.value.trim()
      if (words.length < 2) return
      const address = `${field.dataset.ref}?q=${encodeURIComponent(words)}`
      const answer = await fetch(address, { headers: { Accept: 'application/json' } })
      if (!answer.ok || words !== field.value.trim()) return
      const { options } = await answer.json()
      let found = box.querySelector('.found')
      if (!found) box.append(found = Object.assign(document.createElement('div'), { className: 'choices found' }))
      found.setAttribute('aria-live', 'polite')
      found.replaceChildren(...options.map(option => choice(name, option)))
    }, 250)
  })
}

export function start() {
  for (const field of document.querySelectorAll('[data-ref]')) if (field.dataset.ref) listen(field)
}
