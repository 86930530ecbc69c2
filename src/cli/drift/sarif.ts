/** The report as SARIF 2.1.0, which code hosts show beside the code: each difference is a result about the contract. */
import type { Drift, DriftReport } from '../../client/control.js'
import type { Language } from '../../plain/bilingual.js'
import { toldOf } from '../../client/drift-told.js'
import { legibleJson } from '../../plain/legible.js'
import { kindWords } from '../../client/drift-words.js'
import { kindsAboutErrors } from '../../core/drift/finding.js'

/** @returns the report as a SARIF log */
export function asSarif({ drift }: DriftReport, lang: Language): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'understudy',
            rules: Object.entries(kindWords).map(([id, name]) => ({ id, shortDescription: { text: name[lang] } })),
          },
        },
        results: drift.map((row) => resultOf(row, lang)),
      },
    ],
  }
  return `${legibleJson(log, 2)}\n`
}

function resultOf(row: Drift, lang: Language) {
  const { system, operationId, kind, pointer, error, expected, reason, count, questions } = row
  const asked = questions.map(({ number }) => number)
  const place = `${operationId}${pointer === '' ? '' : ` ${pointer}`}`
  return {
    ruleId: kind,
    level: kind === 'noAnswer' || kind === 'undocumentedField' ? 'warning' : 'error',
    message: { text: `${place}: ${kindWords[kind][lang]} (×${String(count)}). ${toldOf(row, lang)}${asked.length === 0 ? '' : ` [${asked.join(', ')}]`}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: `openapi/${system}.yaml` } }, logicalLocations: [{ name: operationId, fullyQualifiedName: `${system}/${place}` }] }],
    partialFingerprints: { understudyDrift: [system, operationId, kind, pointer, ...(kindsAboutErrors.includes(kind) ? [error ?? '', expected ?? ''] : []), ...(reason === null ? [] : [reason])].join('/') },
    occurrenceCount: count,
  }
}
