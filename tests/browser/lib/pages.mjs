// Every page there is, for whom, and one address of it. every-page.mjs compares it with route.c.
const SIGNED = ['resident', 'clerk', 'data', 'head', 'admin', 'auditor']
const STAFF = SIGNED.slice(1)
/* An operator of the server is a guest in every municipality. */
const EVERYBODY = ['guest', 'operator', ...SIGNED]

/* {house} and the like: see places() in every-page.mjs. roles: who gets it with status 200. */
export const PAGES = [
  ['/', EVERYBODY],
  ['/sign-in', ['guest', 'operator']],
  ['/sign-up', ['guest', 'operator']],
  ['/search?q=%D0%BB%D0%B5%D0%BD%D0%B8%D0%BD%D0%B0+5', EVERYBODY],
  ['/search?q=%D1%8B%D1%8B%D1%8B%D1%8B', EVERYBODY],
  ['/registers/', EVERYBODY],
  ['/registers/housing.house?q=%D0%BC%D0%B8%D1%80%D0%B0', EVERYBODY],
  ['/registers/housing.house?q=%D1%8B%D1%8B%D1%8B%D1%8B', EVERYBODY],
  ['/registers/base.person?q=%D0%98%D0%B2%D0%B0%D0%BD', ['clerk', 'data']],
  ['/registers/housing.house/map', EVERYBODY],
  ['{house}', EVERYBODY],
  ['/registers/base.person', STAFF],
  ['{person}', STAFF],
  ['{person}/account', ['clerk']],
  ['{house}/edit', ['clerk', 'data']],
  ['{house}/delete', ['clerk', 'data']],
  ['{house}/history', STAFF],
  ['{file}/remove', ['clerk', 'data']],
  ['/registers/housing.house/new', ['clerk', 'data']],
  ['/registers/base.street/new', ['clerk', 'data']],
  ['/account', SIGNED],
  ['/my/', SIGNED],
  ['/admin/users', ['admin']],
  ['/admin/users/new', ['admin']],
  ['{user}', ['admin']],
  ['/admin/roles', ['admin']],
  ['/admin/packs', ['admin']],
  ['/admin/packs/housing', ['admin']],
  ['/journal/', ['admin', 'auditor']],
  ['node:/', EVERYBODY],
  ['node:/node/', ['operator']],
  ['node:/node/sign-in', ['guest', ...SIGNED]],
  ['node:/node/account', ['operator']],
  ['node:/node/journal/', ['operator']],
  ['node:/node/tenants/new', ['operator']],
  ['node:/node/tenants/demo', ['operator']],
  ['/accessibility', EVERYBODY],
  ['/vision', EVERYBODY],
  ['/keys', EVERYBODY],
  ['/_components', EVERYBODY],
  ['/admin/settings', ['admin']],
  ['/registers/housing.house/import', ['clerk', 'data']],
  ['/registers/housing.house/export', ['clerk', 'data', 'head']],
  ['/imports/', ['clerk', 'data']],
  ['{import}', ['clerk', 'data']],
  ['{import}/columns', ['clerk', 'data']],
  ['{import}/undo', ['clerk', 'data']],
  ['/jobs/', ['clerk', 'data', 'admin']],
  ['/jobs/1', []],
]

/* Routes of the page kind that are no pages: data for scripts, or a way to a page. */
export const NO_PAGES = ['/registers/*/find', '/registers/*/places', '/registers/*/*/place', '/jobs/*/events', '/admin/',
  '/brand.css', '/imports/*/problems.csv', '/registers/*/export/file', '/registers/*/import/sample.csv']
