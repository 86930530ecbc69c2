/** The report as one HTML page that needs nothing else. */
import type { DriftReport } from '../../client/control.js'
import type { Language } from '../../plain/bilingual.js'
import { toldOf } from '../../client/drift-told.js'
import { byOperation, kindWords, words } from '../../client/drift-words.js'

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}table{border-collapse:collapse;width:100%;margin:.5rem 0}' +
  'th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}pre{background:#f5f5f7;padding:.8rem;overflow:auto}' +
  '@media(prefers-color-scheme:dark){body{color:#eee;background:#1d1d1f}th,td{border-color:#444}pre{background:#2a2a2c}}'

/** @returns the report as a page */
export function asHtml({ drift, calls, leftOut }: DriftReport, lang: Language): string {
  const head = [words.where, words.kind, words.count, words.told, words.questions].map((word) => `<th scope="col">${word[lang]}</th>`).join('')
  const parts = byOperation(drift).map(({ system, operationId, rows }) => {
    const lines = rows.map((row) => {
      const { pointer, kind, count, questions } = row
      const cells = [pointer === '' ? words.whole[lang] : `<code>${escape(pointer)}</code>`, kindWords[kind][lang], String(count), escape(toldOf(row, lang)), questions.map(({ number, topic }) => `${escape(number)} ${escape(topic[lang])}`).join('<br>') || '–']
      return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
    })
    const [row] = rows
    const example = row === undefined ? '' : `<p>${words.example[lang]}</p><pre>${escape(`${row.last.method} ${row.last.url}\nHTTP ${String(row.last.status ?? '–')}\n${row.last.body ?? ''}`.trimEnd())}</pre>`
    return `<h2>${escape(system)} · ${escape(operationId)}</h2><table><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>${example}`
  })
  const counts = calls.map(({ system, operationId, asked, departed }) => `<li><code>${escape(system)}</code> ${escape(operationId)}: ${String(asked)} ${words.asked[lang]}, ${String(departed)} ${words.departed[lang]}</li>`)
  const more = leftOut === 0 ? '' : `<p>${String(leftOut)} ${words.leftOut[lang]}</p>`
  const title = words.title[lang]
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${drift.length === 0 ? `<p>${(calls.length === 0 ? words.notAsked : words.none)[lang]}</p>` : parts.join('')}${more}<ul>${counts.join('')}</ul></body></html>\n`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
