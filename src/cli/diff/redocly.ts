/** `redocly diff`: what changed in the structure of a document, and whether it breaks clients, by a tool made for that. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Change, change } from './change.js'
import { list, record, text } from './json.js'
import { isObject, type Json, type JsonObject, parseJson } from '../../plain/json.js'
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
export async function redoclyChanges(before: JsonObject, after: JsonObject): Promise<Change[]> {
  const [base, revision] = [plainDocument(before), plainDocument(after)]
  if (JSON.stringify(base) === JSON.stringify(revision)) return []
  const report = await inFolder(async (folder) => {
    await writeFile(join(folder, 'before.json'), JSON.stringify(base))
    await writeFile(join(folder, 'after.json'), JSON.stringify(revision))
    await writeFile(join(folder, 'redocly.yaml'), 'extends: [diff-recommended]\n') // without it no change is breaking
    return redocly(folder, ['diff', 'before.json', 'after.json', '--config', 'redocly.yaml', '--format', 'json', '--fail-on', 'none'])
  })
  return list(record(parseJson(report)).changes).map(record).flatMap((one) => readChange(one, base, revision))
}

function readChange({ verdicts, kind, typeName, property, impact, ...one }: JsonObject, base: JsonObject, revision: JsonObject): Change[] {
  const [was, is] = [record(one.base), record(one.revision)]
  const where = is.pointer === undefined ? placeOf(base, text(was.pointer)) : placeOf(revision, text(is.pointer))
  const found = list(verdicts).map(record)
  const judged = found.filter(({ ruleId }) => !SAID_ELSEWHERE.includes(text(ruleId)))
  if (judged.length > 0) return judged.map(({ ruleId, message }) => change(true, text(ruleId), where, text(message), ruleInChinese(text(ruleId), difference(was.value, is.value))))
  if (found.length > 0 || (WHOLE.includes(text(typeName)) && kind !== 'modified')) return []
  const { en, zh } = eventIn(text(typeName), text(kind), text(property))
  const place = property === undefined ? where : where.replace(new RegExp(`[. ]${text(property)}$`), '')
  return [change(impact === 'major', `${text(typeName)}-${text(kind)}`, place, en, zh)]
}

/** What a reader has to see of two values: short ones as they are, of two lists what only one of them has. */
function difference(was: Json | undefined, is: Json | undefined): { was: string; is: string } {
  const [old, now] = [list(was), list(is)]
  const short = (value: Json | undefined, items: readonly Json[], others: readonly Json[]) => {
    if (Array.isArray(value)) return items.filter((item) => !others.includes(item)).map((item) => JSON.stringify(item)).join(', ')
    return value === undefined || isObject(value) ? '' : JSON.stringify(value)
  }
  return { was: short(was, old, now), is: short(is, now, old) }
}
