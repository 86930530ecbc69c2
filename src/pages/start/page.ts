/** The start page: what it shows, for one phone under one address. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encode } from 'uqr'
import { parseQuery } from '../../core/pipeline/query.js'
import type { Reply } from '../../core/reply.js'
import type { Call } from '../../core/stage/call.js'
import { frame, NONE } from '../../docs/frame.js'
import { isLanguage, languageOf, textHeader, type Say, speak } from '../../docs/language.js'
import { startAssetsFolder } from '../../paths.js'
import { splitHost } from '../../plain/host.js'
import { html, type Html } from '../../plain/html.js'
import { panelAddress } from '../../plain/panels.js'
import { darkPath } from '../../plain/qr.js'
import { searchOf } from '../../plain/url.js'
import { snippetsFor } from './snippets.js'
import type { Reachable, StartParts } from './parts.js'

/** @returns a file that the page loads */
export function readStartAsset(name: string): Promise<Uint8Array> {
  return readFile(join(startAssetsFolder, name))
}

/** Where the phone is that looks at the page. */
interface Here {
  readonly host: string
  readonly isEncrypted: boolean
  /** Scheme, host and port that it came by. */
  readonly origin: string
  /** The same with the other scheme; null where there is none. */
  readonly other: string | null
}

/** @returns the page */
export function startPage({ served, admin, reach }: StartParts, call: Call, sandbox: string): Reply {
  const asked = parseQuery(searchOf(call.url)).get('lang')
  const language = languageOf(asked, textHeader(call.headers['accept-language']))
  const say = speak(language)
  const systems = [...served.values()].map(({ system }) => system)
  const here = hereOf(call, reach())
  const urls = systems.map(({ id, hint }) => ({ id, hint, url: `${here.origin}/@${sandbox}/${id}` }))
  // A page over HTTPS may not call HTTP: browsers let that be, whether or not it is reached.
  const tested = here.isEncrypted ? null : here.other
  const main = html`<div class="sheet start">
<div class="head"><h1>${say('This stub, from this device', '在此设备上使用本服务')}</h1></div>
<section class="card"><h2>${say('Can it be reached?', '能否访问？')}</h2>
<ul class="tests" id="tests" data-socket="${here.origin.replace(/^http/, 'ws')}/__start/socket" data-other="${tested ?? ''}">
<li data-test="reach"><b>${say('Calls', '请求')}</b> <span class="state">…</span></li>
<li data-test="socket"><b>WebSocket</b> <span class="state">…</span></li>
${tested === null ? NONE : html`<li data-test="other"><b>HTTPS</b> <span class="state">…</span></li>`}
${here.isEncrypted && here.other !== null ? html`<li><b>HTTP</b> <a href="${here.other}/@${sandbox}/">${say('test it on this page over HTTP', '在 HTTP 页面上测试')}</a></li>` : NONE}
</ul></section>
<section class="card"><h2>${say('Base URLs to copy', '可复制的基础地址')}</h2>
<ul class="urls">${urls.map(({ id, url }) => html`<li><b class="mono">${id}</b> <code class="grow">${url}</code> <button type="button" class="small" data-copy="${url}">${say('Copy', '复制')}</button></li>`)}</ul>
<p class="faint">${say('Every SMS code is 123456. What this app does stays in the sandbox', '短信验证码均为 123456。此应用的操作只影响沙箱')} <b>${sandbox}</b>${say('.', '。')}</p></section>
${admin === null ? NONE : html`<section class="card"><h2>${say('Drive it', '控制')}</h2><p>${say('Kick somebody out, let tokens run out, read SMS codes, announce maintenance:', '踢人下线、令牌过期、查看短信验证码、停机维护：')}</p>
<div class="buttons">${(['people', 'sms', 'clock', 'faults', 'calls'] as const).map((panel) => html`<a class="button" href="${panelAddress(panel, sandbox)}">${say(panelNames[panel].en, panelNames[panel].zh)}</a>`)}</div></section>`}
${certificateCard(reach(), say)}
<section class="card"><h2>${say('What the app has to say', '应用需要的配置')}</h2><p class="faint">${say('For debug builds, for exactly this host. Nothing is rewritten on its way.', '仅用于调试版本，且只针对此主机。传输中不作任何改写。')}</p>
${snippetsFor(here.host, urls[0]?.url ?? here.origin, here.isEncrypted).map(({ platform, file, text }) => html`<figure class="snippet"><figcaption><b>${platform}</b> <code>${file}</code> <button type="button" class="small" data-copy="${text}">${say('Copy', '复制')}</button></figcaption><pre>${text}</pre></figure>`)}</section>
<section class="card"><h2>${say('On another device', '在其他设备上')}</h2>${qrCode(`${here.origin}/@${sandbox}/`)}</section>
</div>`
  const data = html` data-token="later" data-ok="${say('reached', '可访问')}" data-bad="${say('not reached', '无法访问')}" data-untrusted="${say('not reached, or its certificate is not trusted yet', '无法访问，或证书尚未受信任')}" data-copied="${say('Copied', '已复制')}"`
  const body = frame({ systems, sandbox, language, keepsLanguage: isLanguage(asked), admin }, {
    title: say('Start', '开始'),
    head: html`<link rel="stylesheet" href="/docs/assets/1-base.css"><link rel="stylesheet" href="/docs/assets/2-page.css"><link rel="stylesheet" href="/__start/start.css"><script src="/__start/start.js" type="module"></script>`,
    data,
    current: null,
    translated: `/@${sandbox}/?lang=${say('zh', 'en')}`,
    main,
  })
  const elsewhere = tested === null ? '' : ` ${tested}`
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ${here.origin.replace(/^http/, 'ws')}${elsewhere}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store', vary: 'accept-language' }, body }
}

const panelNames = { people: { en: 'People', zh: '用户' }, sms: { en: 'SMS', zh: '短信' }, clock: { en: 'Clock', zh: '时钟' }, faults: { en: 'Faults and maintenance', zh: '故障与维护' }, calls: { en: 'Calls', zh: '请求' } } as const

/** Whoever sends no host, or nonsense, is shown addresses of this machine. */
function hereOf({ headers: { host }, isEncrypted }: Call, { port, securePort }: Reachable): Here {
  const said = splitHost(host)
  const reached = said?.name ?? 'localhost'
  const own = isEncrypted ? (securePort ?? port) : port
  const other = securePort === null ? null : isEncrypted ? `http://${reached}:${String(port)}` : `https://${reached}:${String(securePort)}`
  // Behind another server its port is the one that counts.
  const authority = said === null ? `${reached}:${String(own)}` : `${said.name}${said.port}`
  return { host: reached, isEncrypted, origin: `${isEncrypted ? 'https' : 'http'}://${authority}`, other }
}

function certificateCard({ securePort, authority }: Reachable, say: Say): Html {
  if (securePort === null || authority === null) return NONE
  return html`<section class="card" id="certificate"><h2>${say('Trust the certificate, for HTTPS', '信任证书以使用 HTTPS')}</h2>
<p><a class="button main" href="/__start/ca.crt" download="understudy-ca.crt">${say('Download the certificate', '下载证书')}</a></p>
<ol class="steps"><li><b>iOS</b>: ${say('open it in Safari and allow the profile; Settings › General › VPN & Device Management › install it; then Settings › General › About › Certificate Trust Settings › switch “Understudy local CA” on.', '用 Safari 打开并允许下载描述文件；设置 › 通用 › VPN 与设备管理 › 安装；再到设置 › 通用 › 关于本机 › 证书信任设置中启用 “Understudy local CA”。')}</li>
<li><b>Android</b>: ${say('Settings › Security › Encryption & credentials › Install a certificate › CA certificate, and choose the file. Apps trust it only with the network security config below, in debug builds.', '设置 › 安全 › 加密与凭据 › 安装证书 › CA 证书，选择该文件。应用只有在调试版本中加入下方的网络安全配置后才会信任它。')}</li>
<li>${say('Take it off again when the work is done: whoever has this machine’s key could answer for any site.', '工作结束后请移除：持有本机密钥者可以冒充任何网站。')}</li></ol></section>`
}

function qrCode(text: string): Html {
  const { data, size } = encode(text, { border: 2 })
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${text}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${darkPath(data)}" fill="#000"/></svg>`
}
