/** Which lines bugs are planted in when there is no time for all of them: drawn by chance, and by the same seed the same ones. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** @returns the sources among these files and below these folders, by their paths from the root */
export function sourcesOf(root: string, paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => (statSync(join(root, path)).isDirectory() ? readdirSync(join(root, path), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(path, name)) : [path]))
  return [...new Set(found)].filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')).sort()
}

/**
 * @returns ranges as Stryker reads them (`src/a.ts:12-12`), one for each drawn line. A line's turn depends on the seed, its path and its number alone,
 * so that a file which is added changes nothing about the others.
 */
export function drawLines(root: string, paths: readonly string[], count: number, seed: string): { ranges: string[]; of: number } {
  const lines = sourcesOf(root, paths).flatMap((path) => codeLines(readFileSync(join(root, path), 'utf8')).map((line) => ({ path, line })))
  const turn = ({ path, line }: (typeof lines)[number]) => createHash('sha256').update(`${seed}:${path}:${String(line)}`).digest('hex')
  const drawn = lines.map((line) => ({ ...line, turn: turn(line) })).sort((a, b) => (a.turn < b.turn ? -1 : 1)).slice(0, count)
  return { ranges: drawn.map(({ path, line }) => `${path}:${String(line)}-${String(line)}`), of: lines.length }
}

/** @returns the lines on which something is done: no comments, no imports, no types, no lone brackets */
function codeLines(text: string): number[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  const found = new Set<number>()
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeNode(node)) return
    const children: ts.Node[] = []
    ts.forEachChild(node, (child) => {
      children.push(child)
    })
    if (children.length === 0 && node.kind !== ts.SyntaxKind.EndOfFileToken) found.add(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1)
    children.forEach(visit)
  }
  visit(source)
  return [...found].sort((a, b) => a - b)
}
