/** Two versions of some contracts, compared. */
import { change, type ContractChange, type SystemChanges } from './change.js'
import { errorChanges, renamedConstants } from './errors.js'
import { extensionChanges } from './extensions.js'
import { operationChanges } from './operations.js'
import { outlineOf } from './outline.js'
import { redoclyChanges } from './redocly.js'
import { pairs, type Side } from './side.js'

/** What all systems share is reported under this name. */
const SHARED = 'conditions'

/** Nobody may read “the same” of two documents that are not. */
const UNJUDGED = (system: string) => change(false, 'document-changed', system, 'examples, the order of parts, or answers to questions', '示例、书写顺序或对问题的答复有改动')

/**
 * Compares two sides, system by system; breaking changes come first in each.
 * @returns an entry for every system that changed
 * @throws Error as `redoclyChanges` does
 */
export async function compare(before: Side, after: Side): Promise<SystemChanges[]> {
  const compared = await Promise.all(pairs(before, after).map(async ({ system, before: old, after: now }): Promise<SystemChanges> => {
    if (old === null) return { system, changes: [change(false, 'system-added', system, 'new system', '新增系统')] }
    if (now === null) return { system, changes: [change(true, 'system-removed', system, 'the system was removed', '系统已删除')] }
    const [was, is] = [outlineOf(old), outlineOf(now)]
    const own = [...errorChanges(was, is), ...operationChanges(was, is, renamedConstants(was, is)), ...extensionChanges(old, now)]
    const changes = [...own, ...await redoclyChanges(old, now)]
    return { system, changes: changes.length > 0 || JSON.stringify(old) === JSON.stringify(now) ? changes : [UNJUDGED(system)] }
  }))
  return [...compared, { system: SHARED, changes: conditionChanges(before, after) }]
    .filter(({ changes }) => changes.length > 0)
    .map(({ system, changes }) => ({ system, changes: [...changes.filter(({ breaking }) => breaking), ...changes.filter(({ breaking }) => !breaking)] }))
}

function conditionChanges({ conditions: before }: Side, { conditions: after }: Side): ContractChange[] {
  if (before.size === 0 || after.size === 0) return [] // one of them does not say
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    if (was === undefined) return [change(false, 'condition-added', name, 'new condition', '新增条件')]
    if (is === undefined) return [change(true, 'condition-removed', name, 'the condition was removed', '条件已删除')]
    return [
      ...(was.advice === is.advice ? [] : [change(true, 'advice-changed', name, `clients were advised ${was.advice} and are advised ${is.advice} now`, `对客户端的建议由 ${was.advice} 改为 ${is.advice}`)]),
      ...(was.meaning === is.meaning ? [] : [change(false, 'condition-wording-changed', name, `described as “${is.meaning}”, formerly “${was.meaning}”`, `描述由“${was.meaning}”改为“${is.meaning}”`)]),
    ]
  })
}
