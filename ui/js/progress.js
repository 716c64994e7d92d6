// Follows long work by server-sent events. Each event is JSON with the fields of the
// component "progress"; {"done_href": …} says that the work has ended and where to go.
function show(box, now) {
  for (const name of ['text', 'percent_text', 'done_text', 'left_text'])
    if (name in now) box.querySelector(`[data-part=${name}]`).textContent = now[name] ?? ''
  const bar = box.querySelector('progress')
  if (!now.is_counted) return bar.removeAttribute('value')
  bar.max = Number(now.total) || 1
  bar.value = Number(now.done)
}

function follow(box) {
  const source = new EventSource(box.dataset.events)
  source.onmessage = event => {
    const now = JSON.parse(event.data)
    show(box, now)
    if (!now.done_href) return
    source.close()
    location.assign(now.done_href)
  }
  source.onopen = () => document.documentElement.classList.add('live')
}

export function start() {
  for (const box of document.querySelectorAll('[data-events]'))
    if (box.dataset.events) follow(box)
}
