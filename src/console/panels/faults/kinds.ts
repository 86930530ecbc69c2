/** The kinds of faults, for people. */
import type { Schemas } from '../../api.js'
import { span } from '../../format.js'
import { t } from '../../language.js'
import { sandboxNow } from '../../live/connection.js'

export type Rule = Schemas['Fault']
export type Kind = Rule['fault']['kind']

export const KINDS: readonly Kind[] = ['error', 'latency', 'slow', 'drop', 'reset', 'malformed', 'status']

/** @returns the name of a kind */
export function kindName(kind: Kind): string {
  return {
    error: t('an error of the system', '系统的错误'),
    latency: t('it takes long to begin', '迟迟不响应'),
    slow: t('the answer trickles', '响应缓慢送达'),
    drop: t('the connection is dropped', '断开连接'),
    reset: t('the answer breaks off half way', '响应中途断开'),
    malformed: t('the answer is broken JSON', '响应是残缺的 JSON'),
    status: t('a bare HTTP status', '裸 HTTP 状态'),
  }[kind]
}

/** @returns milliseconds of the sandbox's clock until the rule ends by itself; null for one that does not */
export function timeLeft({ until }: Pick<Rule, 'until'>): number | null {
  return until === undefined ? null : Math.max(0, Date.parse(until) - (sandboxNow() ?? 0))
}

/** @returns whether the rule will not fire any more */
export function isOver(rule: Rule): boolean {
  return rule.times === 0 || timeLeft(rule) === 0
}

/** @returns what a rule does, in a few words */
export function describeFault({ fault }: Pick<Rule, 'fault'>): string {
  switch (fault.kind) {
    case 'error':
      return fault.error ?? fault.condition ?? t(`code ${String(fault.code)}`, `错误码 ${String(fault.code)}`)
    case 'latency':
      return t(`waits ${String(fault.min)}${fault.max === undefined ? '' : `–${String(fault.max)}`} ms`, `等待 ${String(fault.min)}${fault.max === undefined ? '' : `–${String(fault.max)}`} 毫秒`)
    case 'slow':
      return t(`trickles for ${span(fault.milliseconds)}`, `缓慢送达 ${span(fault.milliseconds)}`)
    case 'status':
      return `HTTP ${String(fault.status)}`
    case 'drop':
      return fault.carriedOut === true ? t('answer lost', '丢失响应') : t('dropped', '断开')
    case 'reset':
    case 'malformed':
      return kindName(fault.kind)
  }
}
