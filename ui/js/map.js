// Maps by Leaflet. data-map answers ?bbox=W,S,E,N&zoom=Z with GeoJSON; a feature is
// a cluster {"count", "count_text", "bbox"} or a record {"title", "href"}.
// Without tiles (data-tiles empty) the shapes stand on plain ground.
import './leaflet/leaflet.js'

const L = globalThis.L

function make(element, bounds, tiles, credit) {
  element.classList.add('on')
  const map = L.map(element, { attributionControl: !!credit, zoomControl: true })
  map.attributionControl?.setPrefix(false)
  if (tiles) L.tileLayer(tiles, { attribution: credit }).addTo(map)
  const [west, south, east, north] = bounds.split(',').map(Number)
  map.fitBounds([[south, west], [north, east]])
  return map
}

const paint = { className: 'shape-on-map', weight: 2, fillOpacity: .2 }

const sizeOf = count => 34 + Math.min(26, Math.round(Math.log10(count) * 9))

/* Circles that would lie on each other become one: each can be hit, none hides another. */
function apart(map, features) {
  const placed = []
  const joined = []
  for (const feature of features) {
    const { count, bbox } = feature.properties
    if (!count) {
      placed.push(feature)
      continue
    }
    const [lon, lat] = feature.geometry.coordinates
    const spot = map.latLngToLayerPoint([lat, lon])
    const near = joined.find(other => other.spot.distanceTo(spot) < (sizeOf(other.count) + sizeOf(count)) / 2 + 2)
    if (near) {
      near.count += count
      near.bbox = [Math.min(near.bbox[0], bbox[0]), Math.min(near.bbox[1], bbox[1]),
        Math.max(near.bbox[2], bbox[2]), Math.max(near.bbox[3], bbox[3])]
    } else joined.push({ feature, spot, count, bbox })
  }
  const number = new Intl.NumberFormat(document.documentElement.lang)
  return placed.concat(joined.map(({ feature, count, bbox }) => ({
    ...feature, properties: { count, bbox, count_text: number.format(count) },
  })))
}

function cluster(map, feature, at) {
  const { count, count_text, bbox } = feature.properties
  const size = sizeOf(count)
  const label = document.createElement('span')
  label.textContent = count_text
  const icon = L.divIcon({ className: 'cluster', html: label, iconSize: [size, size] })
  const [west, south, east, north] = bbox
  const closer = () => map.fitBounds([[south, west], [north, east]], { maxZoom: 18 })
  return L.marker(at, { icon, alt: count_text, keyboard: true }).on('click', closer)
    .on('keypress', event => ['Enter', ' '].includes(event.originalEvent.key) && closer())
}

function popup(feature) {
  const link = document.createElement('a')
  link.href = feature.properties.href
  link.textContent = feature.properties.title
  return link
}

function follow(map, href) {
  const layer = L.geoJSON(null, {
    style: paint,
    pointToLayer: (feature, at) => feature.properties.count
      ? cluster(map, feature, at)
      : L.circleMarker(at, { ...paint, radius: 8, fillOpacity: .8 }),
    onEachFeature: (feature, shape) => feature.properties.href && shape.bindPopup(popup(feature)),
  }).addTo(map)
  let running
  const load = async () => {
    running?.abort()
    running = new AbortController()
    const url = new URL(href, location.href)
    url.searchParams.set('bbox', map.getBounds().toBBoxString())
    url.searchParams.set('zoom', map.getZoom())
    try {
      const answer = await fetch(url, { signal: running.signal })
      if (!answer.ok) return
      const { features } = await answer.json()
      layer.clearLayers()
      layer.addData(apart(map, features))
    } catch (error) {
      if (error.name !== 'AbortError') throw error
    }
  }
  map.on('moveend', load)
  load()
}

/* A point in a form: drag or click; the text fields stay the truth. */
function edit(box) {
  const [lat, lon] = box.querySelectorAll('input')
  const element = document.createElement('div')
  element.className = 'map small-map'
  box.after(element)
  const map = make(element, box.dataset.bounds, box.dataset.tiles, '')
  const number = field => Number(field.value.replace(',', '.'))
  const pin = L.circleMarker([0, 0], { ...paint, radius: 10, fillOpacity: .8 })
  const show = () => {
    if (!lat.value || !lon.value || Number.isNaN(number(lat) + number(lon))) return pin.remove()
    pin.setLatLng([number(lat), number(lon)]).addTo(map)
    map.panTo(pin.getLatLng())
  }
  map.on('click', ({ latlng }) => {
    lat.value = latlng.lat.toFixed(6).replace('.', ',')
    lon.value = latlng.lng.toFixed(6).replace('.', ',')
    lat.dispatchEvent(new Event('input', { bubbles: true }))
  })
  for (const field of [lat, lon]) field.addEventListener('input', show)
  show()
}

/* Leaflet's styles are wanted only now. */
function styled() {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = new URL('./leaflet/leaflet.css', import.meta.url)
  return new Promise(done => {
    link.addEventListener('load', done)
    document.head.append(link)
  })
}
let styles

export async function show(element) {
  await (styles ??= styled())
  const { map: href, bounds, tiles, credit, label } = element.dataset
  if ('geometry' in element.dataset) return edit(element)
  element.setAttribute('role', 'region')
  element.setAttribute('aria-label', label)
  follow(make(element, bounds, tiles, credit), href)
}

export function start() {
  if (document.documentElement.classList.contains('v-nopics')) return
  for (const element of document.querySelectorAll('[data-map]:not(.small-map)'))
    if (element.dataset.map && element.dataset.bounds) show(element)
}
