/** A request or an answer: its first line, its headers on demand, and its body as it is read best. */
import type { Schemas } from '../../api.js'
import { size } from '../../format.js'
import { t } from '../../language.js'
import { Copy } from '../../parts/copy.js'
import { Json, pretty } from '../../parts/json.js'

interface MessageProps {
  readonly title: string
  readonly head: string
  readonly headers: Schemas['HeaderTexts']
  readonly body: Schemas['NullableBody']
}

export function Message({ title, head, headers, body }: MessageProps) {
  const rows = Object.entries(headers)
  const text = body?.text ?? null
  const isForm = String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  const shown = text === null ? null : (pretty(text) ?? (isForm ? fieldsOf(text) : text))
  return (
    <section class="message">
      <header class="part-head">
        <h3 class="grow">{title}</h3>
        {body !== null && <span class="faint small">{size(body.bytes)}</span>}
        {text !== null && shown !== null && <Copy text={isForm ? text : shown} label={t(`Copy the body of: ${title}`, `复制正文：${title}`)} />}
      </header>
      <p class="mono first-line">{head}</p>
      {rows.length > 0 && (
        <details>
          <summary>{t(rows.length === 1 ? '1 header' : `${String(rows.length)} headers`, `${String(rows.length)} 个首部`)}</summary>
          <dl class="headers mono">
            {rows.map(([name, value]) => (
              <div key={name}><dt>{name}</dt><dd>{typeof value === 'string' ? value : value.join('\n')}</dd></div>
            ))}
          </dl>
        </details>
      )}
      {shown !== null && <pre class="code" tabIndex={0} aria-label={t(`Body of: ${title}`, `正文：${title}`)}><Json text={shown} /></pre>}
      {body !== null && text === null && <p class="faint">{t('Bytes that are no text.', '内容不是文本。')}</p>}
      {body === null && <p class="faint small">{t('No body', '没有正文')}</p>}
      {body?.truncated === true && <p class="faint small">{t('The journal keeps the first 65,536 bytes.', '日志只保留前 65,536 字节。')}</p>}
    </section>
  )
}

/** @returns a form with each of its fields on a line, as it is meant */
function fieldsOf(form: string): string {
  return [...new URLSearchParams(form)].map(([name, value]) => `${name} = ${value}`).join('\n')
}
