/** What a contract says in its extensions, as Markdown that Swagger UI shows. Chinese first, as everywhere in the documents. */
import { conditions } from '../generated/conditions.js'
import type { Contract, ErrorRow, OperationRow } from '../core/contract.js'
import { objectOf, textOf } from './json.js'
import type { JsonObject } from '../plain/json.js'

const provenances: Readonly<Record<OperationRow['provenance'], string>> = {
  seed: '后端团队的文档写明了路径与方法 · path and verb stand in the text of the backend team',
  implied: '文档只描述了行为，路径由本契约补定 · the text describes the behaviour only; the path was chosen here',
  added: '文档没有提到，为了能触发错误码或填充界面而补充 · not in the text; added so that an error can be reached or a screen filled',
}

const levels: Readonly<Record<OperationRow['auth'], string>> = {
  none: '不需要 · none needed',
  optional: '可选，带上凭证就必须有效 · optional, though one that is sent has to be good unless the description says otherwise',
  required: '必须登录 · required',
}

/** @returns provenance, auth level, errors in the order of their checks, and decisions of one operation */
export function describeOperation({ errors, dialect }: Contract, row: OperationRow, decisions: readonly JsonObject[]): string {
  const facts = [
    `- **出处 Provenance** \`${row.provenance}\` ${provenances[row.provenance]}`,
    `- **登录 Login** \`${row.auth}\` ${levels[row.auth]}`,
    ...(row.roles.length === 0 ? [] : [`- **角色 Roles** ${row.roles.map(code).join(' ')}`]),
  ]
  const rows = row.errors.flatMap((name) => {
    const error = errors[name]
    return error === undefined ? [] : [{ name, ...error }]
  })
  const success = errors[dialect.success]?.code
  return [
    facts.join('\n'),
    rows.length === 0 ? '**错误 · Errors**\n\n没有 · none' : `**错误，按检查顺序；同时出错时返回最先的一个 · Errors in the order of the checks; of several the first is sent**\n\n${errorTable(rows)}`,
    ...(success === undefined ? [] : [`成功时 \`${dialect.code}\` 为 \`${String(success)}\` · On success \`${dialect.code}\` is \`${String(success)}\``]),
    ...(decisions.length === 0 ? [] : [`**对原文的决定 · Decisions on the text**\n\n${decisionTable(decisions)}`]),
  ].join('\n\n')
}

/** @returns a table of decisions on what the backend team's text left open or got wrong */
export function decisionTable(decisions: readonly JsonObject[]): string {
  const rows = decisions.map((decision) => {
    const both = (name: string) => cell(textOf(decision[`${name}Zh`]), textOf(decision[name]))
    const tolerated = textOf(decision['tolerated'])
    const reading = tolerated === '' ? both('reading') : `${both('reading')}<br>也接受 · Tolerated: ${plain(tolerated)}`
    return [both('topic'), both('says'), `${reading}${confirmation(objectOf(decision['answered']))}`]
  })
  return table(['问题 Topic', '原文 The text says', '采用 The reading taken'], rows)
}

/** Who said that a reading is right, or made it so; nothing where nobody has. */
function confirmation(answered: JsonObject): string {
  const state = textOf(answered['state'])
  if (state !== 'confirmed' && state !== 'corrected') return ''
  return `<br>✓ ${state === 'confirmed' ? '已确认 · Confirmed' : '已按答复更正 · Corrected as answered'}: ${plain(textOf(answered['who']))}, ${plain(textOf(answered['when']))}`
}

function errorTable(errors: readonly (ErrorRow & { readonly name: string })[]): string {
  // Where every answer travels with 200 a column that says so is noise.
  const withStatus = errors.some(({ status }) => status.some((one) => one !== 200))
  const rows = errors.map(({ name, code: number, meaning, condition, status }, index) => [
    String(index + 1),
    code(String(number)),
    code(name),
    cell(meaning.zh, meaning.en),
    `${code(condition)} → ${code(conditions[condition].advice)}`,
    ...(withStatus ? [status.join(' / ')] : []),
  ])
  return table(['#', '错误码 Code', '常量 Constant', '含义 Meaning', '条件 → 客户端处理 Condition → advice', ...(withStatus ? ['HTTP'] : [])], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Chinese above English; one of them alone where the other is missing or the same. */
function cell(zh: string, en: string): string {
  return [...new Set([zh, en].filter((text) => text !== '').map(plain))].join('<br>')
}

/** Text that neither ends its cell nor begins a tag; what stands in backticks is shown as it is anyway. */
function plain(text: string): string {
  const parts = text.replace(/\s+/g, ' ').trim().split('`')
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;'))).join('`').replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`${text}\``
}
