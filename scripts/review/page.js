/**
 * What the page of the review does: it takes answers beside the questions and makes the text to be sent back. It asks nothing of any server and
 * sends nothing; answers stay in this browser. Without it the page is complete but for the form.
 */

const STORE = 'understudy-review'

/** @type {(selector: string, within?: ParentNode) => HTMLElement[]} */
const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement)
/** @type {(id: string) => HTMLInputElement} */
const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id))
/** @type {(id: string) => HTMLElement} */
const copyOf = (id) => {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id))
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true))
}

/** @type {Record<string, string>} */
const replies = stored()
const questions = all('li[data-question]').map((item) => ({ item, number: item.dataset['question'] ?? '', system: item.dataset['system'] ?? '', asked: item.dataset['asked'] ?? '' }))

if (navigator.language.startsWith('zh')) field('in-zh').checked = true
const today = new Date()
field('when').value = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
field('who').value = replies['who'] ?? ''
for (const question of questions) question.item.append(controls(question))
for (const id of ['who', 'when', 'in-en', 'in-zh']) field(id).addEventListener('input', show)
const section = field('yours')
section.hidden = false
field('to-yours').hidden = false
show()

/** @param {{ item: HTMLElement, number: string }} question */
function controls({ item, number }) {
  const form = copyOf('reply')
  const said = () => replies[number] ?? ''
  const [text] = all('input', form)
  const input = /** @type {HTMLInputElement} */ (text)
  input.setAttribute('aria-label', number)
  const buttons = all('button', form)
  if (item.dataset['kind'] === 'fault') {
    for (const part of [...buttons, ...all('.correction', form)]) part.remove()
    for (const part of all('.explanation', form)) part.hidden = false
  }
  const mark = () => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(said() === button.getAttribute('value')))
  }
  /** @param {string} answer */
  const answer = (answer) => {
    if (answer === '') delete replies[number]
    else replies[number] = answer
    mark()
    show()
  }
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const value = button.getAttribute('value') ?? ''
      input.value = ''
      answer(said() === value ? '' : value) // pressed again, it is taken back
    })
  }
  input.addEventListener('input', () => answer(input.value.trim()))
  if (!buttons.some((button) => button.getAttribute('value') === said())) input.value = said()
  mark()
  return form
}

/** Puts the text together anew. */
function show() {
  const who = field('who').value.trim()
  if (who === '') delete replies['who']
  else replies['who'] = who
  keep()
  const chinese = field('in-zh').checked
  const word = (/** @type {string} */ said) => (chinese ? ({ yes: '是', no: '否' }[said] ?? said) : said)
  const answered = questions.filter(({ number }) => replies[number] !== undefined)
  for (const count of all('.count')) count.textContent = String(answered.length)
  for (const part of all('.made', section)) part.hidden = answered.length === 0
  for (const part of all('.none', section)) part.hidden = answered.length > 0
  const outputs = field('outputs')
  outputs.replaceChildren()
  if (answered.length === 0) return
  outputs.append(output('lines', '', answered.map(({ number }) => `${number} ${word(replies[number] ?? '')}\n`).join(''), 'reply.txt'))
  for (const system of new Set(answered.map((one) => one.system))) {
    const entries = answered.filter((one) => one.system === system).map(({ number, asked }) => {
      return [['question', number], ['answer', word(replies[number] ?? '')], ['who', who], ['when', field('when').value], ['asked', asked]]
        .map(([key, value]) => `${key ?? ''}: ${JSON.stringify(value)}`).join('\n  ')
    })
    outputs.append(output('entries', `openapi/answers/${system}.yaml`, entries.map((entry) => `- ${entry}\n`).join(''), `${system}.answers.yaml`))
  }
}

/**
 * @param {string} template
 * @param {string} file
 * @param {string} text
 * @param {string} name what it is saved as
 */
function output(template, file, text, name) {
  const part = copyOf(template)
  const area = /** @type {HTMLTextAreaElement} */ (part.querySelector('textarea'))
  area.value = text
  area.rows = Math.min(text.split('\n').length, 12)
  for (const path of all('.path', part)) path.textContent = file
  for (const button of all('.copy', part)) {
    button.addEventListener('click', () => {
      area.select()
      // A page opened as a file may have no clipboard; the old way still works on what is selected.
      const done = navigator.clipboard === undefined ? Promise.reject(new Error('no clipboard')) : navigator.clipboard.writeText(text)
      void done.catch(() => document.execCommand('copy')).then(() => button.classList.add('done'))
    })
  }
  for (const link of all('a.save', part)) {
    link.setAttribute('href', `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`)
    link.setAttribute('download', name)
  }
  return part
}

/** @returns {Record<string, string>} what was answered here before */
function stored() {
  try {
    const value = JSON.parse(localStorage.getItem(STORE) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {} // no storage for this page
  }
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(replies))
  } catch {
    // then the answers last as long as the page
  }
}
