/** Where the search field of the calls is, for the key that leads to it. */
export const callSearch: { current: HTMLInputElement | null } = { current: null }
