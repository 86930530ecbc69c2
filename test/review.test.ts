/** What is put before the backend team: complete, in both languages, and never out of date. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkProject } from '../scripts/check/checks.js'
import { loadProject } from '../scripts/generate/load.js'
import { findStale, generate, writeFiles } from '../scripts/generate/project.js'
import { bilingual } from '../src/plain/bilingual.js'
import { reviewFiles, reviewProblems, writeReview } from '../scripts/review/files.js'
import { blocks, inline } from '../scripts/review/inline.js'
import { openapiFolder } from '../src/paths.js'
import { loadSystems } from '../src/systems/load.js'
import { MadeUp } from './support/made-up.js'

const systems = await loadSystems([])
const files = reviewFiles(loadProject(join(openapiFolder, '..')))
const page = (name: string) => files.get(`docs/review/${name}`) ?? ''
const shops: MadeUp[] = []
afterEach(() => {
  for (const shop of shops.splice(0)) shop.remove()
})

test('every operation, code and decision of every system is there, in Markdown and on the page', () => {
  let decisions = 0
  for (const { id, contract } of systems) {
    const document = readFileSync(join(openapiFolder, 'bundled', `${id}.json`), 'utf8')
    const topics = [...document.matchAll(/"topic": "((?:[^"\\]|\\.)*)",\s+"(?:says|topicZh)"/g)].map(([, topic]) => JSON.parse(`"${topic ?? ''}"`) as string)
    for (const [english, chinese] of [[page(`${id}.md`), page(`${id}.zh-CN.md`)]]) {
      for (const name of [...Object.keys(contract.operations), ...Object.keys(contract.errors)]) {
        expect(english).toContain(name)
        expect(chinese).toContain(name)
        expect(page('index.html')).toContain(name)
      }
      decisions += topics.length
      for (const topic of topics) expect(english).toContain(topic.replaceAll('<', '&lt;'))
    }
  }
  expect(decisions).toBeGreaterThan(0)
})

test('errors stand in the order of the checks', () => {
  expect(page('live.md')).toContain('`4000` API_BAD_REQUEST → `4011` API_INVALID_AUTH_CODE')
})

test('every decision, every code that only a fault brings and every operation nobody asked for is a question', () => {
  const questions = page('questions.md')
  const asked = questions.replaceAll(/^- \[ \] <a id="(\w+-q\d+)"><\/a>\[\1\]\(#\1\) /gm, '- [ ] ')
  expect(asked).toContain('- [ ] **Success code of the login.** The text: The sample of a successful login shows `"code": 1000`. Our reading: It is 2000')
  expect(asked).toContain('- [ ] **`905` INTERNAL_ERROR**')
  for (const { contract } of systems) {
    for (const { method, path, provenance, summary } of Object.values(contract.operations)) {
      if (provenance === 'added') expect(asked).toContain(`- [ ] \`${method} ${path}\` (${summary.split(' · ').at(-1) ?? ''})`)
    }
  }
})

test('a page in Chinese has its own words, and no English sentence of a document', () => {
  const chinese = page('live.zh-CN.md')
  expect(chinese).toContain('同一号码的多个验证码')
  expect(chinese).not.toContain('Several codes for one number')
  expect(chinese).not.toContain('The backend of the marketing')
})

test('the page asks nothing of any other server', () => {
  const html = page('index.html')
  expect(html).not.toMatch(/<(?:link|img|iframe)\b|<script\s/)
  expect(html).not.toMatch(/\b(?:src|href)="(?!#)/)
  expect(html).not.toMatch(/url\(|@import|\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import)\b\s*\(/)
})

test('a review that was not written again is stale', async () => {
  const shop = new MadeUp()
  shops.push(shop)
  const problems = async () => (await checkProject(shop.root)).find(({ name }) => name === 'the review is up to date')?.problems
  writeFiles(shop.root, await generate(loadProject(shop.root)))
  expect(await problems()).toEqual([])
  expect(await writeReview(shop.root)).toContain('docs/review/shop.md')
  expect(await problems()).toEqual([])
  expect(await writeReview(shop.root)).toEqual([])
  shop.edit('openapi/shop.yaml', '上传照片 · Upload a photo', '上传照片 · Send a photo')
  expect(await problems()).toContain('docs/review/shop.md: changed; run npm run review')
})

test('a question keeps its number when others come and go, and no number is given twice', async () => {
  const shop = new MadeUp()
  shops.push(shop)
  const questions = () => [...shop.read('docs/review/questions.md').matchAll(/^- \[ \] <a id="([^"]+)">.*<sub>(\w+)<\/sub>$/gm)].map(([, number, about]) => `${number ?? ''} ${about ?? ''}`)
  const decision = (topic: string) => `x-decision: [{ topic: ${topic}, says: Nothing., reading: Ours., topicZh: 主题, saysZh: 没有说明。, readingZh: 我们的。 }]`
  await writeReview(shop.root)
  expect(questions()).toEqual(['shop-q1 shopAddPhoto'])

  shop.edit('openapi/shop.yaml', '    Phone: {', `    Phone: { ${decision('Form')},`)
  shop.edit('openapi/shop.yaml', '      operationId: shopGetItem', `      operationId: shopGetItem\n      ${decision('Order')}`)
  expect(reviewProblems(loadProject(shop.root))).toContain('openapi/shop.yaml: 2 questions have no number; run npm run review')
  await writeReview(shop.root)
  expect(questions()).toEqual(['shop-q2 shopGetItem', 'shop-q3 Phone', 'shop-q1 shopAddPhoto'])
  expect(shop.read('openapi/shop.yaml')).toContain('    Phone: { x-decision: [{ question: shop-q3, topic: Form,')
  expect(reviewProblems(loadProject(shop.root))).toEqual([])
  expect(findStale(shop.root, await generate(loadProject(shop.root)))).toEqual([])

  shop.edit('openapi/shop.yaml', 'question: shop-q3, topic: Form', 'topic: Shape')
  await writeReview(shop.root)
  expect(questions()).toEqual(['shop-q2 shopGetItem', 'shop-q4 Phone', 'shop-q1 shopAddPhoto'])
  shop.edit('openapi/shop.yaml', 'question: shop-q4', 'question: shop-q2')
  expect(reviewProblems(loadProject(shop.root))).toContain('openapi/shop.yaml: shop-q2 stands twice; take it from the newer one and run npm run review')
  shop.edit('openapi/shop.yaml', 'topic: Shape', 'topic: Shape, tolerated: None')
  shop.edit('openapi/shop.yaml', 'question: shop-q2, topic: Shape', 'question: shop-q9, topic: Shape')
  expect(reviewProblems(loadProject(shop.root))).toContain('openapi/shop.yaml: shop-q9 is no number that was given (x-questions: 4)')
})

test.each([
  ['登录 · Log in', '登录', 'Log in'],
  ['用户。 Users.', '用户。', 'Users.'],
  ['job · 任务 · Tasks', 'job · 任务', 'Tasks'],
  ['只有中文', '只有中文', '只有中文'],
  ['English only', 'English only', 'English only'],
])('%s is parted into its languages', (text, zh, en) => {
  expect(bilingual(text, ' · ')).toEqual({ zh, en })
})

test('descriptions become paragraphs and lists, and their angle brackets stay text', () => {
  expect(inline('**`a<b` and c** <token>')).toBe('<strong><code>a&lt;b</code> and c</strong> &lt;token&gt;')
  expect(blocks('One\ntwo\n\n- three\n  four\n- five\n\nsix')).toBe('<p>One\ntwo</p>\n<ul><li>three\nfour</li><li>five</li></ul>\n<p>six</p>')
})
