/** All that the sandbox keeps as one file: to save, to pass on, to drop back in. */
import { useRef, useState } from 'preact/hooks'
import { act, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import { complain } from '../../notices.js'
import { put } from '../../parts/question.js'

export function Snapshots() {
  const [isOver, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const path = here.value

  const save = async () => {
    const snapshot = await act(control.value.GET('/sandboxes/{sandbox}/snapshot', { params: { path } }))
    if (snapshot === null) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([JSON.stringify(snapshot)], { type: 'application/json' }))
    link.download = `${path.sandbox}-${snapshot.clock.now.slice(0, 19).replaceAll(':', '')}.understudy.json`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  const restore = async (file: File | undefined) => {
    if (file === undefined) return
    let snapshot: Schemas['Snapshot']
    try {
      snapshot = JSON.parse(await file.text()) as Schemas['Snapshot'] // the stub says what does not fit
    } catch {
      complain(t(`${file.name} is no JSON, so it is no snapshot.`, `${file.name} 不是 JSON，因此不是快照。`))
      return
    }
    put({
      title: t(`Restore ${file.name} over ${path.sandbox}?`, `用 ${file.name} 覆盖 ${path.sandbox}？`),
      words: t('The sandbox becomes what the file says. There is now:', '沙箱将变成文件中的样子。现有：'),
      verb: t('Restore', '恢复'),
      sandbox: path.sandbox,
      carryOut: () => act(control.value.PUT('/sandboxes/{sandbox}/snapshot', { params: { path }, body: snapshot }), t(`${file.name} is restored`, `已恢复 ${file.name}`)),
    })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void restore(event.dataTransfer?.files[0])
  }
  return (
    <section class="card">
      <h2>{t('Snapshot', '快照')}</h2>
      <p class="faint">{t('One file that reproduces a bug: records, sessions, codes, clock, faults.', '一个文件即可重现问题：数据、会话、验证码、时钟、故障。')}</p>
      <p class="buttons"><button type="button" onClick={() => void save()}>{t('Save as a file', '保存为文件')}</button></p>
      <div class={`drop ${isOver ? 'over' : ''}`} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => { setOver(false) }} onDrop={drop}>
        <p>{t('Drop a file here to restore it, or', '将文件拖到此处以恢复，或')} <button type="button" class="link" onClick={() => picker.current?.click()}>{t('choose one', '选择文件')}</button></p>
        <input ref={picker} type="file" accept="application/json,.json" class="hidden" tabIndex={-1} aria-label={t('Snapshot to restore', '要恢复的快照')} onChange={(event) => { void restore(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
        <p class="faint small">{t('The sandbox becomes what the file says; its journal is emptied.', '沙箱将变成文件中的样子，日志清空。')}</p>
      </div>
    </section>
  )
}
