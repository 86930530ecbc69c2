/** What a contract says in its extensions, as Markdown that Swagger UI shows. */
import { conditions } from '../generated/conditions.js'
import type { Contract, ErrorRow, OperationRow } from '../core/contract.js'
import type { Bilingual, Language } from '../plain/bilingual.js'
import { type JsonObject, objectOf, textOf } from '../plain/json.js'
import { speak } from './language.js'

const provenances: Readonly<Record<OperationRow['provenance'], Bilingual>> = {
  seed: { zh: '后端团队的文档写明了路径与方法', en: 'path and verb stand in the text of the backend team' },
  implied: { zh: '文档只描述了行为，路径由本契约补定', en: 'the text describes the behaviour only; the path was chosen here' },
  added: { zh: '文档没有提到，为了能触发错误码或填充界面而补充', en: 'not in the text; added so that an error can be reached or a screen filled' },
}

const levels: Readonly<Record<OperationRow['auth'], Bilingual>> = {
  none: { zh: '不需要', en: 'none needed' },
  optional: { zh: '可选，带上凭证就必须有效', en: 'optional, though one that is sent has to be good unless the description says otherwise' },
  required: { zh: '必须登录', en: 'required' },
}

/**
 * @param calls address of the calls of the operation in the console; null where there is none
 * @returns provenance, auth level, errors in the order of their checks, and decisions of one operation
 */
export function describeOperation({ errors, dialect }: Contract, row: OperationRow, decisions: readonly JsonObject[], language: Language, calls: string | null): string {
  const say = speak(language)
  const facts = [
    `- **${say('Provenance', '出处')}** \`${row.provenance}\` ${provenances[row.provenance][language]}`,
    `- **${say('Login', '登录')}** \`${row.auth}\` ${levels[row.auth][language]}`,
    ...(row.roles.length === 0 ? [] : [`- **${say('Roles', '角色')}** ${row.roles.map(code).join(' ')}`]),
    ...(calls === null ? [] : [`- [${say('Its calls in the console', '控制台中此接口的请求')} →](${calls})`]),
  ]
  const rows = row.errors.flatMap((name) => {
    const error = errors[name]
    return error === undefined ? [] : [{ name, ...error }]
  })
  const success = errors[dialect.success]?.code
  const title = say('Errors in the order of the checks; of several the first is sent', '错误，按检查顺序；同时出错时返回最先的一个')
  return [
    facts.join('\n'),
    rows.length === 0 ? `**${say('Errors', '错误')}**\n\n${say('none', '没有')}` : `**${title}**\n\n${errorTable(rows, language)}`,
    ...(success === undefined ? [] : [say(`On success \`${dialect.code}\` is \`${String(success)}\``, `成功时 \`${dialect.code}\` 为 \`${String(success)}\``)]),
    ...(decisions.length === 0 ? [] : [`**${say('Decisions on the text', '对原文的决定')}**\n\n${decisionTable(decisions, language)}`]),
  ].join('\n\n')
}

/** @returns a table of decisions on what the backend team's text left open or got wrong */
export function decisionTable(decisions: readonly JsonObject[], language: Language): string {
  const say = speak(language)
  const rows = decisions.map((decision) => {
    // Chinese stands under a name of its own; where there is none the text serves both.
    const cell = (name: string) => plain(say(textOf(decision[name]), textOf(decision[`${name}Zh`])) || textOf(decision[name]))
    const tolerated = plain(textOf(decision['tolerated']))
    const reading = tolerated === '' ? cell('reading') : `${cell('reading')}<br>${say('Tolerated', '也接受')}: ${tolerated}`
    return [cell('topic'), cell('says'), `${reading}${confirmation(objectOf(decision['answered']), language)}`]
  })
  return table([say('Topic', '问题'), say('The text says', '原文'), say('The reading taken', '采用')], rows)
}

/** Who said that a reading is right, or made it so; nothing where nobody has. */
function confirmation(answered: JsonObject, language: Language): string {
  const say = speak(language)
  const state = textOf(answered['state'])
  if (state !== 'confirmed' && state !== 'corrected') return ''
  return `<br>✓ ${state === 'confirmed' ? say('Confirmed', '已确认') : say('Corrected as answered', '已按答复更正')}: ${plain(textOf(answered['who']))}, ${plain(textOf(answered['when']))}`
}

function errorTable(errors: readonly (ErrorRow & { readonly name: string })[], language: Language): string {
  const say = speak(language)
  // Where every answer travels with 200 a column that says so is noise.
  const withStatus = errors.some(({ status }) => status.some((one) => one !== 200))
  const rows = errors.map(({ name, code: number, meaning, condition, status }, index) => [
    String(index + 1),
    code(String(number)),
    code(name),
    plain(meaning[language]),
    `${code(condition)} → ${code(conditions[condition].advice)}`,
    ...(withStatus ? [status.join(' / ')] : []),
  ])
  const head = ['#', say('Code', '错误码'), say('Constant', '常量'), say('Meaning', '含义'), say('Condition → advice', '条件 → 客户端处理')]
  return table([...head, ...(withStatus ? ['HTTP'] : [])], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Text that neither ends its cell nor begins a tag; what stands in backticks is shown as it is anyway. */
function plain(text: string): string {
  const parts = text.replace(/\s+/g, ' ').trim().split('`')
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;'))).join('`').replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`${text}\``
}
