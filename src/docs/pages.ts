/** The pages themselves: a list of the systems, and the frame around Swagger UI. */
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import type { System } from '../core/system.js'
import { basePath, readDocument } from './document.js'
import { html, type Html } from './html.js'
import { at, textOf } from './json.js'

/** What the pages may use of the control plane. */
type Admin = { readonly needsToken: boolean } | null

const NONE = html``

/** @returns the page that lists the systems */
export async function indexPage(systems: readonly System[]): Promise<string> {
  const cards = await Promise.all(systems.map(card))
  return layout('接口文档 · API reference', html`<link rel="stylesheet" href="/docs/assets/docs.css">`, html`
<body class="index">
<header class="bar"><a class="brand" href="/docs" aria-current="page">Understudy</a>${systemLinks(systems, null, DEFAULT_SANDBOX)}</header>
<main class="sheet">
<h1>接口文档 <span lang="en">API reference</span></h1>
<p>每个接口的出处、登录要求、按检查顺序排列的错误，以及对原文的决定；都可以当场试用，登录由页面代劳。页面只访问这台服务器，可以离线使用。</p>
<p lang="en">Each operation with its provenance, login, errors in the order of their checks and the decisions taken on the text; each can be tried on the spot, with the login done for you. The pages call nothing but this server and work offline.</p>
<ul class="cards">${cards}</ul>
<h2>用法 <span lang="en">How to use it</span></h2>
<dl class="hints">
<dt>沙箱 <span lang="en">Sandboxes</span></dt>
<dd>沙箱之间互不影响，首次使用时自动建立：<code>/@alice/&lt;system&gt;/…</code>。 <span lang="en">Nothing that happens in one is seen in another; a sandbox comes into being on first use.</span></dd>
<dt>指定错误 <span lang="en">An error on demand</span></dt>
<dd>请求头 <code>Prefer: error=常量名</code>，或查询参数 <code>__error=常量名</code>。 <span lang="en">The header <code>Prefer: error=CONSTANT</code> or the query parameter <code>__error=CONSTANT</code>.</span></dd>
<dt>短信验证码 <span lang="en">SMS codes</span></dt>
<dd>不会真的发送短信，验证码总是 <code>123456</code>。 <span lang="en">Nothing is sent; the code is always <code>123456</code> unless the sandbox says otherwise.</span></dd>
</dl>
</main>
</body>`)
}

/**
 * @param system the system whose page it is
 * @param admin null: sandboxes and logins cannot be offered
 * @returns the page; its scripts load the document
 */
export function systemPage(systems: readonly System[], system: System, sandbox: string, admin: Admin): string {
  const head = html`<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><link rel="stylesheet" href="/docs/assets/docs.css">
<script src="/docs/assets/swagger-ui-bundle.js" defer></script><script src="/docs/assets/page.js" type="module"></script>`
  return layout(`${system.id} · ${system.contract.title}`, head, html`
<body data-system="${system.id}" data-sandbox="${sandbox}" data-base="${basePath(system, sandbox)}">
<a class="skip" href="#reference">跳到正文 · Skip to content</a>
<header class="bar"><a class="brand" href="/docs">Understudy</a>${systemLinks(systems, system, sandbox)}
<label class="find"><span class="hidden">查找接口 · Find an operation</span><input id="find" type="search" placeholder="查找接口 · Find" autocomplete="off"></label>
${admin === null ? html`<p class="plain">沙箱 Sandbox <b>${sandbox}</b></p>` : tools(system, sandbox, admin)}</header>
<div id="notice" role="alert" hidden><span id="notice-text"></span><button type="button" id="notice-close" aria-label="关闭 · Close">✕</button></div>
<main id="reference" tabindex="-1"><p class="loading">载入中… Loading…</p></main>
<noscript><p class="sheet">此页需要 JavaScript；文档在 · This page needs JavaScript; the document is at <a href="/docs/${system.id}/openapi.json">openapi.json</a></p></noscript>
</body>`)
}

function tools({ dialect, sessions }: System, sandbox: string, { needsToken }: NonNullable<Admin>): Html {
  const inHeaders = dialect.credentials !== null
  const explained = inHeaders
    ? html`选一位用户，之后的试用请求都带上其凭证。<span lang="en">Pick a user; what you try from then on carries the credential.</span>`
    : html`此系统的令牌不在请求头里，而是请求体的字段；选一位用户发放令牌，再填进去。<span lang="en">This system takes its token in a field of the body, not in a header; pick a user to have one issued, then fill it in.</span>`
  return html`<div class="tools">
${needsToken ? html`<button type="button" popovertarget="token-panel">管理令牌 <span lang="en">Admin token</span></button>` : NONE}
<label class="pick">沙箱 <span lang="en">Sandbox</span> <select id="sandbox"><option selected>${sandbox}</option></select></label>
<button type="button" popovertarget="sandbox-panel" aria-label="新建沙箱 · New sandbox">＋</button>
<button type="button" id="login-button" class="main" popovertarget="login-panel">${inHeaders ? html`登录 <span lang="en">Log in</span>` : html`发放令牌 <span lang="en">Issue a token</span>`}</button>
<span role="status"><button type="button" id="reader" popovertarget="reader-panel" hidden></button></span>
</div>
<form id="sandbox-panel" class="panel" popover>
<h2>新建沙箱 <span lang="en">New sandbox</span></h2>
<label>名称 <span lang="en">Name</span> <input name="name" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}" placeholder="box-1" autocomplete="off" autofocus></label>
<p>留空则自动命名。<span lang="en">Left empty, one is chosen.</span></p>
<button class="main">建立 <span lang="en">Create</span></button>
</form>
<section id="login-panel" class="panel" popover aria-labelledby="login-title">
<h2 id="login-title">${inHeaders ? html`登录为 <span lang="en">Log in as</span>` : html`发放令牌给 <span lang="en">Issue a token for</span>`}</h2>
<p>${explained}</p>
${sessions.perUser === 'one' ? html`<p>与应用登录一样，该用户在此沙箱的其他会话随之失效。<span lang="en">As with a login of the app, the user’s other sessions in this sandbox end.</span></p>` : NONE}
<input id="login-find" type="search" aria-label="查找用户 · Find a user" placeholder="查找用户 · Find a user" autocomplete="off" hidden>
<ul id="readers"></ul>
</section>
<section id="reader-panel" class="panel" popover aria-label="当前用户 · Current user">
<h2 id="reader-name"></h2>
<dl id="tokens"></dl>
<p>${inHeaders ? html`试用请求已带上访问令牌。<span lang="en">What you try carries the access token.</span>` : html`填入请求体的相应字段；示例中已失效的令牌已替换为它。<span lang="en">For the field of the body that asks for it; it has taken the place of the dead one in the examples.</span>`}</p>
<p class="buttons"><button type="button" id="switch-user">换用户 <span lang="en">Switch user</span></button> <button type="button" id="logout">退出 <span lang="en">Log out</span></button></p>
</section>
<form id="token-panel" class="panel" popover>
<h2>管理令牌 <span lang="en">Admin token</span></h2>
<label>启动时打印的令牌 <span lang="en">Printed at the start</span> <input name="token" type="password" autocomplete="off" required></label>
<button class="main">使用 <span lang="en">Use</span></button>
</form>`
}

function systemLinks(systems: readonly System[], current: System | null, sandbox: string): Html {
  const query = sandbox === DEFAULT_SANDBOX ? '' : `?sandbox=${sandbox}`
  const links = systems.map(({ id }) => html`<a href="/docs/${id}${query}"${id === current?.id ? html` aria-current="page"` : NONE}>${id}</a>`)
  return html`<nav aria-label="系统 · Systems">${links}</nav>`
}

async function card(system: System): Promise<Html> {
  const { id, contract, hint } = system
  const document = await readDocument(system)
  const rows = Object.values(contract.operations)
  const count = (provenance: string) => rows.filter((row) => row.provenance === provenance).length
  return html`<li class="card">
<h2><a href="/docs/${id}">${id}</a></h2>
<p class="title">${contract.title}</p>
<p>${textOf(at(document ?? undefined, 'info', 'summary'))}</p>
<p class="facts">${rows.length} 个接口 <span lang="en">operations</span>：<code>seed</code> ${count('seed')} · <code>implied</code> ${count('implied')} · <code>added</code> ${count('added')}；${Object.keys(contract.errors).length} 行错误表 <span lang="en">rows in the error table</span></p>
<p class="facts">地址 <span lang="en">Base</span> <code>/${id}</code></p>
<p class="facts">登录 <span lang="en">Login</span> <code>${hint}</code></p>
<p class="links"><a href="/docs/${id}">文档与试用 <span lang="en">Reference</span></a> <a href="/docs/${id}/openapi.json">openapi.json</a></p>
</li>`
}

function layout(title: string, head: Html, body: Html): string {
  return html`<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} · Understudy</title><link rel="icon" href="/docs/assets/icon.svg">${head}</head>${body}
</html>
`.text
}
