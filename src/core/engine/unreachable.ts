/** Thrown where an engine cannot reach what it keeps. The engine reports it; whoever called may try again. */
export class Unreachable extends Error {
  override readonly name: string = 'Unreachable'
}
