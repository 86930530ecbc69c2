import { test } from 'vitest'
import { defineConfig } from '../../src/index.js'

test('a configuration is typed', () => {
  defineConfig({ systems: ['live'], port: 4020, backends: { live: { url: 'https://staging.example', mode: 'compare' } } })
  // @ts-expect-error a key by a wrong name
  defineConfig({ prot: 4020 })
  // @ts-expect-error a system that there is not
  defineConfig({ systems: ['lvie'] })
  // @ts-expect-error a mode that there is not
  defineConfig({ backends: { live: { url: 'https://staging.example', mode: 'both' } } })
})
