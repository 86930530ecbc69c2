/**
 * What a contract says by extensions (`x-…`) that no other comparison looks at: which names a field goes by, which segments of a path are
 * routing, what refines the meaning of a code. One that is not known here is told of all the same: what nobody looked at is not the same.
 */
import { change, type ContractChange } from './change.js'
import { isErrorTable, MAPS_OF_NAMES } from './plain.js'
import { placeOf } from './place.js'
import { isObject, itemsOf, type Json, type JsonObject, objectOf, textOf } from '../../plain/json.js'
import { stepTo } from '../../plain/pointer.js'

/** Apps that keep to the old version are refused, misunderstand an answer, or look in vain. */
const BREAKING = ['x-channel', 'x-channels', 'x-servers', 'x-coerce', 'x-empty', 'x-failure', 'x-field', 'x-refine', 'x-routing', 'x-status', 'x-unwrap']
/** Compared elsewhere: as outline, as headers of every answer, or as the text of a question. */
const ELSEWHERE = ['x-answered', 'x-answers', 'x-decision', 'x-dialect', 'x-drift', 'x-name', 'x-operations', 'x-question', 'x-questions', 'x-selector', 'x-systems']
/** Compared elsewhere where they stand at an operation, and in a row of the error table. */
const OF_OPERATIONS = ['x-errors', 'x-provenance', 'x-roles']
const OF_ROWS = ['x-condition', 'x-message', 'x-status']

/** Compares the extensions of two documents, leaf by leaf. */
export function extensionChanges(before: JsonObject, after: JsonObject): ContractChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((pointer) => {
    const [old, now] = [was.get(pointer), is.get(pointer)]
    if (old?.json === now?.json) return []
    const breaking = BREAKING.includes(old?.key ?? now?.key ?? '')
    const where = placeOf(now === undefined ? before : after, pointer)
    return [change(breaking, 'extension-changed', where, `was ${shown(old) ?? 'not there'} and is ${shown(now) ?? 'not there any more'}`, `由 ${shown(old) ?? '无'} 改为 ${shown(now) ?? '无'}`)]
  })
}

interface Leaf {
  /** The extension that it belongs to. */
  readonly key: string
  readonly json: string
}

/** Every value under an extension, as JSON, by its pointer; a list is one value. */
function leavesOf(document: JsonObject): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const leaf = (key: string, pointer: string, value: Json): void => {
    if (isObject(value)) for (const [name, item] of Object.entries(value)) leaf(key, `${pointer}/${escaped(name)}`, item)
    else leaves.set(pointer, { key, json: JSON.stringify(value) })
  }
  const visit = (value: Json, pointer: string, { names, skipped }: { names: boolean; skipped: readonly string[] }): void => {
    if (Array.isArray(value)) {
      const rows = skipped === OF_ROWS
      for (const [index, item] of itemsOf(value).entries()) visit(item, `${pointer}/${rows && textOf(objectOf(item).title) !== '' ? escaped(textOf(objectOf(item).title)) : String(index)}`, { names: false, skipped })
    }
    if (!isObject(value)) return
    for (const [key, item] of Object.entries(value)) {
      const inside = `${pointer}/${escaped(key)}`
      if (!names && key === 'x-operations') for (const [name, one] of Object.entries(objectOf(item))) visit(one, `${inside}/${escaped(name)}`, { names: false, skipped: OF_OPERATIONS })
      if (names || !key.startsWith('x-')) {
        if (names || !['example', 'examples', 'securitySchemes'].includes(key)) visit(item, inside, { names: !names && MAPS_OF_NAMES.includes(key), skipped: contextOf(pointer, key) })
      } else if (!ELSEWHERE.includes(key) && !skipped.includes(key)) leaf(key, inside, item)
    }
  }
  visit(document, '#', { names: false, skipped: [] })
  return leaves
}

/** What is compared elsewhere of a value: operations lie two steps below `paths`, rows below the error table. */
function contextOf(pointer: string, key: string): readonly string[] {
  if (/^#\/paths\/[^/]+$/.test(pointer)) return OF_OPERATIONS
  const [, table = ''] = /^#\/components\/schemas\/([^/]+)$/.exec(pointer) ?? []
  return isErrorTable(table) && (key === 'oneOf' || key === 'anyOf') ? OF_ROWS : []
}

const LONGEST = 160

function shown(leaf: Leaf | undefined): string | undefined {
  return leaf !== undefined && leaf.json.length > LONGEST ? `${leaf.json.slice(0, LONGEST)}…` : leaf?.json
}

const escaped = (step: string) => stepTo(encodeURI(step).replaceAll('#', '%23'))
