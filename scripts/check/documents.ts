/** Documents as a whole: nothing in them is left over, and every decision can be put before the backend team. */
import { type Json, type JsonObject } from '../generate/json.js'
import { driftKinds } from '../../src/core/drift/finding.js'
import { isObject } from '../../src/plain/json.js'
import type { Project, SystemSource } from '../generate/load.js'
import { componentName } from '../generate/schema.js'

const SECTIONS = ['schemas', 'responses', 'parameters', 'requestBodies', 'headers']
/** What tells which differences of a real backend answer a question. */
const RULE = ['kind', 'operation', 'place', 'status', 'error', 'between', 'backend', 'stub']
const DECISION = ['topic', 'says', 'reading', 'topicZh', 'saysZh', 'readingZh']

/** Components that nothing uses, and decisions that lack a text. */
export function checkDocuments({ systems }: Project): string[] {
  return systems.flatMap((source) => {
    return [...unusedComponents(source), ...incompleteDecisions(source.system.document), ...misfitRules(source)].map((problem) => `${source.system.id}: ${problem}`)
  })
}

function unusedComponents({ system, spelledOut, records }: SystemSource): string[] {
  const used = new Set(['#/components/schemas/ErrorCode', '#/components/schemas/Failure', system.dialect?.unmatched])
  for (const { failure } of system.errors) used.add(`#/components/schemas/${failure}`)
  visit([spelledOut, records], (node) => {
    if (typeof node.$ref === 'string') used.add(node.$ref)
  })
  const components = isObject(system.document.components) ? system.document.components : {}
  return SECTIONS.flatMap((section) => Object.entries(isObject(components[section]) ? components[section] : {})
    .filter(([name, component]) => !isUsed(used, section, name) && !(isObject(component) && (component['x-validator'] === true || component['x-answers'] !== undefined)))
    .map(([name]) => `components.${section}.${name} is never used`))
}

function isUsed(references: ReadonlySet<string | null | undefined>, section: string, name: string): boolean {
  return [...references].some((reference) => typeof reference === 'string' && componentName(reference, section)?.split('/')[0] === name)
}

function incompleteDecisions(document: JsonObject): string[] {
  const problems: string[] = []
  visit(document, (node) => {
    const decisions = node['x-decision']
    if (decisions === undefined) return
    if (!Array.isArray(decisions)) problems.push('x-decision must be a list')
    else for (const decision of decisions) {
      const missing = DECISION.filter((key) => !isObject(decision) || typeof decision[key] !== 'string')
      if (missing.length > 0) problems.push(`x-decision ${JSON.stringify(decision).slice(0, 60)}… lacks ${missing.join(', ')}`)
    }
  })
  return problems
}

/** Rules that say which difference of a real backend answers a question, and that none could ever fit. */
function misfitRules({ system }: SystemSource): string[] {
  const names: Readonly<Record<string, readonly string[]>> = { kind: driftKinds, operation: system.operations.map(({ id }) => id) }
  const errors = system.errors.map(({ name }) => name)
  const problems: string[] = []
  visit(system.document, (node) => {
    for (const rule of [node['drift'], node['x-drift']].flat()) {
      if (rule === undefined || (node['drift'] !== undefined && node['question'] === undefined)) continue
      if (!isObject(rule) || rule['kind'] === undefined) problems.push(`${JSON.stringify(rule)} names no kind of difference`)
      else for (const [key, values] of Object.entries(rule)) {
        if (!RULE.includes(key)) problems.push(`${JSON.stringify(rule)}: ${key} is none of ${RULE.join(', ')}`)
        const known = names[key] ?? (['error', 'between', 'backend', 'stub'].includes(key) ? errors : null)
        for (const value of [values].flat()) if (known !== null && !(typeof value === 'string' && known.includes(value))) problems.push(`${JSON.stringify(rule)}: there is no ${key} ${JSON.stringify(value)}`)
      }
    }
  })
  return problems
}

function visit(value: Json, look: (node: JsonObject) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look)
  if (!isObject(value)) return
  look(value)
  for (const item of Object.values(value)) visit(item, look)
}
