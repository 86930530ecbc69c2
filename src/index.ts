/** The public API. */
export { type RunningServer, type ServerOptions, startServer } from './server.js'
export { defineSystem, type System, type SystemDefinition, type SystemTypes } from './core/system.js'
export { loadSystems } from './systems/load.js'
