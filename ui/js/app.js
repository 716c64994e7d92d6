// Adds comfort to pages that work without it. Each module looks for its own mark in the page.
const parts = {
  '[data-events]': './progress.js',
  '[data-map]:not(.small-map)': './map.js',
  '.small-map[data-map], [data-geometry]': './map-later.js',
  '[data-instant]': './instant.js',
  '[data-ref]': './ref.js',
  '[data-keep]': './keep.js',
}

document.documentElement.classList.add('js')
import('./dialog.js')
import('./keys.js')
for (const [mark, module] of Object.entries(parts))
  if (document.querySelector(mark)) import(module).then(m => m.start())

document.querySelector('.nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
document.getElementById('errors')?.focus()
