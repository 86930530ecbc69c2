/** The list of panels and of reference pages, which have the same one: at the side of a wide page, a strip below the header of a narrow one. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { PANELS, type Panel, PANEL_NAMES } from '../plain/panels.js'
import { pick, t } from './language.js'
import { info, systems } from './live/connection.js'
import { Link } from './parts/link.js'
import { panel } from './place.js'
import { referenceOf } from './reference.js'

/** Panels with a number, which has its place while it is none. */
const counts: ReadonlySet<Panel> = new Set(['calls', 'faults'])

/** A number worth knowing without opening the panel. */
function countOf(name: Panel): number {
  const known = info.value
  if (known === null) return 0
  if (name === 'faults') return known.faults + known.maintenance.length
  return name === 'calls' ? known.journal : 0
}

export function Nav() {
  const strip = useRef<HTMLElement>(null)
  const open = panel.value
  // On a narrow page the strip is longer than the screen: what is open is brought to its middle.
  useLayoutEffect(() => {
    const nav = strip.current
    const current = nav?.querySelector<HTMLElement>('[aria-current]') ?? null
    if (nav !== null && current !== null) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2
  }, [open])
  return (
    <nav ref={strip} class="panels" aria-label={t('Panels', '面板')}>
      {PANEL_NAMES.map((name) => {
        const count = countOf(name)
        return (
          <Link key={name} to={{ panel: name }} current={open === name}>
            <span class="grow">{pick(PANELS[name])}</span>
            {/* Another number is another element: one that grew would be seen to move. */}
            {counts.has(name) && <span key={count} class="count">{count > 0 && count.toLocaleString('en')}</span>}
          </Link>
        )
      })}
      <a class="group" href={referenceOf(null)}>{t('Reference', '接口文档')}</a>
      {systems.value.map(({ id }) => <a key={id} class="mono" href={referenceOf(id)}>{id}</a>)}
    </nav>
  )
}
