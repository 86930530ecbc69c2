/**
 * Changes of an error table. No general tool sees them: to it the table is a list of numbers, and a number that now means something
 * else is no change at all.
 */
import { change, type ContractChange } from './change.js'
import type { ErrorOutline, Outline } from './outline.js'

/** Compares two error tables. */
export function errorChanges(before: Outline, after: Outline): ContractChange[] {
  const renamed = renamedConstants(before, after)
  const removed = [...before.errors.values()].filter(({ name }) => !after.errors.has(name) && !renamed.has(name))
  const news = [...renamed.values()]
  const added = [...after.errors.values()].filter(({ name }) => !before.errors.has(name) && !news.includes(name))
  const reused = reusedCodes(before, after)
  return [
    ...removed.map(({ name, code, condition }) => change(true, 'error-removed', name,
      `removed from the error table; it was ${code}, ${condition}`, `已从错误表中删除；原为 ${code}，${condition}`)),
    ...[...renamed].map(([name, now]) => change(true, 'error-renamed', name,
      `is called ${now} now; the code is the same, but apps that name the constant do not compile`, `改名为 ${now}；错误码未变，但按常量名编写的代码将无法编译`)),
    ...[...reused].map(([code, { was, is }]) => change(true, 'code-meaning-changed', code,
      `the code meant ${was} and means ${is} now`, `错误码的含义由 ${was} 变为 ${is}`)),
    ...[...before.errors.values()].flatMap((row) => rowChanges(row, after.errors.get(row.name), reused)),
    ...added.map(({ name, code, condition }) => change(false, 'error-added', name,
      `new in the error table: ${code}, ${condition}; operations that can answer it are listed of their own`, `错误表新增：${code}，${condition}；会返回它的接口另行列出`)),
  ]
}

/** New names by old ones: a constant that went, and one that came with the same code and condition. */
export function renamedConstants(before: Outline, after: Outline): Map<string, string> {
  const gone = [...before.errors.values()].filter(({ name }) => !after.errors.has(name))
  return new Map(gone.flatMap((old): [string, string][] => {
    const now = [...after.errors.values()].find(({ name, code, condition }) => !before.errors.has(name) && code === old.code && condition === old.condition)
    return now === undefined ? [] : [[old.name, now.name]]
  }))
}

/** Codes that both tables have, with other conditions. */
function reusedCodes(before: Outline, after: Outline): Map<string, { was: string; is: string }> {
  const [old, now] = [conditionsByCode(before), conditionsByCode(after)]
  return new Map([...old].flatMap(([code, was]) => {
    const is = now.get(code)
    return is === undefined || is === was ? [] : [[code, { was, is }] as const]
  }))
}

/** `3` -> `smsCodeInvalid / userNotFound`: one number may have several meanings, told apart by the operation. */
function conditionsByCode({ errors }: Outline): Map<string, string> {
  const codes = new Map<string, Set<string>>()
  for (const { code, condition } of errors.values()) codes.set(code, (codes.get(code) ?? new Set()).add(condition))
  return new Map([...codes].map(([code, conditions]) => [code, [...conditions].sort().join(' / ')]))
}

function rowChanges(before: ErrorOutline, after: ErrorOutline | undefined, reused: ReadonlyMap<string, unknown>): ContractChange[] {
  if (after === undefined) return []
  const { name } = before
  const changes: ContractChange[] = []
  if (before.code !== after.code) changes.push(change(true, 'code-changed', name, `its code was ${before.code} and is ${after.code}`, `错误码由 ${before.code} 改为 ${after.code}`))
  // Where the code is the same, the line about the code has said it.
  if (before.condition !== after.condition && !reused.has(after.code)) {
    changes.push(change(true, 'condition-changed', name, `it meant ${before.condition} and means ${after.condition} now`, `含义由 ${before.condition} 变为 ${after.condition}`))
  }
  if (before.status !== after.status) changes.push(change(true, 'error-status-changed', name, `its HTTP status was ${before.status} and is ${after.status}`, `HTTP 状态由 ${before.status} 改为 ${after.status}`))
  if (before.meaning !== after.meaning) changes.push(change(false, 'error-wording-changed', name, `described as “${after.meaning}”, formerly “${before.meaning}”`, `描述由“${before.meaning}”改为“${after.meaning}”`))
  if (before.message !== after.message) changes.push(change(false, 'error-message-changed', name, `its default text was “${before.message}” and is “${after.message}”`, `默认文本由“${before.message}”改为“${after.message}”`))
  return changes
}
