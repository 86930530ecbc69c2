/** The words of a report, in both languages. */
import type { Drift } from './control.js'
import type { Bilingual } from '../plain/bilingual.js'

/** What each kind of difference is called. */
export const kindWords = {
  undocumentedCode: { en: 'undocumented code', zh: '未列出的状态码' },
  unlistedError: { en: 'an error that the operation does not list', zh: '该接口未列出的错误' },
  undocumentedField: { en: 'undocumented field', zh: '未列出的字段' },
  missingField: { en: 'missing field', zh: '缺少字段' },
  type: { en: 'other type', zh: '类型不同' },
  format: { en: 'other format', zh: '格式不同' },
  httpStatus: { en: 'other HTTP status', zh: 'HTTP 状态不同' },
  mediaType: { en: 'other content type', zh: 'Content-Type 不同' },
  notJson: { en: 'no JSON', zh: '不是 JSON' },
  checkOrder: { en: 'other order of checks', zh: '检查的先后不同' },
  behaviour: { en: 'other behaviour', zh: '行为不同' },
  notThere: { en: 'no such operation', zh: '没有该接口' },
  noAnswer: { en: 'no answer', zh: '没有应答' },
} as const satisfies Readonly<Record<Drift['kind'], Bilingual>>

/** What else a report says. */
export const words = {
  title: { en: 'Where the real backend differs from the contract', zh: '真实后端与契约的差别' },
  none: { en: 'No difference was found.', zh: '没有发现差别。' },
  notAsked: { en: 'Nothing was asked: no call has reached a real backend.', zh: '没有调用到达真实后端，无从比较。' },
  asked: { en: 'calls', zh: '次调用' },
  departed: { en: 'with a difference', zh: '次有差别' },
  whole: { en: 'whole answer', zh: '整个响应' },
  where: { en: 'Where', zh: '位置' },
  kind: { en: 'Kind', zh: '种类' },
  count: { en: 'Times', zh: '次数' },
  told: { en: 'For example', zh: '举例' },
  questions: { en: 'May answer', zh: '可回答的问题' },
  example: { en: 'Last example', zh: '最近一例' },
  leftOut: { en: 'findings more were too many to be kept', zh: '处差别因超出上限未记下' },
} as const satisfies Readonly<Record<string, Bilingual>>

/** The differences of one operation. */
export interface OperationDrift {
  readonly system: string
  readonly operationId: string
  readonly rows: readonly Drift[]
}

/** @returns the differences, by operation, in the order in which they come */
export function byOperation(drift: readonly Drift[]): readonly OperationDrift[] {
  const groups = new Map<string, OperationDrift & { readonly rows: Drift[] }>()
  for (const row of drift) {
    const { system, operationId } = row
    const key = `${system} ${operationId}`
    const group = groups.get(key) ?? { system, operationId, rows: [] }
    group.rows.push(row)
    groups.set(key, group)
  }
  return [...groups.values()]
}
