/** The backend team answers the review: by a copied reply, in the file, or in the form on the page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerProblems, meaningOf, parseAnswers, standingOf } from '../scripts/generate/answers.js'
import { loadProject } from '../scripts/generate/load.js'
import { askedIn, numberOf } from '../scripts/generate/questions.js'
import { reviewProblems, writeReview } from '../scripts/review/files.js'
import { hasBrowser, openBrowser } from './support/browser.js'
import { MadeUp } from './support/made-up.js'

const FILE = 'openapi/answers/shop.yaml'
const wang = { who: '王工', when: '2026-05-06' }

/** What was asked, as it is noted: what the contract holds, and the rest of the question. */
const FORM = '十一位数字。 · Eleven digits. ← 格式：没有说明。 · Form: Nothing.'
const PHOTO = 'POST /items/photo ← 上传照片 · Upload a photo'

let shop: MadeUp
beforeEach(() => {
  shop = new MadeUp()
  shop.edit('openapi/shop.yaml', '    Phone: {', "    Phone: { x-decision: [{ topic: Form, says: Nothing., reading: Eleven digits., topicZh: 格式, saysZh: 没有说明。, readingZh: 十一位数字。 }],")
  shop.edit('openapi/conditions.yaml', 'conditions:\n', 'conditions:\n  internal: { meaning: { en: Broken, zh: 故障 }, message: { en: Broken, zh: 故障 }, advice: none }\n')
  shop.edit('openapi/shop.yaml', 'x-description-en: Absent, x-condition: missingField', 'x-description-en: Absent, x-condition: internal')
})
afterEach(() => {
  shop.remove()
})

const problems = () => loadProject(shop.root).systems.flatMap(({ system, answers }) => answerProblems(system, answers))
const states = () => Object.fromEntries(loadProject(shop.root).systems.flatMap(({ system, answers }) => askedIn(system).flatMap((asked) => {
  const standing = standingOf(asked, answers)
  return standing === null ? [] : [[numberOf(asked) ?? '', standing.state]]
})))
const lines = (page: string, number: string) => shop.read(`docs/review/${page}`).split('\n').filter((line) => line.includes(`<a id="${number}">`))
const bundled = () => shop.read('openapi/bundled/shop.json')

describe('a copied reply', () => {
  test('that says yes confirms: the question leaves the list, and the documents say by whom', async () => {
    await writeReview(shop.root)
    expect(lines('questions.zh-CN.md', 'shop-q1')).toEqual([expect.stringMatching(/^- \[ \] .*对吗？ <sub>Phone<\/sub>$/)])

    await writeReview(shop.root, 'shop-q1 是\n\nshop-q3：是。', wang)
    expect(lines('questions.zh-CN.md', 'shop-q1')).toEqual([expect.stringMatching(/^- \[x\] .*<br>\*\*✓ 已确认 \(王工, 2026-05-06\)\*\*$/)])
    expect(shop.read('docs/review/shop.md')).toContain('✓ confirmed (王工, 2026-05-06)')
    expect(shop.read('docs/review/README.md')).toContain('| [1](questions.md#shop) | 2 |')
    expect(JSON.parse(bundled())).toMatchObject({
      components: { schemas: { Phone: { 'x-decision': [{ question: 'shop-q1', answered: { state: 'confirmed', answer: 'yes', who: '王工', when: '2026-05-06' } }] } } },
      paths: { '/items/photo': { post: { 'x-question': 'shop-q3', 'x-answered': { state: 'confirmed' } } } },
    })
    expect([...problems(), ...reviewProblems(loadProject(shop.root))]).toEqual([])
  })

  test('that says anything else fails the check until the contract says something else', async () => {
    await writeReview(shop.root)
    await writeReview(shop.root, 'shop-q1 不对，也有八位的', wang)
    expect(lines('questions.md', 'shop-q1')).toEqual([expect.stringContaining('✗ denied; the contract has to follow (王工, 2026-05-06) “不对，也有八位的”')])
    expect(problems()).toEqual([`${FILE}: shop-q1 is denied (王工 on 2026-05-06: 不对，也有八位的); the contract still has it: 十一位数字。 · Eleven digits.`])

    shop.edit('openapi/shop.yaml', 'readingZh: 十一位数字。', 'readingZh: 八位或十一位数字。')
    expect(problems()).toEqual([])
    await writeReview(shop.root)
    expect(lines('questions.md', 'shop-q1')).toEqual([expect.stringContaining('✓ corrected; the contract follows (王工, 2026-05-06) “不对，也有八位的”')])
  })

  test('is asked for again when the contract changes after it was confirmed', async () => {
    await writeReview(shop.root)
    await writeReview(shop.root, 'shop-q3 yes', wang)
    shop.edit('openapi/shop.yaml', '  /items/photo:', '  /items/picture:')
    await writeReview(shop.root)
    expect(lines('questions.md', 'shop-q3')).toEqual([expect.stringMatching(/^- \[ \] .*POST \/items\/picture.*↻ confirmed before the contract changed; then it said “POST \/items\/photo ← 上传照片 · Upload a photo”/)])
    expect(problems()).toEqual([])
  })

  test('is asked for again whatever changes of what it confirmed: nothing is shown as confirmed that nobody has confirmed', async () => {
    await writeReview(shop.root)
    await writeReview(shop.root, 'shop-q1 是\nshop-q3 是', wang)
    expect(states()).toEqual({ 'shop-q1': 'confirmed', 'shop-q3': 'confirmed' })
    const changes: readonly (readonly [question: string, from: string, to: string])[] = [
      ['shop-q1', 'reading: Eleven digits.', 'reading: Eight digits.'],
      ['shop-q1', 'readingZh: 十一位数字。', 'readingZh: 八位数字。'],
      ['shop-q1', 'reading: Eleven digits.', 'tolerated: Eight., reading: Eleven digits.'],
      ['shop-q1', 'says: Nothing.', 'says: Eleven digits or eight.'],
      ['shop-q1', 'topicZh: 格式', 'topicZh: 长度'],
      ['shop-q3', '上传照片 · Upload a photo', '删除照片 · Delete a photo'],
    ]
    for (const [question, from, to] of changes) {
      shop.edit('openapi/shop.yaml', from, to)
      expect([to, states()]).toEqual([to, { 'shop-q1': 'confirmed', 'shop-q3': 'confirmed', [question]: 'outdated' }])
      shop.edit('openapi/shop.yaml', to, from)
    }
  })

  test('that denies is followed by another reading in either language, or by what is tolerated, and not by other words about it', async () => {
    await writeReview(shop.root)
    await writeReview(shop.root, 'shop-q1 不对', wang)
    shop.edit('openapi/shop.yaml', 'says: Nothing.', 'says: Not a word.')
    expect(problems()).toHaveLength(1)
    shop.edit('openapi/shop.yaml', 'reading: Eleven digits.', 'reading: Eight digits.')
    expect(problems()).toEqual([])
  })

  test('says when a code occurs, in words; a bare yes does not', async () => {
    await writeReview(shop.root)
    await writeReview(shop.root, 'shop-q2 yes', wang)
    expect(problems()).toEqual([`${FILE}: shop-q2 asks when; yes does not say (王工 on 2026-05-06: yes)`])
    await writeReview(shop.root, 'shop-q2 数据库连不上时', { ...wang, when: '2026-05-07' })
    expect(problems()).toEqual([])
    expect(lines('questions.md', 'shop-q2')).toEqual([expect.stringContaining('✓ answered (王工, 2026-05-07) “数据库连不上时”')])
  })

  test('that is none is told of, and nothing is written', async () => {
    await writeReview(shop.root)
    await expect(writeReview(shop.root, 'shop-q1 是\n谢谢', wang)).rejects.toThrow('no answer: 谢谢')
    await expect(writeReview(shop.root, 'shop-q1 是\nshop-q77 是', wang)).rejects.toThrow('there is no question shop-q77')
    expect(() => shop.read(FILE)).toThrow('ENOENT')
  })
})

test('an entry written by hand is read, gets noted what it answers, and is never changed or erased', async () => {
  await writeReview(shop.root)
  const byHand = '# 答复\n- question: shop-q1 # 格式\n  answer: 是\n  who: 王工\n  when: 2026-05-06\n- { question: shop-q3, answer: no, who: Li, when: 2026-05-06 }\n- question: shop-q2\n  who: Li\n  when: 2026-05-06\n  answer: >-\n    When the database\n    is away.\n'
  shop.write(FILE, byHand)
  await writeReview(shop.root)
  const noted = shop.read(FILE)
  expect(noted.split('\n').filter((line) => !line.startsWith('  asked:')).join('\n').replace(`, asked: "${PHOTO}"`, '')).toBe(byHand)
  expect(parseAnswers(noted, FILE).map(({ question, answer, asked }) => [question, answer, asked])).toEqual([
    ['shop-q1', 'yes', FORM],
    ['shop-q3', 'no', PHOTO],
    ['shop-q2', { text: 'When the database is away.' }, '4 ABSENT'],
  ])
  expect(await writeReview(shop.root)).toEqual([])

  await writeReview(shop.root, 'shop-q3 是', wang)
  expect(shop.read(FILE).startsWith(noted)).toBe(true)
  expect(problems()).toEqual([])

  // The question goes; what was said to it stays.
  shop.edit('openapi/shop.yaml', 'x-decision: [{ question: shop-q1, topic: Form, says: Nothing., reading: Eleven digits., topicZh: 格式, saysZh: 没有说明。, readingZh: 十一位数字。 }],', '')
  await writeReview(shop.root)
  expect(shop.read(FILE)).toContain('question: shop-q1 # 格式')
  expect(problems()).toEqual([])
})

test.each([
  ['- { question: shop-q1, answer: 是, who: 王工 }', 'answer 1: when must be a text'],
  ['- { question: shop-q1, answer: 是, who: 王工, when: 5月6日 }', 'answer 1: when is a day, as 2026-05-06'],
  ['- { question: shop-q1, answer: 是, who: "", when: 2026-05-06 }', 'answer 1: who is empty'],
  ['- { question: shop-q1, answer: 是, whom: 王工, when: 2026-05-06 }', 'answer 1: whom is none of question, answer, who, when, asked'],
])('%s is a problem', (text, problem) => {
  expect(() => parseAnswers(text, FILE)).toThrow(`${FILE}: ${problem}`)
})

test('only a bare yes confirms', () => {
  expect(['是', '对。', 'Yes', 'ok'].map(meaningOf)).toEqual(['yes', 'yes', 'yes', 'yes'])
  expect(['否', '不对', 'no.'].map(meaningOf)).toEqual(['no', 'no', 'no'])
  expect(meaningOf('是，但间隔是 90 秒')).toEqual({ text: '是，但间隔是 90 秒' })
})

test.skipIf(!hasBrowser)('the form on the page makes the lines of a reply and the entries of the file, and asks nothing of anybody', async () => {
  await writeReview(shop.root)
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ locale: 'zh-CN' })
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    const url = `file://${shop.path('docs/review/index.html')}`
    await page.goto(url)
    await page.locator('#shop-q1').getByRole('button', { name: '是' }).click()
    await page.locator('#shop-q2 input').fill('断线时: "重试" # 三次')
    await page.locator('#shop-q3').getByRole('button', { name: '否' }).click()
    await page.getByLabel('答复人').fill('王工')
    await page.locator('#when').fill('2026-05-06')
    const [reply = '', entries = ''] = await Promise.all((await page.locator('#yours textarea').all()).map((area) => area.inputValue()))
    expect(reply).toBe('shop-q1 是\nshop-q2 断线时: "重试" # 三次\nshop-q3 否\n')
    expect(parseAnswers(entries, FILE)).toEqual([
      { question: 'shop-q1', answer: 'yes', ...wang, asked: FORM },
      { question: 'shop-q2', answer: { text: '断线时: "重试" # 三次' }, ...wang, asked: '4 ABSENT' },
      { question: 'shop-q3', answer: 'no', ...wang, asked: PHOTO },
    ])
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a.save').last().click()])
    expect(download.suggestedFilename()).toBe('shop.answers.yaml')
    expect(readFileSync(await download.path(), 'utf8')).toBe(entries)

    // What was answered is still there after a break; pressed again, it is taken back.
    await page.reload()
    expect(await page.locator('#yours textarea').first().inputValue()).toBe(reply)
    await page.locator('#shop-q1').getByRole('button', { name: '是' }).click()
    expect(await page.locator('#yours textarea').first().inputValue()).toBe('shop-q2 断线时: "重试" # 三次\nshop-q3 否\n')
    expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([])
    // Both ways lead to the same answers.
    await writeReview(shop.root, reply, wang)
    expect(parseAnswers(readFileSync(join(shop.root, FILE), 'utf8'), FILE)).toEqual(parseAnswers(entries, FILE))
  } finally {
    await browser.close()
  }
})
