/** What is said while the page and the stub are apart. */
import { t } from './language.js'
import { connection, makeHere } from './live/connection.js'
import { Link } from './parts/link.js'
import { DEFAULT_SANDBOX, sandbox } from './place.js'
import { complain } from './notices.js'

/** One line below the header. It lies over the page, so that nothing moves when it comes and goes. */
export function ConnectionLine() {
  const isLost = connection.value === 'lost'
  return (
    <div class="line" role="status" aria-live="polite">
      {isLost && <p>{t('The stub does not answer. Trying again; filters and forms stay as they are.', '服务没有应答，正在重连；筛选与表单保持不变。')}</p>}
    </div>
  )
}

/** In place of the panel when there is no such sandbox. */
export function Gone() {
  const make = () => {
    makeHere().catch(complain)
  }
  return (
    <section class="card narrow">
      <h1>{t(`No sandbox “${sandbox.value}”`, `没有沙箱“${sandbox.value}”`)}</h1>
      <p>{t('It was deleted, or nobody has used it yet.', '它已被删除，或尚未有人使用。')}</p>
      <p class="buttons">
        <button type="button" class="main" onClick={make}>{t('Make it', '建立')}</button>
        <Link to={{ sandbox: DEFAULT_SANDBOX, panel: 'overview' }} class="button">{t('Go to default', '回到 default')}</Link>
      </p>
    </section>
  )
}
