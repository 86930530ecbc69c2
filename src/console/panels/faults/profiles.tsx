/** Networks that everybody knows, as one click: each is a few fault rules on every call. */
import { signal } from '@preact/signals'
import { pause } from '../../../core/clock.js'
import { act, ask, beat, type BodyOf, control, here } from '../../api.js'
import { t } from '../../language.js'
import type { Rule } from './kinds.js'

type NewRule = BodyOf<'addFault'>

interface Profile {
  readonly name: string
  readonly title: () => string
  readonly means: () => string
  readonly rules: readonly NewRule[]
  /** Milliseconds of real time after which it is over. */
  readonly lasts?: number
}

const everywhere = { system: '*', operationId: '*' }

const PROFILES: readonly Profile[] = [
  { name: '3g', title: () => '3G', means: () => t('300 to 800 ms each', '每次 300–800 毫秒'), rules: [{ ...everywhere, fault: { kind: 'latency', min: 300, max: 800 }, probability: 1 }] },
  {
    name: 'subway', title: () => t('Subway', '地铁'), means: () => t('0.8 to 2.5 s each, three in ten are lost', '每次 0.8–2.5 秒，十分之三断开'),
    rules: [{ ...everywhere, fault: { kind: 'latency', min: 800, max: 2500 }, probability: 1 }, { ...everywhere, fault: { kind: 'drop', carriedOut: false }, probability: 0.3 }],
  },
  { name: 'offline', title: () => t('Offline for 20 s', '离线 20 秒'), means: () => t('every call is dropped, then all is well', '所有请求断开，之后恢复'), rules: [{ ...everywhere, fault: { kind: 'drop', carriedOut: false }, probability: 1 }], lasts: 20_000 },
]

/** Ids of the rules that this page has set, by profile. */
const set = signal<Readonly<Record<string, readonly string[]>>>({})

async function clear(name: string): Promise<void> {
  const ids = set.value[name] ?? []
  set.value = Object.fromEntries(Object.entries(set.value).filter(([other]) => other !== name))
  // One that somebody has removed meanwhile is gone all the same.
  await Promise.allSettled(ids.map((id) => ask(control.value.DELETE('/sandboxes/{sandbox}/faults/{id}', { params: { path: { ...here.value, id } } }))))
  beat.value++
}

async function turn({ name, rules, lasts }: Profile, isOn: boolean): Promise<void> {
  for (const other of Object.keys(set.value)) await clear(other)
  if (isOn) return
  const made: string[] = []
  for (const rule of rules) {
    const added = await act(control.value.POST('/sandboxes/{sandbox}/faults', { params: { path: here.value }, body: rule }))
    if (added !== null) made.push(added.id)
  }
  set.value = { ...set.value, [name]: made }
  if (lasts === undefined) return
  await pause(lasts)
  if (set.value[name] === made) await clear(name)
}

export function Profiles({ rules }: { readonly rules: readonly Rule[] }) {
  return (
    <div class="buttons" role="group" aria-label={t('Network', '网络')}>
      <span class="faint">{t('Network', '网络')}</span>
      {PROFILES.map((profile) => {
        const isOn = (set.value[profile.name] ?? []).some((id) => rules.some((rule) => rule.id === id))
        return <button key={profile.name} type="button" aria-pressed={isOn} title={profile.means()} onClick={() => void turn(profile, isOn)}>{profile.title()}</button>
      })}
      <span class="faint small">{t('on every call of this sandbox', '作用于此沙箱的所有请求')}</span>
    </div>
  )
}
