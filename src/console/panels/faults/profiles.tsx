/** Networks that everybody knows, as one click: each is a few fault rules on every call. */
import { act, ask, beat, type BodyOf, control, here } from '../../api.js'
import { span } from '../../format.js'
import { t } from '../../language.js'
import { tick } from '../../live/tick.js'
import { watch } from '../../live/watch.js'
import { isOver, type Rule, timeLeft } from './kinds.js'

type NewRule = BodyOf<'addFault'>

interface Profile {
  readonly name: string
  readonly title: () => string
  readonly means: () => string
  readonly rules: readonly NewRule[]
}

const ANY = '*'
const everywhere = { system: ANY, operationId: ANY }

const PROFILES: readonly Profile[] = [
  { name: '3g', title: () => '3G', means: () => t('300 to 800 ms each', '每次 300–800 毫秒'), rules: [{ ...everywhere, fault: { kind: 'latency', min: 300, max: 800 }, probability: 1 }] },
  {
    name: 'subway', title: () => t('Subway', '地铁'), means: () => t('0.8 to 2.5 s each, three in ten are lost', '每次 0.8–2.5 秒，十分之三断开'),
    rules: [{ ...everywhere, fault: { kind: 'latency', min: 800, max: 2500 }, probability: 1 }, { ...everywhere, fault: { kind: 'drop', carriedOut: false }, probability: 0.3 }],
  },
  { name: 'offline', title: () => t('Offline for 20 s', '离线 20 秒'), means: () => t('every call is dropped, then all is well; also when this page is closed', '所有请求断开，之后恢复；关闭本页也一样'), rules: [{ ...everywhere, fault: { kind: 'drop', carriedOut: false }, probability: 1, for: '20s' }] },
]

/** @returns the rules of the sandbox that make the network what the profile says, whoever has added them; none unless all are there */
function rulesOf({ rules: wanted }: Profile, rules: readonly Rule[]): readonly Rule[] {
  const found = wanted.map((one) => rules.find((rule) => !isOver(rule) && rule.system === ANY && rule.operationId === ANY && rule.times === null && rule.probability === one.probability && JSON.stringify(rule.fault) === JSON.stringify(one.fault)))
  return found.includes(undefined) ? [] : found.filter((rule) => rule !== undefined)
}

async function turn(profile: Profile, rules: readonly Rule[]): Promise<void> {
  const params = { params: { path: here.value } }
  const isOn = rulesOf(profile, rules).length > 0
  // One network at a time. A rule that somebody has removed meanwhile is gone all the same.
  const old = PROFILES.flatMap((one) => rulesOf(one, rules))
  await Promise.allSettled(old.map(({ id }) => ask(control.value.DELETE('/sandboxes/{sandbox}/faults/{id}', { params: { path: { ...here.value, id } } }))))
  if (!isOn) for (const body of profile.rules) await act(control.value.POST('/sandboxes/{sandbox}/faults', { ...params, body }))
  beat.value++
}

export function Profiles({ rules }: { readonly rules: readonly Rule[] }) {
  watch(tick)
  return (
    <div class="buttons" role="group" aria-label={t('Network', '网络')}>
      <span class="faint">{t('Network', '网络')}</span>
      {PROFILES.map((profile) => {
        const [first] = rulesOf(profile, rules)
        const left = first === undefined ? null : timeLeft(first)
        return (
          <button key={profile.name} type="button" aria-pressed={first !== undefined} title={profile.means()} onClick={() => void turn(profile, rules)}>
            {profile.title()}{left !== null && <span class="small">{t(`${span(left)} left`, `还剩 ${span(left)}`)}</span>}
          </button>
        )
      })}
      <span class="faint small">{t('on every call of this sandbox', '作用于此沙箱的所有请求')}</span>
    </div>
  )
}
