/** Changes of what the contract says about operations in words of its own: address, auth level, roles, provenance, errors and their order. */
import { change, type ContractChange } from './change.js'
import type { Auth, OperationOutline, Outline } from './outline.js'

const AUTH: Readonly<Record<Auth, { en: string; zh: string }>> = {
  none: { en: 'none', zh: '无需登录' },
  optional: { en: 'optional', zh: '可选登录' },
  required: { en: 'required', zh: '必须登录' },
}

/**
 * Compares the operations, dialects and decisions of two versions.
 * @param constants new names of constants by their old ones: under a new name an error is the same
 */
export function operationChanges(before: Outline, after: Outline, constants: ReadonlyMap<string, string>): ContractChange[] {
  const renamed = new Map([...before.operations.values()].filter(({ id }) => !after.operations.has(id)).flatMap((old) => {
    const now = [...after.operations.values()].find(({ id, address }) => address === old.address && !before.operations.has(id))
    return now === undefined ? [] : [[old.id, now] as const]
  }))
  const removed = [...before.operations.values()].filter(({ id }) => !after.operations.has(id) && !renamed.has(id))
  const taken = [...renamed.values()].map(({ id }) => id)
  const added = [...after.operations.values()].filter(({ id }) => !before.operations.has(id) && !taken.includes(id))
  const pairs = [...before.operations.values()].flatMap((old) => {
    const now = after.operations.get(old.id) ?? renamed.get(old.id)
    return now === undefined ? [] : [[{ ...old, errors: old.errors.map((name) => constants.get(name) ?? name) }, now] as const]
  })
  return [
    ...whole('dialect-changed', 'x-dialect', before.dialect, after.dialect),
    ...whole('credentials-changed', 'securitySchemes', before.credentials, after.credentials),
    ...removed.map(({ id, address }) => change(true, 'operation-removed', id, `removed; it was ${address}`, `已删除；原为 ${address}`)),
    ...[...renamed].map(([id, now]) => change(true, 'operation-renamed', id, `is called ${now.id} now; generated types and clients use the name`, `改名为 ${now.id}；生成的类型与客户端使用此名`)),
    ...pairs.flatMap(([old, now]) => pairChanges(old, now)),
    ...errorsOfOperations(pairs),
    ...added.map(({ id, address }) => change(false, 'operation-added', id, `new: ${address}`, `新增：${address}`)),
    ...decisionChanges(before, after),
  ]
}

function whole(kind: string, where: string, was: string, is: string): ContractChange[] {
  return was === is ? [] : [change(true, kind, where, `was ${was} and is ${is}`, `由 ${was} 改为 ${is}`)]
}

function pairChanges(before: OperationOutline, after: OperationOutline): ContractChange[] {
  const changes: ContractChange[] = []
  const add = (breaking: boolean, kind: string, en: string, zh: string) => changes.push(change(breaking, kind, after.id, en, zh))
  if (before.address !== after.address) add(true, 'operation-moved', `was ${before.address} and is ${after.address}`, `由 ${before.address} 改为 ${after.address}`)
  if (before.auth !== after.auth) {
    const [was, is] = [AUTH[before.auth], AUTH[after.auth]]
    // A caller without a credential passed before; between none and optional he still does.
    add(after.auth === 'required', after.auth === 'required' ? 'auth-stricter' : 'auth-changed', `auth level was ${was.en} and is ${is.en}`, `登录要求由${was.zh}改为${is.zh}`)
  }
  const lost = before.schemes.filter((scheme) => !after.schemes.includes(scheme))
  // Where nobody has to carry a credential any more, nobody misses one.
  if (lost.length > 0 && after.schemes.length > 0) add(true, 'credential-removed', `no longer takes the credential ${lost.join(', ')}`, `不再接受凭证 ${lost.join('、')}`)
  const [was, is] = [rolesOf(before), rolesOf(after)]
  if (was.join() !== is.join()) {
    const stricter = is.length > 0 && (was.length === 0 || was.some((role) => !is.includes(role)))
    add(stricter, stricter ? 'roles-stricter' : 'roles-changed', `roles were ${named(was, 'any')} and are ${named(is, 'any')}`, `角色由 ${named(was, '不限')} 改为 ${named(is, '不限')}`)
  }
  if (before.provenance !== after.provenance) add(false, 'provenance-changed', `provenance was ${before.provenance || '-'} and is ${after.provenance || '-'}`, `出处由 ${before.provenance || '-'} 改为 ${after.provenance || '-'}`)
  const common = before.errors.filter((name) => after.errors.includes(name))
  const order = after.errors.filter((name) => before.errors.includes(name))
  if (common.join() !== order.join()) add(false, 'error-order-changed', `its checks run in another order: ${order.join(', ')}`, `检查顺序改为：${order.join('、')}`)
  return changes
}

/** One line for each error, however many operations have it: a new check is often put before all of them. */
function errorsOfOperations(pairs: readonly (readonly [OperationOutline, OperationOutline])[]): ContractChange[] {
  const added = new Map<string, string[]>()
  const removed = new Map<string, string[]>()
  const note = (where: Map<string, string[]>, error: string, id: string) => where.set(error, [...(where.get(error) ?? []), id])
  for (const [before, after] of pairs) {
    for (const error of after.errors) if (!before.errors.includes(error)) note(added, error, after.id)
    for (const error of before.errors) if (!after.errors.includes(error)) note(removed, error, after.id)
  }
  return [
    ...[...added].map(([error, ids]) => change(true, 'operation-error-added', error, `may now be the answer of ${ids.join(', ')}`, `${ids.join('、')} 现在可能返回此错误`)),
    ...[...removed].map(([error, ids]) => change(false, 'operation-error-removed', error, `is no longer an answer of ${ids.join(', ')}`, `${ids.join('、')} 不再返回此错误`)),
  ]
}

function decisionChanges(before: Outline, after: Outline): ContractChange[] {
  const topics = [...new Set([...before.decisions.keys(), ...after.decisions.keys()])]
  return topics.flatMap((topic) => {
    const [was, is] = [before.decisions.get(topic), after.decisions.get(topic)]
    if (is === undefined) return [change(false, 'decision-removed', topic, `no longer decided; the reading was: ${was?.en ?? ''}`, `不再列为决定；原决定：${was?.zh ?? ''}`)]
    if (was?.en === is.en) return []
    return [change(false, was === undefined ? 'decision-added' : 'decision-changed', topic, `decided: ${is.en}`, `决定：${is.zh}`)]
  })
}

const rolesOf = ({ roles }: OperationOutline) => [...roles].sort()
const named = (roles: readonly string[], any: string) => (roles.length === 0 ? any : roles.join(', '))
