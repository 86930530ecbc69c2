/** The base URLs of the sandbox for a phone: QR codes to point a camera at. */
import { useMemo, useState } from 'preact/hooks'
import { encode } from 'uqr'
import { darkPath } from '../../../plain/qr.js'
import { t } from '../../language.js'
import { baseUrlOf, systems } from '../../live/connection.js'
import { Copy } from '../../parts/copy.js'

/** Names under which this machine is known to itself alone. */
const LOCAL = /^(?:localhost|127\.|\[::1\])/

export function Phones() {
  const ids = systems.value.map(({ id }) => id)
  const [chosen, choose] = useState('')
  const system = ids.find((id) => id === chosen) ?? ids[0] ?? ''
  const url = baseUrlOf(system)
  return (
    <section class="card phones">
      <h2>{t('On a phone', '在手机上')}</h2>
      <div class="phone">
        <Qr text={url} />
        <div class="phone-side">
          <div class="buttons" role="group" aria-label={t('System', '系统')}>{ids.map((id) => <button key={id} type="button" class="small" aria-pressed={id === system} onClick={() => { choose(id) }}>{id}</button>)}</div>
          <p class="url-line"><code class="grow">{url}</code><Copy class="small quiet" text={url} label={t('Copy the base URL', '复制地址')} /></p>
          {LOCAL.test(location.host) && <p class="faint">{t('This address is this machine’s own. For a phone start the stub with --lan, and open the console by the address that it prints.', '此地址只在本机有效。供手机使用时，请以 --lan 启动，并用它打印的地址打开控制台。')}</p>}
        </div>
      </div>
    </section>
  )
}

function Qr({ text }: { readonly text: string }) {
  const { path, size } = useMemo(() => {
    const { data, size: length } = encode(text, { border: 2 })
    return { path: darkPath(data), size: length }
  }, [text])
  return (
    <svg class="qr" viewBox={`0 0 ${String(size)} ${String(size)}`} role="img" aria-label={t(`QR code of ${text}`, `${text} 的二维码`)} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
