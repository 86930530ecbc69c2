/** One document for all systems: each under its base path, its components under its name, and one table of all error schemes. */
import type { Conditions } from './conditions.js'
import { codesOf, errorSchemes, vocabulary, type SchemeRow } from './error-schemes.js'
import { asObject, asObjects, asOptionalObject, asString, ContractError, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import type { SystemSource } from './load.js'
import type { System } from './system.js'

/** Its name in `openapi/bundled/`; no system may be called so. */
export const UNIFIED = 'understudy'

const COMPONENT = /^#\/components\/([^/]+)\/(.+)$/

/**
 * Joins the bundled documents of all systems. Components, tags and security schemes are called `<system>.<name>`, `<system>/<tag>`;
 * `Condition` and `Advice` belong to nobody. `x-systems` keeps what stands at the root of a system's own document.
 * @throws ContractError if two systems claim one path, or a reference leads outside of the components.
 */
export function unifiedDocument(sources: readonly SystemSource[], conditions: Conditions): JsonObject {
  const ofSystems = sources.filter(({ system }) => system.dialect !== null)
  const parts = ofSystems.map((source) => namespaced(source))
  const systems = ofSystems.map(({ system }) => system)
  const rows = errorSchemes(systems, conditions)
  const paths: JsonObject = {}
  for (const part of parts) {
    for (const [path, item] of Object.entries(part.paths)) {
      if (paths[path] !== undefined) throw new ContractError(`${part.id}: another system has the path ${path}`)
      paths[path] = item
    }
  }
  const sections = ['securitySchemes', 'parameters', 'headers', 'requestBodies', 'responses', 'schemas', 'examples', 'links', 'callbacks', 'pathItems']
  const components = Object.fromEntries(sections.map((section): [string, JsonObject] => {
    const shared = section === 'schemas' ? vocabulary(conditions) : {}
    return [section, Object.assign(shared, ...parts.map((part) => asOptionalObject(part.components[section], section))) as JsonObject]
  }).filter(([, section]) => Object.keys(section).length > 0))
  return {
    openapi: '3.1.0',
    info: {
      title: '五个应用后端 · Five app backends',
      version: parts.map(({ version }) => version).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? '1.0.0',
      summary: '全部系统合为一份文档，错误方案对照 · All systems in one document, their error schemes side by side',
      description: description(systems, rows),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://localhost:4010', description: '本机替身服务 · The stand-in on this machine' }],
    tags: parts.flatMap(({ tags }) => tags),
    'x-tagGroups': parts.map(({ title, tags }) => ({ name: title, tags: tags.map(({ name }) => asString(name, 'tag')) })),
    'x-systems': Object.fromEntries(parts.map(({ id, root }) => [id, root])),
    'x-error-schemes': Object.fromEntries(rows.map(({ condition, errors }) => [condition, Object.fromEntries([...errors]
      .filter(([, list]) => list.length > 0)
      .map(([id, list]) => [id, list.map(({ name, code, status }) => ({ name, code, status: [...status] }))]))])),
    paths,
    components,
  }
}

interface Part {
  readonly id: string
  readonly title: string
  readonly version: string
  readonly root: JsonObject
  readonly tags: readonly JsonObject[]
  readonly paths: JsonObject
  readonly components: JsonObject
}

function namespaced({ system: { id }, bundled }: SystemSource): Part {
  const { openapi: _, info, servers, tags, paths, components, ...extensions } = asObject(renamed(bundled, id), id)
  const { title, version, ...about } = asObject(info, 'info')
  const [{ url } = {}] = asObjects(servers, 'servers')
  const base = typeof url === 'string' ? new URL(url).pathname.replace(/\/$/, '') : `/${id}`
  return {
    id,
    title: asString(title, 'info.title'),
    version: asString(version, 'info.version'),
    root: { title: title ?? id, version: version ?? '', base, ...about, ...extensions },
    tags: asObjects(tags, 'tags').map((tag) => ({ ...tag, name: `${id}/${asString(tag.name, 'tag')}`, 'x-displayName': tag.name ?? '' })),
    paths: Object.fromEntries(Object.entries(asObject(paths, 'paths')).map(([path, item]) => [`${base}${path}`, withOperations(asObject(item, path), id)])),
    components: Object.fromEntries(Object.entries(asOptionalObject(components, 'components')).map(([section, members]) => {
      return [section, Object.fromEntries(Object.entries(asObject(members, section)).map(([name, member]) => [`${id}.${name}`, member]))]
    })),
  }
}

/** Every reference to a component, wherever it stands (`$ref`, `mapping`, `x-dialect.unmatched`), and every name of one (`x-failure`). */
function renamed(value: Json, id: string, key = ''): Json {
  if (Array.isArray(value)) return value.map((item) => renamed(item, id))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamed(item, id, name)]))
  if (typeof value !== 'string') return value
  if (key === 'x-failure') return `${id}.${value}`
  const [, section, name] = COMPONENT.exec(value) ?? []
  if (section !== undefined && name !== undefined) return `#/components/${section}/${id}.${name}`
  if (key === '$ref') throw new ContractError(`${id}: ${value} refers to something that is no component`)
  return value
}

/** A path item, or `x-operations`, with the tags and security schemes of its operations called by their new names. */
function withOperations(item: JsonObject, id: string): JsonObject {
  return Object.fromEntries(Object.entries(item).map(([method, node]) => {
    if (!isObject(node) || node.operationId === undefined) return [method, node]
    const { tags, security, 'x-operations': inner, ...operation } = node
    return [method, {
      ...operation,
      ...(Array.isArray(tags) ? { tags: tags.map((tag) => `${id}/${asString(tag, 'tag')}`) } : {}),
      ...(Array.isArray(security) ? { security: security.map((level) => prefixed(asObject(level, 'security'), id)) } : {}),
      ...(isObject(inner) ? { 'x-operations': withOperations(inner, id) } : {}),
    }]
  }))
}

function prefixed(map: JsonObject, id: string): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [`${id}.${name}`, value]))
}

function description(systems: readonly System[], rows: readonly SchemeRow[]): string {
  const table = rows.map(({ condition, meaning, errors }) => {
    const cells = systems.map((system) => codesOf(system, errors.get(system.id) ?? []))
    return `| \`${condition}\` | ${cells.join(' | ')} | ${meaning.zh} | ${meaning.en} |`
  })
  return `每个系统在自己的基础路径之下，组件名以系统名开头；各系统自己的说明、方言与决定见 \`x-systems\`。

Every system lies under its base path and its components begin with its name; its own introduction, dialect and decisions are in \`x-systems\`.

${systems.map(({ id, title, dialect }) => `- \`/${id}\` ${title}: \`${dialect?.code ?? ''}\`, \`${dialect?.message ?? ''}\``).join('\n')}

### 错误方案对照 · Error schemes side by side

同一件事在各系统中的错误码（\`x-error-schemes\` 是供程序读取的同一张表）。

The code of each system for the same thing (\`x-error-schemes\` is this table for programs).

| condition | ${systems.map(({ id }) => id).join(' | ')} | 含义 | meaning |
| --- |${' --- |'.repeat(systems.length + 2)}
${table.join('\n')}
`
}
