// A map beside a card or a form weighs more than the page: it comes when it is asked for.
export function start() {
  if (document.documentElement.classList.contains('v-nopics')) return
  for (const element of document.querySelectorAll('.small-map[data-map], [data-geometry=point]')) {
    if (!element.dataset.bounds) continue
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn plain map-button'
    button.textContent = element.dataset.show
    button.addEventListener('click', async () => {
      const { show } = await import('./map.js')
      button.remove()
      show(element)
    })
    const figure = element.closest('figure')
    if (figure) figure.append(button)
    else element.after(button)
  }
}
