/** Finds the differences in one frame that a real backend has sent. */
import type { ReadReply } from '../backends/read.js'
import { judgeSchema, type Judged } from '../judge.js'
import { stepsOf } from '../../plain/pointer.js'
import { distinct, findingOf } from './find.js'
import type { Finding } from './finding.js'

/**
 * @param schema the component schema of all that is sent there
 * @param read the frame as an answer is read
 * @returns where the frame departs from the contract. It may be one of several kinds, and is told how it misses that which it comes nearest to: what
 *   lies deepest in it was looked at last
 */
export function frameFindings(subject: Judged, schema: string, name: string, read: ReadReply): readonly Finding[] {
  const { contract } = subject
  if (read.json === undefined) return [{ kind: 'notJson', pointer: '', message: `${name}: the frame is no JSON` }]
  const departures = judgeSchema(subject, schema, read.json, name)
  if (departures.length === 0) return []
  if (read.error === undefined && !departures.some(({ rule, pointer }) => rule?.keyword === 'type' || rule?.missing === contract.dialect.code || stepsOf(pointer).length > 1)) {
    return [{ kind: 'undocumentedCode', pointer: `/${contract.dialect.code}`, message: `${name}: what stands under ${JSON.stringify(contract.dialect.code)} is no code of the contract` }]
  }
  const depth = Math.max(...departures.map(({ pointer }) => stepsOf(pointer).length))
  const nearest = departures.filter(({ pointer, rule }) => stepsOf(pointer).length === depth && rule?.keyword !== 'anyOf' && rule?.keyword !== 'oneOf')
  const findings = distinct((nearest.length === 0 ? departures : nearest).map((departure) => findingOf(departure, contract, read)))
  // What has another type has another form as well.
  const types = new Set(findings.filter(({ kind }) => kind === 'type').map(({ pointer }) => pointer))
  return findings.filter(({ kind, pointer }) => !(kind === 'format' && types.has(pointer)))
}
