// Links marked data-dialog open their page's data-dialog-body in a window; without
// scripts they are ordinary links. data-close closes it.
export async function open(href) {
  const answer = await fetch(href, { headers: { 'X-Requested-With': 'dialog' } })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const body = page.querySelector('[data-dialog-body]')
  if (!answer.ok || !body) return location.assign(href)
  const dialog = document.createElement('dialog')
  const heading = body.querySelector('h1')
  heading.id = 'dialog-heading'
  dialog.setAttribute('aria-labelledby', heading.id)
  dialog.append(document.adoptNode(body))
  document.body.append(dialog)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.addEventListener('click', event => {
    if (event.target !== dialog && !event.target.closest('[data-close]')) return
    event.preventDefault()
    dialog.close()
  })
  dialog.showModal()
}

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-dialog]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  open(link.href).catch(() => location.assign(link.href))
})
