/**
 * `npm run diff:ci`: prints what the last commit (or everything since the revision in DIFF_BASE) changed in the contract.
 * It informs and never fails: a breaking change may be what the commit is about.
 */
import { reportOf } from '../src/cli/diff.js'
import { compare } from '../src/cli/diff/compare.js'
import { readSides } from '../src/cli/diff/side.js'
import { messageOf } from '../src/plain/message.js'

const base = process.env['DIFF_BASE'] ?? 'HEAD~1'
try {
  const [before, after] = await readSides(base, '.')
  console.log(`Contract changes since ${base}\n${before.read}\n${after.read}\n\n${reportOf(await compare(before, after), 'en')}`)
} catch (error) {
  // A shallow clone or a first commit has nothing to compare with.
  console.log(`No contract changes to tell of since ${base}: ${messageOf(error)}`)
}
