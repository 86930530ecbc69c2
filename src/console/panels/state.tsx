/** Scenarios, snapshots, sandboxes, and the way of a phone into this one. */
import { t } from '../language.js'
import { sandbox } from '../place.js'
import { Phones } from './state/phones.js'
import { SandboxTable } from './state/sandboxes.js'
import { Scenarios } from './state/scenarios.js'
import { Snapshots } from './state/snapshots.js'

export function StatePanel() {
  return (
    <div class="sheet">
      <div class="head"><h1>{t('Sandboxes', '沙箱')}</h1></div>
      <p class="lead">{t(`Everything that changes exists once in each sandbox. This page is about “${sandbox.value}”.`, `一切会变化的东西在每个沙箱中各有一份。本页是“${sandbox.value}”。`)}</p>
      <div class="columns">
        <Scenarios />
        <Snapshots />
      </div>
      <Phones />
      <SandboxTable />
    </div>
  )
}
