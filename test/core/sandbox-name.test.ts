import { expect, test } from 'vitest'
import { isSandboxName } from '../../src/core/sandbox.js'

test.each(['a', '7', 'Z', 'default', '0.1_a-B', 'a-', 'a..', 'x'.repeat(64)])('%j names a sandbox', (name) => {
  expect(isSandboxName(name)).toBe(true)
})

test.each(['', '-a', '.a', '..', '_a', '@a', 'a b', 'a/b', 'a\n', '\na', ' a', 'a!', '名', 'a名', 'x'.repeat(65)])('%j names none', (name) => {
  expect(isSandboxName(name)).toBe(false)
})
