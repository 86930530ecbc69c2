/** Figures about growth: worlds of several sizes, many sandboxes, long runs. */
export interface Growth {
  readonly what: string
  readonly figure: string
  readonly target: string
  readonly met: boolean
}
