/** Finds the differences in one frame that a real backend has sent. */
import type { ReadReply } from '../backends/read.js'
import { judgeSchema, type Judged } from '../judge.js'
import { stepsOf } from '../../plain/pointer.js'
import type { DriftDocument } from './documents.js'
import { allDepartures, distinct, findingOf, lookedAt } from './find.js'
import type { Finding } from './finding.js'

/**
 * @param schema the component schema of all that is sent there
 * @param read the frame as an answer is read
 * @returns where the frame departs from the contract. It may be one of several kinds, and is told how it misses that which it comes nearest to
 */
export async function frameFindings(subject: Judged, document: Pick<DriftDocument, 'validators'>, schema: string, name: string, read: ReadReply): Promise<readonly Finding[]> {
  const { contract } = subject
  if (read.json === undefined) return [{ kind: 'notJson', pointer: '', message: `${name}: the frame is no JSON` }]
  const departures = await allDepartures(subject, document, lookedAt(read, contract), (held, value) => judgeSchema(held, schema, value, name))
  if (departures.length === 0) return []
  if (read.error === undefined && !departures.some(({ rule, pointer }) => rule?.keyword === 'type' || rule?.missing === contract.dialect.code || stepsOf(pointer).length > 1)) {
    return [{ kind: 'undocumentedCode', pointer: `/${contract.dialect.code}`, message: `${name}: what stands under ${JSON.stringify(contract.dialect.code)} is no code of the contract` }]
  }
  return distinct(departures.map((departure) => findingOf(departure, contract, read)))
}
