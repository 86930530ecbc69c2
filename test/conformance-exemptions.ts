/** Conformance cases that a system cannot do, each with the reason. One that it can do after all makes the suite fail. */
export const exemptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trid: {
    unauthenticated: 'no operation has a credential outside its body',
  },
}
