/** The pages themselves: a list of the systems, and what stands around Swagger UI. */
import type { System } from '../core/system.js'
import { inLanguage } from '../plain/bilingual.js'
import { at, textOf } from '../plain/json.js'
import { basePath, readDocument } from './document.js'
import { docsAddress, frame, NONE, type PageView } from './frame.js'
import { html, type Html } from '../plain/html.js'
import { type Say, speak } from './language.js'

/** @returns the page that lists the systems */
export async function indexPage(view: PageView): Promise<string> {
  const say = speak(view.language)
  const cards = await Promise.all(view.systems.map((system) => card(system, view)))
  const title = say('API reference', '接口文档')
  return frame(view, { title, head: NONE, data: NONE, current: null, main: html`<div class="sheet">
<div class="head"><h1>${title}</h1></div>
<p class="lead">${say(
    'Each operation with its provenance, login, errors in the order of their checks and the decisions taken on the text; each can be tried on the spot, with the login done for you. The pages call nothing but this server and work offline.',
    '每个接口的出处、登录要求、按检查顺序排列的错误，以及对原文的决定；都可以当场试用，登录由页面代劳。页面只访问这台服务器，可以离线使用。',
  )}</p>
<ul class="cards">${cards}</ul>
<section class="card"><h2>${say('How to use it', '用法')}</h2>
<dl class="hints">
<dt>${say('Sandboxes', '沙箱')}</dt>
<dd>${say(
    html`Nothing that happens in one is seen in another; a sandbox comes into being on first use: <code>/@alice/&lt;system&gt;/…</code>`,
    html`沙箱之间互不影响，首次使用时自动建立：<code>/@alice/&lt;system&gt;/…</code>`,
  )}</dd>
<dt>${say('An error on demand', '指定错误')}</dt>
<dd>${say(
    html`The header <code>Prefer: error=CONSTANT</code> or the query parameter <code>__error=CONSTANT</code>`,
    html`请求头 <code>Prefer: error=常量名</code>，或查询参数 <code>__error=常量名</code>`,
  )}</dd>
<dt>${say('SMS codes', '短信验证码')}</dt>
<dd>${say(
    html`Nothing is sent; the code is always <code>123456</code> unless the sandbox says otherwise`,
    html`不会真的发送短信；验证码总是 <code>123456</code>，除非沙箱另有设置`,
  )}</dd>
</dl></section>
</div>` })
}

/**
 * @param system the system whose page it is
 * @returns the page; its scripts load the document
 */
export function systemPage(system: System, view: PageView): string {
  const { language, sandbox, admin } = view
  const say = speak(language)
  const head = html`<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><script src="/docs/assets/swagger-ui-bundle.js" defer></script><script src="/docs/assets/page.js" type="module"></script>`
  const data = html` data-system="${system.id}" data-base="${basePath(system, sandbox)}" data-language="${language}"`
  return frame(view, { title: `${system.id} · ${inLanguage(system.contract.title, language)}`, head, data, current: system.id, main: html`
<div class="tools"><input id="find" class="grow" type="search" aria-label="${say('Find an operation', '查找接口')}" placeholder="${say('Find an operation', '查找接口')}" autocomplete="off">${admin === null ? NONE : login(system, say)}</div>
<div id="reference"><p class="empty">${say('Loading…', '载入中…')}</p></div>
<noscript><p class="empty">${say('This page needs JavaScript; the document is at', '此页需要 JavaScript；文档在')} <a href="/docs/${system.id}/openapi.json">openapi.json</a></p></noscript>` })
}

function login({ dialect, sessions }: System, say: Say): Html {
  const inHeaders = dialect.credentials !== null
  return html`<button type="button" id="login-button" class="main" popovertarget="login-panel">${inHeaders ? say('Log in', '登录') : say('Issue a token', '发放令牌')}</button>
<span role="status"><button type="button" id="reader" popovertarget="reader-panel" hidden></button></span>
<section id="login-panel" class="menu right" popover aria-labelledby="login-title">
<h2 id="login-title">${inHeaders ? say('Log in as', '登录为') : say('Issue a token for', '发放令牌给')}</h2>
<p>${inHeaders
    ? say('Pick a user; what you try from then on carries the credential.', '选一位用户，之后的试用请求都带上其凭证。')
    : say('This system takes its token in a field of the body, not in a header; pick a user to have one issued, then fill it in.', '此系统的令牌不在请求头里，而是请求体的字段；选一位用户发放令牌，再填进去。')}</p>
${sessions.perUser === 'one' ? html`<p>${say('As with a login of the app, the user’s other sessions in this sandbox end.', '与应用登录一样，该用户在此沙箱的其他会话随之失效。')}</p>` : NONE}
<input id="login-find" type="search" aria-label="${say('Find a user', '查找用户')}" placeholder="${say('Find a user', '查找用户')}" autocomplete="off" hidden>
<ul id="readers"></ul>
</section>
<section id="reader-panel" class="menu right" popover aria-label="${say('Current user', '当前用户')}">
<h2 id="reader-name"></h2>
<dl id="tokens"></dl>
<p>${inHeaders
    ? say('What you try carries the access token.', '试用请求已带上访问令牌。')
    : say('For the field of the body that asks for it; it has taken the place of the dead one in the examples.', '填入请求体的相应字段；示例中已失效的令牌已替换为它。')}</p>
<p class="buttons"><button type="button" id="switch-user">${say('Switch user', '换用户')}</button> <button type="button" id="logout">${say('Log out', '退出')}</button></p>
</section>`
}

async function card(system: System, view: PageView): Promise<Html> {
  const say = speak(view.language)
  const { id, contract, hint } = system
  const document = await readDocument(system)
  const rows = Object.values(contract.operations)
  const count = (provenance: string) => rows.filter((row) => row.provenance === provenance).length
  const errors = Object.keys(contract.errors).length
  return html`<li class="card">
<h2>${inLanguage(contract.title, view.language)} <span class="mono faint">${id}</span></h2>
<p>${inLanguage(textOf(at(document ?? undefined, 'info', 'summary')), view.language)}</p>
<p class="faint small">${say(`${String(rows.length)} operations: `, `${String(rows.length)} 个接口：`)}<code>seed</code> ${count('seed')} · <code>implied</code> ${count('implied')} · <code>added</code> ${count('added')}${say(`; ${String(errors)} rows in the error table`, `；错误表 ${String(errors)} 行`)}</p>
<p class="faint small">${say('Login', '登录')} <code>${hint}</code></p>
<p class="buttons"><a class="button main" href="${docsAddress(view, id)}">${say('Read and try', '查看与试用')}</a> <a class="quiet" href="/docs/${id}/openapi.json">openapi.json</a></p>
</li>`
}
