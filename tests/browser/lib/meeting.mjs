// A family whose application waits for the housing commission: what pages of meetings need.
import { execFileSync } from 'node:child_process'

/* Asks over the API as somebody of the demo town. */
export function asking({ base, program, data }, role) {
  const token = execFileSync(program, ['user', 'token', 'demo', role, 'meetings', '--data', data], { encoding: 'utf8' }).trim()
  return async (method, path, body) => {
    const answer = await fetch(`${base}/demo/api/v1${path}`, {
      method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}

/* The case. */
export async function apply(clerk, office, name) {
  const { id } = await clerk('POST', '/services/housing_queue.register/applications', {
    consent: '2026-01',
    data: { place: 'ул. Мира, д. 5', persons: 4, area: 40, category: 'common', applicant_name: name, applicant_contact: '1' },
  })
  const { flow } = await clerk('GET', `/cases/${id}`)
  const next = async (ask, kind, values) => {
    const { waits } = await clerk('GET', `/flows/${flow}`)
    await ask('POST', `/flows/${flow}/tasks/${waits.find(wait => wait.kind === kind).task}/answer`, { data: values })
  }
  await next(clerk, 'task', { is_twice: false })
  for (let i = 0; i < 3; i++) await next(office, 'service', { kept: 'нет' })
  await next(clerk, 'task', { all_area: 40, members: 4, income: 15000, is_unfit: false, is_worsened: false })
  return id
}
