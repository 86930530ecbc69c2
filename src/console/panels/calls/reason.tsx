/** Why a call ended as it did: the error in the words of the contract, faults, breaks of the contract, and what it comes closest to. */
import { nearTold } from '../../../client/near-told.js'
import { language, pick, t } from '../../language.js'
import { conditions, errorOf, systemOf } from '../../live/details.js'
import { Link } from '../../parts/link.js'
import { referenceOf } from '../../reference.js'
import type { Entry } from './entry.js'

export function Reason({ entry }: { readonly entry: Entry }) {
  const { error, faults, violations, nearMisses, operationId, source, sourceReason } = entry
  if (source === 'stub' && sourceReason === null && error === null && faults.length === 0 && violations.length === 0 && operationId !== null) return null
  return (
    <section class="reason">
      {source === 'real' && <p><span class="tag real">{t('real', '真实后端')}</span> {t('The real backend answered.', '由真实后端应答。')}</p>}
      {sourceReason !== null && <p><span class="tag failed">{t('stub', '替身')}</span> {t('The real backend should have answered, and did not:', '真实后端本应应答而没有：')} <code>{sourceReason}</code></p>}
      {error !== null && <ErrorReason entry={entry} name={error} />}
      {faults.length > 0 && (
        <p><span class="tag fault">{t('fault', '故障')}</span> {t('Broken on purpose by ', '由以下规则故意造成：')}{faults.map((id, i) => <>{i > 0 && ', '}{id === 'prefer' ? t('the call itself (Prefer)', '请求自己（Prefer）') : <code>{id}</code>}</>)}</p>
      )}
      {violations.map((violation) => <p key={violation}><span class="tag violation">{t('breaks the contract', '违反契约')}</span> <code>{violation}</code></p>)}
      {nearMisses.length > 0 && (
        <>
          <p>{t('No operation answers this. Closest are:', '没有接口对应此请求，最接近的是：')}</p>
          <ul class="near">
            {nearMisses.map((near) => (
              <li key={near.operationId}>
                <a href={referenceOf(entry.system, systemOf(entry.system)?.operations.find((one) => one.operationId === near.operationId))}><b>{near.operationId}</b></a> <code>{near.method} {near.path}</code>
                <br /><span class="faint">{near.reasons.map((reason) => nearTold(reason, language.value)).join(t('; ', '；'))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

const ADVICE = (advice: string) => ({
  none: '',
  relogin: t('The app logs in again.', '应用应重新登录。'),
  refresh: t('The app refreshes its token and repeats the call once.', '应用应刷新令牌并重试一次。'),
  retryLater: t('The app keeps what was entered and offers to try later.', '应用应保留输入，稍后重试。'),
  fixInput: t('The call has to change before it is repeated.', '须修改请求后再试。'),
  showMessage: t('The app tells the user why.', '应用应向用户说明原因。'),
  followUrl: t('The app opens the address in the answer.', '应用应打开响应中的地址。'),
})[advice] ?? advice

function ErrorReason({ entry: { system, operationId }, name }: { readonly entry: Entry; readonly name: string }) {
  const row = errorOf(system, name)
  const checks = systemOf(system)?.operations.find((one) => one.operationId === operationId)?.errors ?? []
  const place = checks.indexOf(name)
  const condition = row === undefined ? undefined : conditions.value.get(row.condition)
  return (
    <>
      <p><b class="mono">{name}</b>{row !== undefined && <span class="faint"> · {t('code', '错误码')} {row.code}</span>}</p>
      {row !== undefined && <p>{pick(row.meaning)}{condition !== undefined && <span class="faint"> {ADVICE(condition.advice)}</span>}</p>}
      <p class="faint small">
        {place >= 0 && t(`Check ${String(place + 1)} of ${String(checks.length)} of this operation. `, `此接口 ${String(checks.length)} 项检查中的第 ${String(place + 1)} 项。`)}
        {row !== undefined && <>{t('Condition', '条件')} <code>{row.condition}</code> · </>}
        <Link to={{ panel: 'calls', query: { error: name } }}>{t('All calls with this error', '此错误的所有请求')}</Link>
      </p>
    </>
  )
}
