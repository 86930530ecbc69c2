/** The report as Markdown, for a merge request or an issue. */
import type { DriftReport } from '../../client/control.js'
import type { Language } from '../../plain/bilingual.js'
import { toldOf } from '../../client/drift-told.js'
import { byOperation, kindWords, words } from '../../client/drift-words.js'

/** @returns the report, one table per operation, each with its last example */
export function asMarkdown({ drift, calls, leftOut }: DriftReport, lang: Language): string {
  const counts = calls.map(({ system, operationId, asked, departed }) => `- \`${system}\` ${operationId}: ${String(asked)} ${words.asked[lang]}, ${String(departed)} ${words.departed[lang]}`)
  const parts = byOperation(drift).map(({ system, operationId, rows }) => {
    const lines = rows.map((row) => {
      const { pointer, kind, count, questions } = row
      return [pointer === '' ? words.whole[lang] : code(pointer), kindWords[kind][lang], String(count), cell(toldOf(row, lang)), questions.map(({ number, topic }) => `${number} ${cell(topic[lang])}`).join('<br>') || '–'].join(' | ')
    })
    const [row] = rows
    const example = row === undefined ? '' : `\n${words.example[lang]}:\n\n${fence(`${row.last.method} ${row.last.url}\nHTTP ${String(row.last.status ?? '–')}\n${row.last.body ?? ''}`.trimEnd())}\n`
    return `## ${system} · ${operationId}\n\n| ${[words.where, words.kind, words.count, words.told, words.questions].map((word) => word[lang]).join(' | ')} |\n| --- | --- | ---: | --- | --- |\n${lines.map((line) => `| ${line} |`).join('\n')}\n${example}`
  })
  const more = leftOut === 0 ? [] : [`${String(leftOut)} ${words.leftOut[lang]}`]
  return `${[`# ${words.title[lang]}`, ...(drift.length === 0 ? [(calls.length === 0 ? words.notAsked : words.none)[lang]] : parts), ...more, counts.join('\n')].filter((part) => part !== '').join('\n\n')}\n`
}

/** What a backend sends ends no table, and begins no link. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[|\\`<>[\]*_]/g, (character) => `\\${character}`)
}

function code(text: string): string {
  return /[`|\r\n]/.test(text) ? cell(text) : `\`${text}\``
}

/** A fence longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}\n${text}\n${ticks}`
}
