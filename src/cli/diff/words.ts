/** Redocly's findings in words: its rules speak English only, and of what breaks nothing it has a type and a kind to tell. */
import type { Bilingual } from '../../plain/bilingual.js'

const RULES: Readonly<Record<string, string>> = {
  'enum-values-added': '响应中新增了枚举值',
  'enum-values-removed': '请求中删除了枚举值',
  'media-type-removed': '媒体类型已删除',
  'parameter-became-required': '参数变为必填，或新增了必填参数',
  'parameter-removed': '参数已删除',
  'parameter-serialization-changed': '参数的序列化方式已改变',
  'property-removed': '字段已删除',
  'request-body-became-required': '请求体变为必填',
  'request-body-removed': '请求体已删除',
  'required-properties-added': '请求中新增了必填字段',
  'required-properties-removed': '响应中的字段不再必有',
  'response-header-removed': '响应头已删除',
  'response-removed': '响应已删除',
  'schema-combinator-changed': '组合（oneOf、anyOf、allOf）中的模式有增减',
  'schema-constraint-changed': '约束已改变',
  'schema-type-changed': '类型已改变',
  'security-scheme-changed': '凭证的携带方式已改变',
  'server-removed': '服务地址已删除',
}

/** @returns what Redocly's rule says, with the values before and after where they are short */
export function ruleInChinese(rule: string, { was, is }: { readonly was: string; readonly is: string }): string {
  const what = RULES[rule] ?? `不兼容的改动（${rule}）`
  if (was !== '' && is !== '') return `${what}：由 ${was} 改为 ${is}`
  return was === '' && is === '' ? what : `${what}：${was}${is}`
}

const KINDS: Readonly<Record<string, Bilingual>> = {
  added: { en: 'added', zh: '新增' },
  removed: { en: 'removed', zh: '删除' },
  modified: { en: 'changed', zh: '修改' },
}

const TYPES: Readonly<Record<string, Bilingual>> = {
  Header: { en: 'response header', zh: '响应头' },
  Info: { en: 'introduction', zh: '文档说明' },
  MediaTypesMap: { en: 'body', zh: '正文' },
  Operation: { en: 'operation', zh: '接口' },
  Parameter: { en: 'parameter', zh: '参数' },
  RequestBody: { en: 'request body', zh: '请求体' },
  Response: { en: 'response', zh: '响应' },
  Schema: { en: 'schema', zh: '结构' },
  Tag: { en: 'tag', zh: '标签' },
}

/** @returns what happened to a part of a document: `schema added`, `summary changed` */
export function eventIn(type: string, kind: string, property: string): Bilingual {
  const what = TYPES[type] ?? { en: type, zh: type }
  const event = KINDS[kind] ?? { en: kind, zh: kind }
  return property === '' ? { en: `${what.en} ${event.en}`, zh: `${event.zh}${what.zh}` } : { en: `${property} ${event.en}`, zh: `${event.zh}了 ${property}` }
}
