/** One call in full, as the journal has it. */
import type { Schemas } from '../../api.js'

export type Entry = Schemas['JournalEntry']
