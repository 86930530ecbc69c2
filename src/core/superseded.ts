/** Thrown to whoever works in a generation of a sandbox that is over: what was done there is gone, and nothing more can be done. */
export class Superseded extends Error {
  constructor() {
    super('the sandbox was reset meanwhile')
    this.name = 'Superseded'
  }
}
