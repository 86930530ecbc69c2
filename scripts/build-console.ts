/** `npm run build:console`: the console alone, for who works on it. A build of the whole includes it. */
import { buildConsole } from './console/build.js'

await buildConsole('dist/console')
