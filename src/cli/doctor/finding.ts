/** What `understudy doctor` found out about one thing. */
export interface DoctorFinding {
  readonly about: string
  /** `note`: worth knowing, and nothing wrong. */
  readonly state: 'good' | 'note' | 'bad'
  /** What is there, and what to do where that is not well: one sentence or two. */
  readonly text: string
}
