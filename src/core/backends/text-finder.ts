/**
 * Finds any of many texts in another one in as many steps as both have characters, whatever they are: an automaton with failure links
 * (Aho and Corasick, 1975). It reads from the end to the beginning, so that at each place it knows the longest text that begins there.
 */

const ROOT = 0
/** What no step leads to. */
const NONE = -1

export class TextFinder {
  /** The state after a state and a character. */
  readonly #steps = new Map<number, number>()
  /** Of each state: the state of its longest end that is the beginning of something else, */
  readonly #fallback: Int32Array
  /** and the length of the longest text that is known to stand here; 0 where none is. */
  readonly #found: Int32Array

  /** @param texts none of which is empty */
  constructor(texts: readonly string[]) {
    const most = texts.reduce((sum, { length }) => sum + length, 1)
    const parents = new Int32Array(most)
    const characters = new Uint16Array(most)
    const depths = new Int32Array(most)
    this.#fallback = new Int32Array(most)
    this.#found = new Int32Array(most)
    let states = 1
    for (const text of texts) {
      let state = ROOT
      for (let at = text.length - 1; at >= 0; at--) {
        const character = text.charCodeAt(at)
        let next = this.#step(state, character)
        if (next === NONE) {
          next = states++
          this.#steps.set(keyOf(state, character), next)
          parents[next] = state
          characters[next] = character
          depths[next] = text.length - at
        }
        state = next
      }
      this.#found[state] = text.length
    }
    for (const state of byDepth(depths.subarray(1, states))) this.#link(state, parents[state] ?? ROOT, characters[state] ?? 0)
  }

  /** @returns of each place in the text the length of the longest that begins there; 0 where none does */
  lengthsIn(text: string): Int32Array {
    const lengths = new Int32Array(text.length)
    let state = ROOT
    for (let at = text.length - 1; at >= 0; at--) {
      state = this.#after(state, text.charCodeAt(at))
      lengths[at] = this.#found[state] ?? 0
    }
    return lengths
  }

  #step(state: number, character: number): number {
    return this.#steps.get(keyOf(state, character)) ?? NONE
  }

  #after(from: number, character: number): number {
    let state = from
    let next = this.#step(state, character)
    while (next === NONE && state !== ROOT) {
      state = this.#fallback[state] ?? ROOT
      next = this.#step(state, character)
    }
    return next === NONE ? ROOT : next
  }

  /** Those of fewer characters are linked already. */
  #link(state: number, parent: number, character: number): void {
    const fallback = parent === ROOT ? ROOT : this.#after(this.#fallback[parent] ?? ROOT, character)
    this.#fallback[state] = fallback
    this.#found[state] ||= this.#found[fallback] ?? 0
  }
}

function keyOf(state: number, character: number): number {
  return state * 0x1_0000 + character
}

/** @returns the states from 1 on, those of the fewest characters first */
function byDepth(depths: Int32Array): Int32Array {
  const starts = new Int32Array(depths.reduce((most, depth) => Math.max(most, depth), 0) + 2)
  for (const depth of depths) starts[depth + 1] = (starts[depth + 1] ?? 0) + 1
  for (let depth = 1; depth < starts.length; depth++) starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0)
  const sorted = new Int32Array(depths.length)
  depths.forEach((depth, i) => {
    const place = starts[depth] ?? 0
    sorted[place] = i + 1
    starts[depth] = place + 1
  })
  return sorted
}
