/** What a difference is, in a sentence: in English as it was found, in Chinese from what is known of it. */
import type { Language } from '../plain/bilingual.js'
import type { Drift } from './control.js'

/** Why no answer came. */
const REASONS: Readonly<Record<NonNullable<Drift['reason']>, string>> = {
  dns: '主机名无法解析',
  refused: '那里没有服务',
  unreachable: '无法到达',
  tls: 'TLS 未能建立',
  timeout: '超时',
  reset: '应答未完，连接就断了',
  tooLarge: '应答过大，或没有结尾',
  nonsense: '收到的不是 HTTP 应答',
  cancelled: '客户端没有等待',
  loop: '绕回了替身自己',
  stubToken: '请求带有替身签发的令牌',
  path: '路径会离开真实后端的范围',
}

/** @returns what the report says of it, of its last example */
export function toldOf(drift: Drift, lang: Language): string {
  return lang === 'en' ? drift.last.message : inChinese(drift)
}

function inChinese({ kind, pointer, error, expected, reason, last: { status, message } }: Drift): string {
  const place = pointer.replace(/^(?:header|request) /, '')
  const isHeader = pointer.startsWith('header ')
  // What a schema asks for, as it stands there.
  const rule = /\{.*\}$/.exec(message)?.[0]
  const wants = rule === undefined ? '' : `（契约：${rule}）`
  const http = status === null ? '' : `（HTTP ${String(status)}）`
  switch (kind) {
    case 'undocumentedCode': {
      const code = /^(\S{1,40}) under /.exec(message)?.[1]
      return code === undefined || code === 'nothing' ? `${place} 中没有契约的状态码` : `契约中没有状态码 ${code}`
    }
    case 'unlistedError':
      return `该接口不应返回 ${error ?? '这个错误'}${http}`
    case 'undocumentedField':
      return `契约中没有 ${place}`
    case 'missingField':
      return isHeader ? `缺少响应头 ${place}${http}` : `缺少 ${place}`
    case 'type':
      return `${place} 的类型与契约不同${wants}`
    case 'format':
      return isHeader ? `响应头 ${place} 的值与契约不同` : `${place === '' ? '应答' : place} 的写法或范围不同${wants}`
    case 'httpStatus':
      return `${error === null ? '成功' : `${error} `}不以这个 HTTP 状态返回${http}`
    case 'mediaType':
      return '应答是 JSON，Content-Type 却不是'
    case 'notJson':
      return `应答不是 JSON${http}`
    case 'notThere':
      return `真实后端没有这个接口${http}`
    case 'noAnswer':
      return REASONS[reason ?? 'unreachable']
    case 'checkOrder':
    case 'behaviour':
      if (expected !== null) return `替身答 ${expected}，真实后端答 ${error ?? '成功'}`
      return pointer.startsWith('request ') ? `真实后端执行了不合契约的请求：${place}` : pointer === '' ? '真实后端执行了不合契约的请求' : `${pointer} 与替身不同`
  }
}
