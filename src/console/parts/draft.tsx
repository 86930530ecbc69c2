/** A field over a value that may change elsewhere at any moment. */
import { useEffect, useState } from 'preact/hooks'

interface DraftProps {
  readonly type: 'number' | 'datetime-local'
  readonly value: string | number
  readonly min?: number
  readonly max?: number | string
  readonly step?: number
  /** What to do with a text that is complete and allowed. */
  readonly take: (field: HTMLInputElement) => void
}

/** What is being typed stays: while one is in the field, and afterwards until the value is another than the one it was typed over. A field left empty shows the value again. */
export function Draft({ value, take, ...rest }: DraftProps) {
  const [draft, setDraft] = useState<{ readonly text: string; readonly over: string | number } | null>(null)
  const [isInside, setInside] = useState(false)
  const isKept = draft !== null && (isInside || (draft.text !== '' && draft.over === value))
  useEffect(() => {
    if (draft !== null && !isKept) setDraft(null)
  }, [draft, isKept])
  return <input {...rest} value={isKept ? draft.text : value}
    onFocus={() => { setInside(true) }}
    onBlur={() => { setInside(false) }}
    onInput={(event) => { setDraft({ text: event.currentTarget.value, over: value }) }}
    onChange={(event) => { if (event.currentTarget.value !== '' && event.currentTarget.reportValidity()) take(event.currentTarget) }} />
}
