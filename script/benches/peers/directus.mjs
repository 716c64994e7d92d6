// Makes the collection "house" in a Directus that was just set up, and fills it with the houses
// on standard input (one JSON object a line), straight into its SQLite file.
//
//     node directus.mjs URL TOKEN FILE <houses
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.cwd() + '/')
const Database = require('better-sqlite3')
const [url, token, file] = process.argv.slice(2)

const kinds = { string: 'string', number: 'float', boolean: 'boolean' }
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = JSON.parse((await lines.next()).value)
const names = Object.keys(first)
const indexed = ['code', 'address_text', 'cadastral_number', 'type', 'wall_material', 'year_built',
    'floors_max', 'area_total', 'overhaul_account', 'is_emergency', 'condition', 'updated_on']

const answer = await fetch(`${url}/collections`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
        collection: 'house',
        schema: {},
        meta: { accountability: 'all' },
        fields: [
            { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } },
            ...names.map(field => ({
                field,
                type: kinds[typeof first[field]],
                schema: { is_indexed: indexed.includes(field) },
            })),
        ],
    }),
})
if (!answer.ok) throw new Error(await answer.text())

const db = new Database(file)
db.pragma('synchronous = OFF')
db.pragma('cache_size = -262144')
const add = db.prepare(`INSERT INTO house (${names}) VALUES (${names.map(() => '?')})`)
const value = x => typeof x === 'boolean' ? Number(x) : x
const put = house => add.run(...names.map(name => value(house[name])))
db.exec('BEGIN')
put(first)
for await (const line of lines) put(JSON.parse(line))
db.exec('COMMIT')
for (const name of indexed) db.exec(`CREATE INDEX IF NOT EXISTS house_${name} ON house (${name})`)
db.pragma('journal_mode = WAL')
db.close()
