/** Redocly's opinion of the documents, as they are written and as they are generated. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { documentIds, redocly } from '../generate/document.js'
import { UNIFIED } from '../generate/unified.js'

/** Lints all documents of a project folder; returns what Redocly complains about, or nothing. */
export function lintDocuments(root: string): string[] {
  const files = documentIds(root).flatMap((id) => [`openapi/${id}.yaml`, `openapi/bundled/${id}.json`])
  files.push(`openapi/bundled/${UNIFIED}.json`)
  const present = files.filter((file) => existsSync(join(root, file)))
  if (present.length === 0) return []
  const { ok, output } = redocly(root, ['lint', ...present, '--format', 'stylish'])
  if (ok) return []
  return output.split('\n').filter((line) => line.trim() !== '' && !/^validating |: validated in |--generate-ignore-file/.test(line))
}
