/** Redocly's opinion of the documents, as they are written and as they are generated. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { documentIds, redocly } from '../generate/document.js'

const BUNDLED = 'openapi/bundled'

/** Lints all documents of a project folder; returns the lines in which Redocly complains. */
export function lintDocuments(root: string): string[] {
  const bundled = existsSync(join(root, BUNDLED)) ? readdirSync(join(root, BUNDLED)).sort().map((name) => `${BUNDLED}/${name}`) : []
  const { ok, output } = redocly(root, ['lint', ...documentIds(root).map((id) => `openapi/${id}.yaml`), ...bundled, '--format', 'stylish'])
  if (ok) return []
  return output.split('\n').filter((line) => line.trim() !== '' && !/^validating |: validated in |--generate-ignore-file/.test(line))
}
