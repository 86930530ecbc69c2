/** Swagger UI speaks English only; its own words, not those of a document, are put into Chinese as it draws them. */
import { say } from './page-parts.js'

/** @type {Readonly<Record<string, string>>} */
const WORDS = {
  'Authorize': '授权',
  'Available authorizations': '可用的授权',
  'Cancel': '取消',
  'Clear': '清除',
  'Close': '关闭',
  'Code': '状态码',
  'Controls': '决定 ',
  'Description': '说明',
  'Details': '详情',
  'Download': '下载',
  'Error': '错误',
  'Example Description': '示例说明',
  'Example Value': '示例',
  'Examples': '示例',
  'Examples:': '示例：',
  'Execute': '发送',
  'Headers:': '响应头：',
  'header.': ' 请求头。',
  'Links': '链接',
  'Logout': '退出',
  'Media type': '媒体类型',
  'Name': '名称',
  'No links': '无',
  'No parameters': '没有参数',
  'Parameter content type': '参数类型',
  'Parameters': '参数',
  'Request URL': '请求地址',
  'Request body': '请求体',
  'Request duration': '请求耗时',
  'Reset': '重置',
  'Response body': '响应正文',
  'Response headers': '响应头',
  'Responses': '响应',
  'Schema': '结构',
  'Schemas': '数据结构',
  'Send empty value': '发送空值',
  'Server response': '服务器的响应',
  'Servers': '服务器',
  'Try it out': '试一试',
  'required': '必填',
}
/** Texts of the document, and what travels. */
const NOT_ITS_OWN = 'pre, code, textarea, option, .markdown, .renderedMarkdown, .parameter__name > :not(span), .prop-name, .opblock-summary'

/** What is chosen in each of its menus. @returns {[string, string][]} */
const menus = () => [
  ['.content-type', say('Media type', '媒体类型')],
  ['.examples-select-element', say('Example', '示例')],
  ['select', say('Value', '值')],
]

/**
 * Watches what Swagger UI draws: puts its words into the page's language, and names what it leaves nameless to who does not see it.
 * @param {Element} place
 */
export function mend(place) {
  const isChinese = say('en', 'zh') === 'zh'
  /** @param {Text} text */
  const translate = (text) => {
    const word = text.nodeValue?.trim() ?? ''
    const chinese = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
    if (chinese !== undefined && text.parentElement?.closest(NOT_ITS_OWN) === null) text.nodeValue = chinese
  }
  /** @param {Node} node */
  const visit = (node) => {
    if (node instanceof Text && isChinese) translate(node)
    if (!(node instanceof Element)) return
    if (isChinese) {
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
      while (walker.nextNode() !== null) translate(/** @type {Text} */ (walker.currentNode))
    }
    for (const [selector, name] of menus()) for (const select of node.querySelectorAll(selector)) if (!select.hasAttribute('aria-label')) select.setAttribute('aria-label', name)
    // A table that is wider than its place is scrolled by keys as well.
    for (const table of node.querySelectorAll('table:has(> thead)')) if (table.closest('.markdown, .renderedMarkdown') !== null) table.setAttribute('tabindex', '0')
  }
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) for (const node of type === 'characterData' ? [target] : addedNodes) visit(node)
  }).observe(place, { childList: true, subtree: true, characterData: true })
}
