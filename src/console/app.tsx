/** The page as a whole: header, the list of panels, what connects it to the stub, and the panel that is open. */
import type { ComponentType } from 'preact'
import { useSignalEffect } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isLocked } from './api.js'
import { Header } from './header.js'
import { pick, t } from './language.js'
import { connection, isAway } from './live/connection.js'
import { areDetailsKnown } from './live/details.js'
import { unanswered } from './live/opening.js'
import { Locked } from './locked.js'
import { Nav } from './nav.js'
import { Notices } from './notices.js'
import { ConnectionLine, Gone } from './offline.js'
import { BackendsPanel } from './panels/backends.js'
import { CallsPanel } from './panels/calls.js'
import { ClockPanel } from './panels/clock.js'
import { FaultsPanel } from './panels/faults.js'
import { OverviewPanel } from './panels/overview.js'
import { LoginDialog } from './panels/people/login.js'
import { PeoplePanel } from './panels/people.js'
import { PushPanel } from './panels/push.js'
import { RecordsPanel } from './panels/records.js'
import { SmsPanel } from './panels/sms.js'
import { StatePanel } from './panels/state.js'
import { dialogs } from './parts/dialog.js'
import { QuestionDialog } from './parts/question.js'
import { PANELS as TITLES, type Panel } from '../plain/panels.js'
import { panel, sandbox } from './place.js'

const PANELS: Readonly<Record<Panel, ComponentType>> = {
  overview: OverviewPanel,
  calls: CallsPanel,
  people: PeoplePanel,
  sms: SmsPanel,
  clock: ClockPanel,
  faults: FaultsPanel,
  records: RecordsPanel,
  push: PushPanel,
  backends: BackendsPanel,
  state: StatePanel,
}

export function App() {
  const main = useRef<HTMLElement>(null)
  const shown = panel.value
  const title = pick(TITLES[shown])
  useEffect(() => {
    document.title = `${title} · ${sandbox.value} · Understudy`
  }, [title, sandbox.value])
  // Another panel begins at its top.
  useLayoutEffect(() => { main.current?.scrollTo(0, 0) }, [shown, sandbox.value])
  const Panel = PANELS[shown]
  const key = `${sandbox.value} ${shown}`
  const opened = useRef('')
  if (!isAway.value && areDetailsKnown.value) opened.current = key
  return (
    <div class="page">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus() }}>{t('Skip to content', '跳到正文')}</a>
      <Header />
      <ConnectionLine />
      <div class="body">
        <Nav />
        <main id="main" ref={main} tabIndex={-1} aria-label={title}>
          {isLocked.value ? <Locked /> : connection.value === 'gone' && <Gone />}
          {opened.current === key && <Opening key={key} panel={Panel} isHidden={isAway.value} />}
        </main>
      </div>
      <LoginDialog />
      <QuestionDialog />
      {dialogs.value === 0 && <Notices />}
    </div>
  )
}

/** A panel, not seen before it has what it opens with. While there is nothing to show it stays, out of sight, with all that was typed in it. */
function Opening({ panel: Panel, isHidden }: { readonly panel: ComponentType; readonly isHidden: boolean }) {
  const [isReady, setReady] = useState(false)
  useSignalEffect(() => {
    if (unanswered.value === 0) setReady(true)
  })
  return <div class="opening" hidden={isHidden} aria-busy={!isReady}><Panel /></div>
}
