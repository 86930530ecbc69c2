// Makes request handlers of a document with @mswjs/source and says how many there are: node count-handlers.mjs <document.json>
import { readFileSync } from 'node:fs'
import { fromOpenApi } from '@mswjs/source/open-api'

const handlers = await fromOpenApi(JSON.parse(readFileSync(process.argv[2], 'utf8')))
console.log(handlers.length)
