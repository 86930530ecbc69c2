/** What all pages of the stub have around them, and look alike in: the console's header and its list of panels, made by the server. */
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import type { System } from '../core/system.js'
import type { Language } from '../plain/bilingual.js'
import { PANELS, PANEL_NAMES } from '../plain/panels.js'
import { consoleAddress } from './document.js'
import { html, type Html } from '../plain/html.js'
import { type Say, speak } from './language.js'

/** For whom a page is made. */
export interface PageView {
  readonly systems: readonly System[]
  readonly sandbox: string
  readonly language: Language
  /** Whether the address asks for the language, so that links have to as well. */
  readonly keepsLanguage: boolean
  /** What the pages may use of the control plane; null where there is none, and no console either. */
  readonly admin: { readonly needsToken: boolean } | null
}

export const NONE = html``

/** @returns the address of the reference of a system, or of their list (null), in the sandbox and language of the page */
export function docsAddress(view: PageView, system: string | null): string {
  const query = new URLSearchParams({ ...(view.sandbox === DEFAULT_SANDBOX ? {} : { sandbox: view.sandbox }), ...(view.keepsLanguage ? { lang: view.language } : {}) }).toString()
  return `/docs${system === null ? '' : `/${system}`}${query === '' ? '' : `?${query}`}`
}

export interface Framed {
  readonly title: string
  /** Scripts and styles of this page alone; its styles go before those of all. */
  readonly head: Html
  /** Attributes of the body. */
  readonly data: Html
  /** The system that it is about; null for the list of them. */
  readonly current: string | null
  /** Where the page is in the other language; where the reference is when left out. */
  readonly translated?: string
  readonly main: Html
}

/** @returns the whole page */
export function frame(view: PageView, { title, head, data, current, translated, main }: Framed): string {
  const { language, systems, sandbox, admin } = view
  const say = speak(language)
  const panels = admin === null ? [] : PANEL_NAMES.map((panel) => html`<a href="${consoleAddress(panel, sandbox)}"><span class="grow">${PANELS[panel][language]}</span></a>`)
  const references = systems.map(({ id }) => html`<a class="mono" href="${docsAddress(view, id)}"${here(id === current)}>${id}</a>`)
  return html`<!doctype html>
<html lang="${say('en', 'zh-CN')}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><meta name="color-scheme" content="light dark">
<title>${title} · Understudy</title><link rel="icon" href="/docs/assets/icon.svg"><script src="/docs/assets/early.js"></script>
${head}<link rel="stylesheet" href="/docs/assets/docs.css"><script src="/docs/assets/header.js" type="module"></script></head>
<body data-sandbox="${sandbox}"${admin?.needsToken === true ? html` data-guarded` : NONE}${data}>
<div class="page">
<a class="skip" href="#main">${say('Skip to content', '跳到正文')}</a>
${header(view, translated ?? docsAddress({ ...view, language: say('zh', 'en'), keepsLanguage: true }, current), say)}
<div class="body">
<nav class="panels" aria-label="${say('Panels', '面板')}">${panels}<a class="group" href="${docsAddress(view, null)}"${here(current === null && translated === undefined)}>${say('Reference', '接口文档')}</a>${references}</nav>
<main id="main" tabindex="-1">${main}</main>
</div>
<div class="notices"><div id="notice" class="notice refused" role="alert" hidden><span aria-hidden="true">!</span><span class="grow" id="notice-text"></span><button type="button" class="quiet" id="notice-close" aria-label="${say('Close', '关闭')}">✕</button></div></div>
</div>
</body>
</html>
`.text
}

function here(isHere: boolean): Html {
  return isHere ? html` aria-current="page"` : NONE
}

function header(view: PageView, translated: string, say: Say): Html {
  const { sandbox, admin } = view
  return html`<header class="bar"><a class="brand" href="${admin === null ? '/docs' : consoleAddress('overview', sandbox)}">Understudy</a>
${admin === null ? html`<span class="faint">${say('Sandbox', '沙箱')} <b>${sandbox}</b></span>` : sandboxSwitch(sandbox, say)}
<span class="grow"></span>
${admin?.needsToken === true ? tokenForm(say) : NONE}
<a class="quiet" id="language" lang="${say('zh-CN', 'en')}" href="${translated}">${say('中文', 'English')}</a>
<button type="button" class="quiet icon" id="look" aria-label="${say('Look', '外观')}"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5"/><path class="half" d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/><path class="full" d="M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z" fill="currentColor"/></svg></button>
</header>`
}

function sandboxSwitch(sandbox: string, say: Say): Html {
  return html`<button type="button" class="switch" popovertarget="sandbox-panel" aria-label="${say(`Sandbox ${sandbox}: switch`, `沙箱 ${sandbox}：切换`)}"><span class="faint">${say('Sandbox', '沙箱')}</span> <b>${sandbox}</b> <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true"><path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" stroke-width="1.5"/></svg></button>
<div id="sandbox-panel" class="menu" popover><form>
<input name="name" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}" aria-label="${say('Find or name a sandbox', '查找或命名沙箱')}" placeholder="${say('Find, or name a new one', '查找，或为新沙箱命名')}" autocomplete="off" autofocus>
<ul id="sandboxes"></ul>
<button class="main wide">${say('New sandbox', '新建沙箱')}</button>
</form></div>`
}

function tokenForm(say: Say): Html {
  return html`<button type="button" class="quiet" popovertarget="token-panel">${say('Admin token', '管理令牌')}</button>
<div id="token-panel" class="menu right" popover><form>
<label class="field"><span>${say('The token printed at the start', '启动时打印的令牌')}</span><input name="token" type="password" autocomplete="off" required></label>
<button class="main wide">${say('Use it', '使用')}</button>
</form></div>`
}
