/** Texts of the documents in one language: what belongs to which is found by what it is written in. */
import { expect, test } from 'vitest'
import { inLanguage } from '../src/plain/bilingual.js'

test.each([
  ['a line', '短信验证码 · SMS code', '短信验证码', 'SMS code'],
  ['a line with several marks', '甲 · 乙 · one · two', '甲 · 乙', 'one · two'],
  ['English that quotes Chinese', '不给则为"用户" · without one, 用户 and the last digits', '不给则为"用户"', 'without one, 用户 and the last digits'],
  ['a description', '发送验证码。\n\n- 有效十分钟\n\nSends a code.\n\n- valid for ten minutes', '发送验证码。\n\n- 有效十分钟', 'Sends a code.\n\n- valid for ten minutes'],
  ['a list of errors', '- `BAD` (904): 错误 · Malformed\n- `GONE` (901): 没有 · Not there', '- `BAD` (904): 错误\n- `GONE` (901): 没有', '- `BAD` (904): Malformed\n- `GONE` (901): Not there'],
  ['lines of both', '已发送 · Sent\n\n已注册 · Registered', '已发送\n\n已注册', 'Sent\n\nRegistered'],
  ['one language alone', '1 ADMIN，2 STUDENT', '1 ADMIN，2 STUDENT', '1 ADMIN，2 STUDENT'],
])('%s', (_, text, zh, en) => {
  expect([inLanguage(text, 'zh'), inLanguage(text, 'en')]).toEqual([zh, en])
})
