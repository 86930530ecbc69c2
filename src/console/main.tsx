/** The console: a page that sees and drives the stub through its control plane, and in no other way. */
import { render } from 'preact'
import { App } from './app.js'
import { listenToKeys } from './keys.js'
import { stayConnected } from './live/connection.js'
import { tellOfCodes } from './live/codes.js'
import './theme.js'

listenToKeys()
stayConnected()
tellOfCodes()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
