// Filters as one types: fetches the same page the form would and takes its results.
let running

async function load(form, results) {
  const query = new URLSearchParams(new FormData(form))
  for (const [name, value] of [...query]) if (!value) query.delete(name)
  const href = form.action.split('?')[0] + (`${query}` && `?${query}`)
  running?.abort()
  running = new AbortController()
  results.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(href, { signal: running.signal })
    if (!answer.ok) return form.submit()
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(results.id)
    if (!fresh) return form.submit()
    const row = results.contains(document.activeElement) && document.activeElement.getAttribute('href')
    results.replaceChildren(...fresh.childNodes)
    // Who was already reading goes on where they were.
    if (row) results.querySelector(`[href="${CSS.escape(row)}"]`)?.focus()
    results.removeAttribute('aria-busy')
    history.replaceState(null, '', href)
  } catch (error) {
    if (error.name !== 'AbortError') form.submit()
  }
}

export function start() {
  for (const form of document.querySelectorAll('[data-instant]')) {
    const results = document.getElementById(form.dataset.instant)
    let timer
    const later = wait => {
      clearTimeout(timer)
      timer = setTimeout(() => load(form, results), wait)
    }
    form.addEventListener('input', event => {
      if (!event.target.matches('.toggle')) later(event.target.matches('select, [type=radio]') ? 0 : 300)
    })
    form.addEventListener('submit', event => {
      event.preventDefault()
      later(0)
    })
  }
}
