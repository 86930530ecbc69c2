/** Loaded before the sources (`node --import`): whoever imports a system once more gets it as its files are now. */
import { register } from 'node:module'

register('./fresh-hooks.ts', import.meta.url)
