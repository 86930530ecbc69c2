/** The panels of the console in their order: its own list of them and that of the reference pages beside it are one. */
import type { Bilingual } from './bilingual.js'

export const PANELS = {
  overview: { en: 'Overview', zh: '总览' },
  calls: { en: 'Calls', zh: '请求' },
  people: { en: 'People', zh: '用户' },
  sms: { en: 'SMS', zh: '短信' },
  clock: { en: 'Clock', zh: '时钟' },
  faults: { en: 'Faults', zh: '故障' },
  records: { en: 'Records', zh: '数据' },
  push: { en: 'Push', zh: '推送' },
  backends: { en: 'Backends', zh: '后端' },
  state: { en: 'Sandboxes', zh: '沙箱' },
} as const satisfies Readonly<Record<string, Bilingual>>

export type Panel = keyof typeof PANELS

/** In their order. */
export const PANEL_NAMES = Object.keys(PANELS) as Panel[] // an object of this type has these keys and no others

/** @returns the address of a panel of the console in a sandbox that is not the default one, or in the default one (null) */
export function panelAddress(panel: Panel, sandbox: string | null): string {
  const segments = [...(sandbox === null ? [] : [`@${sandbox}`]), ...(panel === 'overview' ? [] : [panel])]
  return segments.length === 0 ? '/' : ['/__console', ...segments].join('/')
}
