/** While something is pressed, nothing that comes from the stub is drawn: what is under the pointer when it is let go is what was there when it went down. */

/** What is done by pressing it. A field is not: it may be held for as long as one drags or chooses in it. */
const PRESSED = 'button, a, summary, label, [role="row"]'
const FIELD = 'select, textarea, input:not([type="checkbox"], [type="radio"])'
/** A finger's click comes a moment after it was lifted; a pointer that was moved away meanwhile has none. */
const CLICK_WITHIN = 100

let isPressed = false
let timer: ReturnType<typeof setTimeout> | undefined
const waiting = new Map<object, () => void>()

/**
 * Draws what has come: at once, or as soon as nothing is pressed.
 * @param what of it the last alone is drawn
 */
export function whenStill(what: object, draw: () => void): void {
  if (isPressed) waiting.set(what, draw)
  else draw()
}

function letGo(): void {
  isPressed = false
  const due = [...waiting.values()]
  waiting.clear()
  for (const draw of due) draw()
}

function letGoIn(milliseconds: number): void {
  clearTimeout(timer)
  timer = setTimeout(letGo, milliseconds)
}

addEventListener('pointerdown', ({ button, target }) => {
  if (button !== 0 || !(target instanceof Element) || target.closest(PRESSED) === null || target.closest(FIELD) !== null) return
  clearTimeout(timer)
  isPressed = true
}, true)
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => { letGoIn(CLICK_WITHIN) }, true)
// Of the window alone: that a field loses the focus is part of a press elsewhere.
addEventListener('blur', () => { letGoIn(0) })
addEventListener('click', () => { letGoIn(0) }, true)
// Let go where nobody tells of it, outside the window or in a menu of the browser's own.
addEventListener('pointermove', ({ buttons }) => { if (isPressed && buttons === 0) letGoIn(0) }, true)
