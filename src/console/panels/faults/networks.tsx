/** Networks by one click: those that everybody knows, and those of the configuration. */
import { act, beat, control, here, type Schemas } from '../../api.js'
import { span } from '../../format.js'
import { t } from '../../language.js'
import { tick } from '../../live/tick.js'
import { watch } from '../../live/watch.js'
import { describeFault, timeLeft } from './kinds.js'

type Networks = Schemas['Networks']
type Network = Networks['networks'][number]

/** @returns what is written on the button */
function titleOf({ name, rules }: Network): string {
  const known: Readonly<Record<string, string>> = { '3g': '3G', subway: t('Subway', '地铁'), offline: t('Offline', '离线') }
  const seconds = /^(\d+)s$/.exec(rules.length === 1 ? (rules[0]?.for ?? '') : '')?.[1]
  return `${known[name] ?? name}${seconds === undefined ? '' : t(` for ${seconds} s`, ` ${seconds} 秒`)}`
}

function means({ rules }: Network): string {
  return rules.map(({ fault, probability = 1, for: length }) => [describeFault({ fault }), ...(probability === 1 ? [] : [`${String(Math.round(probability * 100))}%`]), ...(length === undefined ? [] : [length])].join(', ')).join('; ')
}

async function choose(name: string, isOn: boolean): Promise<void> {
  const params = { params: { path: here.value } }
  await act(isOn ? control.value.DELETE('/sandboxes/{sandbox}/network', params) : control.value.PUT('/sandboxes/{sandbox}/network', { ...params, body: { network: name } }))
  beat.value++
}

export function NetworkButtons({ state }: { readonly state: Networks | null }) {
  watch(tick)
  const left = state === null ? null : timeLeft(state)
  return (
    <div class="buttons" role="group" aria-label={t('Network', '网络')}>
      <span class="faint">{t('Network', '网络')}</span>
      {state?.networks.map((network) => {
        const isOn = network.name === state.network && left !== 0
        return (
          <button key={network.name} type="button" aria-pressed={isOn} title={means(network)} onClick={() => void choose(network.name, isOn)}>
            {titleOf(network)}{isOn && left !== null && <span class="small">{t(`${span(left)} left`, `还剩 ${span(left)}`)}</span>}
          </button>
        )
      })}
      <span class="faint small">{t('on every call of this sandbox', '作用于此沙箱的所有请求')}</span>
    </div>
  )
}
