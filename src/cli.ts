#!/usr/bin/env node
/** The command line. What it is made of is loaded once it is known that this Node.js can read it. */
import './needs-node.js'

await import('./cli/program.js')
