/** `redocly diff`: what changed in the structure of a document, and whether it breaks clients, by a tool made for that. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ContractChange, change } from './change.js'
import { isObject, itemsOf, type Json, type JsonObject, objectOf, parseJson, textOf } from '../../plain/json.js'
import { placeOf } from './place.js'
import { plainDocument } from './plain.js'
import { inFolder, redocly } from './run-redocly.js'
import { eventIn, ruleInChinese } from './words.js'

/** Whole operations and who may call them: the outline tells of them by their names. */
const SAID_ELSEWHERE = ['path-removed', 'operation-removed', 'operation-id-changed', 'security-requirement-changed']
const WHOLE = ['PathItem', 'Operation']

/**
 * Compares two documents.
 * @throws Error that says how to install Redocly if it is not there, or what it complains about
 */
export async function redoclyChanges(before: JsonObject, after: JsonObject): Promise<ContractChange[]> {
  const [base, revision] = [plainDocument(before), plainDocument(after)]
  if (JSON.stringify(base) === JSON.stringify(revision)) return []
  const report = await inFolder(async (folder) => {
    await writeFile(join(folder, 'before.json'), JSON.stringify(base))
    await writeFile(join(folder, 'after.json'), JSON.stringify(revision))
    await writeFile(join(folder, 'redocly.yaml'), 'extends: [diff-recommended]\n') // without it no change is breaking
    return redocly(folder, ['diff', 'before.json', 'after.json', '--config', 'redocly.yaml', '--format', 'json', '--fail-on', 'none'])
  })
  return itemsOf(objectOf(parseJson(report)).changes).map(objectOf).flatMap((one) => readChange(one, base, revision))
}

function readChange({ verdicts, kind, typeName, property, impact, ...one }: JsonObject, base: JsonObject, revision: JsonObject): ContractChange[] {
  const [was, is] = [objectOf(one.base), objectOf(one.revision)]
  const where = is.pointer === undefined ? placeOf(base, textOf(was.pointer)) : placeOf(revision, textOf(is.pointer))
  const found = itemsOf(verdicts).map(objectOf)
  const judged = found.filter(({ ruleId }) => !SAID_ELSEWHERE.includes(textOf(ruleId)))
  if (judged.length > 0) return judged.map(({ ruleId, message }) => change(true, textOf(ruleId), where, textOf(message), ruleInChinese(textOf(ruleId), difference(was.value, is.value))))
  if (found.length > 0 || (WHOLE.includes(textOf(typeName)) && kind !== 'modified')) return []
  const { en, zh } = eventIn(textOf(typeName), textOf(kind), textOf(property))
  const place = property === undefined ? where : where.replace(new RegExp(`[. ]${textOf(property)}$`), '')
  return [change(impact === 'major', `${textOf(typeName)}-${textOf(kind)}`, place, en, zh)]
}

/** What a reader has to see of two values: short ones as they are, of two lists what only one of them has. */
function difference(was: Json | undefined, is: Json | undefined): { was: string; is: string } {
  const [old, now] = [itemsOf(was), itemsOf(is)]
  const short = (value: Json | undefined, items: readonly Json[], others: readonly Json[]) => {
    if (Array.isArray(value)) return items.filter((item) => !others.includes(item)).map((item) => JSON.stringify(item)).join(', ')
    return value === undefined || isObject(value) ? '' : JSON.stringify(value)
  }
  return { was: short(was, old, now), is: short(is, now, old) }
}
