// The best ordinary Node server for the same work: Fastify and better-sqlite3 on a tenant's own
// file, the same statements prepared once, journal chain and search words included.  Nobody is
// asked who they are.  Stored bodies are JSON text already and are sent as they are.
//
//     node fastify.mjs FILE PORT
import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(process.cwd() + '/')
const Database = require('better-sqlite3')
const fastify = require('fastify')

const [file, port] = process.argv.slice(2)
const db = new Database(file)
db.pragma('synchronous = FULL')
db.pragma('mmap_size = 2147418112')
db.pragma('cache_size = -8192')
db.pragma('wal_autocheckpoint = 2048')

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const { tenant, no } = db.prepare("SELECT tenant, no FROM register_no WHERE name = 'housing.house'")
    .safeIntegers().get()
const get = db.prepare('SELECT version, valid_from, valid_to, changed_at, import, title, body' +
    ' FROM record WHERE tenant = ? AND register = ? AND id = ?')
const list = db.prepare('SELECT id, version, valid_from, valid_to, changed_at, import, title,' +
    ' body, n4 FROM record WHERE tenant = ? AND register = ? AND n4 >= ? ORDER BY n4, id LIMIT ?')
    .safeIntegers()
const SLOTS = [...'tnm'].flatMap(kind => [1, 2, 3, 4, 5, 6, 7, 8].map(at => kind + at))
const COLUMNS = ['tenant', 'register', 'id', 'valid_from', 'valid_to', 'version', 'changed_at',
    'import', 'salt', 'title', 'body', 'cell', 'x1', 'y1', 'x2', 'y2', ...SLOTS]
const findKey = db.prepare('SELECT 1 FROM record WHERE tenant = ? AND register = ? AND t1 = ?' +
    ' AND id <> ? LIMIT 1')
const addRecord = db.prepare(`INSERT INTO record (${COLUMNS}) VALUES (${COLUMNS.map(() => '?')})` +
    ' ON CONFLICT DO NOTHING')
const addJournal = db.prepare('INSERT INTO journal (tenant, seq, at, actor, action, register,' +
    ' record, cause, digest, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
const addWords = db.prepare('INSERT INTO search (rowid, register, title, words)' +
    ' VALUES (?, ?, ?, ?)')
const addTotal = db.prepare('UPDATE register_no SET total = total + 1 WHERE tenant = ? AND no = ?')
const setHead = db.prepare('UPDATE tenant_head SET seq = ?, chain = ? WHERE tenant = ?')
let head = db.prepare('SELECT seq, chain FROM tenant_head').get()
let last = 0n

function printId(id) {
    let text = ''
    for (let at = 0; at < 13; at++, id >>= 5n) text = LETTERS[Number(id & 31n)] + text
    return text
}

function parseId(text) {
    let id = 0n
    for (const letter of text) id = id << 5n | BigInt(LETTERS.indexOf(letter))
    return id
}

function nextId() {
    const now = BigInt(Date.now()) << 21n
    last = now > last ? now : last + 1n
    return last
}

function hash(...parts) {
    const digest = createHash('sha256')
    for (const part of parts) digest.update(String(part))
    return digest.digest('base64url')
}

function print(id, row) {
    return `{"id":"${id}","version":${row.version},"changed_at":` +
        `"${new Date(Number(row.changed_at)).toISOString()}","title":${JSON.stringify(row.title)},` +
        `"data":${row.body}}`
}

const create = db.transaction((id, house, body, now) => {
    const salt = randomBytes(16).toString('base64url')
    const digest = hash(salt, body)
    const code = house.code.toLowerCase()
    if (findKey.get(tenant, no, code, id)) return 0
    const seq = head.seq + 1
    const chain = hash(tenant, head.chain, seq, now, 1, 'create', no, id, digest)
    addJournal.run(tenant, seq, now, 1, 'create', no, id, null, digest, null, chain)
    const slots = [code, house.address_text.toLowerCase(), house.cadastral_number, house.type,
        house.wall_material, house.overhaul_account, house.condition, null,
        null, house.year_built, house.floors_max, Math.round(house.area_total * 100), null,
        house.is_emergency ? 1 : 0, Date.parse(house.updated_on) / 86400000, null,
        house.entrances, house.flats_count, house.residents_count,
        Math.round(house.area_living * 100), 0, Math.round(house.area_common * 100),
        house.area_land * 100, null]
    addRecord.run(tenant, no, id, -1000000, 4000000, seq, now, null, salt, house.address_text, body,
        null, null, null, null, null, ...slots)
    addWords.run(id, `r${no}`, house.address_text,
        `${house.cadastral_number} ${house.code} ${house.management_text}`)
    addTotal.run(tenant, no)
    setHead.run(seq, chain, tenant)
    head = { seq, chain }
    return seq
})

const app = fastify()
const base = '/demo/api/v1/registers/housing.house/records'

app.get(base + '/:id', (request, reply) => {
    const row = get.get(tenant, no, parseId(request.params.id))
    if (!row) return reply.code(404).send({})
    reply.header('ETag', `"${row.version}"`).type('application/json')
    return reply.send(print(request.params.id, row))
})

app.get(base, (request, reply) => {
    const rows = list.all(tenant, no, Math.round(request.query['area_total[gte]'] * 100), 51)
    const page = rows.slice(0, 50)
    const end = page.at(-1)
    const cursor = rows.length > 50 ? Buffer.from(`i${end.id}:${end.n4}`).toString('base64url') : ''
    reply.type('application/json')
    return reply.send(`{"records":[${page.map(row => print(printId(row.id), row))}],` +
        `"cursor":"${cursor}"}`)
})

const schema = {
    body: {
        type: 'object',
        required: ['data'],
        properties: {
            data: {
                type: 'object',
                required: ['code', 'address_text'],
                properties: {
                    code: { type: 'string', minLength: 1, maxLength: 40 },
                    address_text: { type: 'string', minLength: 1, maxLength: 500 },
                    year_built: { type: 'integer', minimum: 1600, maximum: 2100 },
                    area_total: { type: 'number', minimum: 0, maximum: 99999999 },
                },
            },
        },
    },
}

app.post(base, { schema }, (request, reply) => {
    const house = request.body.data
    const body = JSON.stringify(house)
    const id = nextId()
    const changed_at = Date.now()
    const version = create(id, house, body, changed_at)
    if (version === 0) return reply.code(409).send({})
    const text = printId(id)
    reply.code(201).header('ETag', `"${version}"`).header('Location', `${base}/${text}`)
    reply.type('application/json')
    return reply.send(print(text, { version, changed_at, title: house.address_text, body }))
})

await app.listen({ port: Number(port), host: '127.0.0.1' })
