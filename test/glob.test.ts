import { assert, property, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import { globTest, likeTest } from '../src/control/glob.js'

/** What a glob means, said by a regular expression. */
function meant(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's')
}

test('a glob fits what the regular expression it stands for would', () => {
  assert(
    property(stringMatching(/^[ab.*]{0,8}$/), stringMatching(/^[ab.]{0,10}$/), (glob, text) => {
      expect(globTest(glob)(text), `${glob} ${text}`).toBe(meant(glob).test(text))
    }),
    { numRuns: 3000 },
  )
})

test('what a record holds is found in any case, at its beginning or its end where that is asked for', () => {
  const text = 'Xiao^Wang$'
  for (const wanted of ['xiao', 'WANG', '^xiao', 'wang$$', 'o^w', '^xiao*wang*', '', '*', '^', '^xiao^wang$$']) expect(likeTest(wanted)(text), wanted).toBe(true)
  for (const wanted of ['^wang', 'xiao$', 'x.*', '[x]', '^$', 'wang$']) expect(likeTest(wanted)(text), wanted).toBe(false)
})
