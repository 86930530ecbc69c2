/** Where real backends are not what their contracts say: by operation, each kind of difference with its first and its last example. */
import { toldOf } from '../../../client/drift-told.js'
import { byOperation, kindWords } from '../../../client/drift-words.js'
import { act, control, here, type Schemas } from '../../api.js'
import { count, dayAndTime } from '../../format.js'
import { language, pick, t } from '../../language.js'
import { systemOf } from '../../live/details.js'
import { pretty } from '../../parts/json.js'
import { Link } from '../../parts/link.js'
import { referenceOf } from '../../reference.js'

interface DriftListProps {
  /** Null while it is not known. */
  readonly report: Schemas['DriftReport'] | null
  /** Whether there is a real backend at all. */
  readonly isAny: boolean
}

export function DriftList({ report, isAny }: DriftListProps) {
  const path = here.value
  const asked = report?.calls.reduce((sum, call) => sum + call.asked, 0) ?? 0
  const groups = byOperation(report?.drift ?? [])
  const forget = () => void act(control.value.DELETE('/sandboxes/{sandbox}/drift', { params: { path } }), t('The differences are forgotten', '差别已清除'))
  return (
    <section class="card">
      <header class="part-head">
        <h2 class="grow">{t('Differences from the contract', '与契约的差别')}</h2>
        {asked > 0 && <button type="button" class="small danger" onClick={forget}>{t('Forget them', '清除')}</button>}
      </header>
      {report !== null && asked === 0 && <p class="faint">{isAny ? t('The real backend has not been asked yet. Let the app call it; what differs appears here by itself.', '还没有问过真实后端。让应用发出请求，差别会自动出现在这里。') : t('No system has a real backend. Give one its address above.', '没有系统接有真实后端。请在上方填写地址。')}</p>}
      {asked > 0 && <p class="faint">{t(`${count(asked)} answers were held against the contract.`, `已对照 ${count(asked)} 个应答。`)} {groups.length === 0 && t('All of them keep it.', '全部符合。')}</p>}
      {groups.map(({ system, operationId, rows }) => {
        const calls = report?.calls.find((one) => one.system === system && one.operationId === operationId)
        const operation = systemOf(system)?.operations.find((one) => one.operationId === operationId)
        return (
          <section key={`${system} ${operationId}`} class="drift">
            <h3>
              <span class="mono">{system}</span> <a class="mono" href={referenceOf(system, operation)}>{operationId}</a>
              {calls !== undefined && <span class="faint"> · {t(`${count(calls.departed)} of ${count(calls.asked)} answers`, `${count(calls.asked)} 个应答中 ${count(calls.departed)} 个`)}</span>}
              {' · '}<Link to={{ panel: 'calls', query: { operation: operationId, source: 'real' } }}>{t('its calls', '相关请求')}</Link>
            </h3>
            <ul class="rules">{rows.map((row) => <Finding key={[row.kind, row.pointer, row.error, row.expected, row.reason].join(' ')} row={row} />)}</ul>
          </section>
        )
      })}
      {report !== null && report.leftOut > 0 && <p class="faint">{t(`${count(report.leftOut)} more were too many to be kept.`, `另有 ${count(report.leftOut)} 处超出上限，未记下。`)}</p>}
    </section>
  )
}

function Finding({ row }: { readonly row: Schemas['Drift'] }) {
  const { kind, pointer, count: times, error, first, last, questions } = row
  return (
    <li>
      <details class="grow">
        <summary>
          <span class="tag failed">{pick(kindWords[kind])}</span> <code>{pointer === '' ? t('the whole answer', '整个应答') : pointer}</code>
          {error !== null && <> <code>{error}</code></>} <span class="faint">× {count(times)}</span>
          <span class="told">{toldOf(row, language.value)}</span>
        </summary>
        <div class="examples">
          <Example title={times > 1 ? t('First', '最早') : t('Example', '一例')} row={row} example={first} />
          {times > 1 && <Example title={t('Last', '最近')} row={row} example={last} />}
          {questions.length > 0 && <p class="small">{t('This may answer what the review asks:', '可回答审阅清单中的问题：')} {questions.map(({ number, topic }) => `${number} ${pick(topic)}`).join(' · ')}</p>}
        </div>
      </details>
    </li>
  )
}

interface ExampleProps {
  readonly title: string
  readonly row: Schemas['Drift']
  readonly example: Schemas['DriftExample']
}

function Example({ title, row, example }: ExampleProps) {
  const { at, method, url, status, body } = example
  return (
    <figure class="preview">
      <figcaption class="faint small">{title} · {dayAndTime(Date.parse(at))} · {toldOf({ ...row, last: example }, language.value)}</figcaption>
      <pre class="code" tabIndex={0} aria-label={title}>{`${method} ${url}\n${status === null ? t('(no answer)', '（没有应答）') : `HTTP ${String(status)}`}\n`}{body === null ? '' : pretty(body) ?? body}</pre>
    </figure>
  )
}
