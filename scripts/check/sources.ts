/** What the sources say to each other: their imports and the names they use, read as code, never as text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import ts from 'typescript'

/** An import of any kind: static, dynamic, of types, or an export from elsewhere. */
export interface Import {
  readonly line: number
  /** The file from the project's folder, or the name of a package or of a module of Node.js. */
  readonly target: string
}

/** A text or a key that stands in the code. */
export interface Word {
  readonly line: number
  readonly text: string
}

export interface Source {
  /** From the project's folder. */
  readonly file: string
  readonly imports: readonly Import[]
  /** String literals, parts of templates, and keys. */
  readonly words: () => readonly Word[]
}

/** All TypeScript files below a folder of the project, in the order of their names; none where there is no such folder. */
export function readSources(root: string, folder: string): Source[] {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)).sort().map((path) => {
    const text = readFileSync(path, 'utf8')
    const file = relative(root, path).replaceAll(sep, '/')
    return { file, imports: importsOf(root, path, text), words: () => wordsOf(path, text) }
  })
}

function importsOf(root: string, path: string, text: string): Import[] {
  const { importedFiles } = ts.preProcessFile(text, true, true)
  return importedFiles.map(({ fileName, pos }) => ({ line: text.slice(0, pos).split('\n').length, target: targetOf(root, path, fileName) }))
}

/** TypeScript's sources import each other under the names that they will have when they are JavaScript. */
function targetOf(root: string, path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  const target = join(dirname(path), specifier)
  const found = ['.ts', '.tsx'].map((extension) => target.replace(/\.js$/, extension)).find((file) => existsSync(file))
  return relative(root, found ?? target).replaceAll(sep, '/')
}

function wordsOf(path: string, text: string): Word[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false)
  const words: Word[] = []
  const visit = (node: ts.Node): void => {
    const isModule = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportTypeNode(node)
    if (isModule) return
    const key = 'name' in node && isNamed(node) && ts.isIdentifier(node.name) ? node.name : null
    const found = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node) ? node : key
    if (found !== null) words.push({ line: source.getLineAndCharacterOfPosition(found.getStart(source)).line + 1, text: found.text })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return words
}

function isNamed(node: ts.Node): node is ts.ObjectLiteralElementLike & { readonly name: ts.PropertyName } {
  return (ts.isObjectLiteralElementLike(node) && !ts.isSpreadAssignment(node)) || ts.isPropertySignature(node)
}
