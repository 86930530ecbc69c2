/** HTML from templates in which every value is escaped unless it is HTML already. */

/** Text that is known to be HTML. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | readonly Html[]

/** Template tag: @returns the HTML with its values escaped */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const written = parts.map((part, index) => part + write(values[index] ?? ''))
  return new Html(written.join(''))
}

function write(value: Value): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(write).join('')
  return String(value).replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
