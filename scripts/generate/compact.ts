/**
 * Ajv's standalone code without what it says over and over.
 * - Errors are made by a function instead of being spelled out in full each time.
 * - A function of Ajv is told where in the whole it looks, a text and an object made at every call. Here the caller puts its own place before
 *   those of the errors, once there are any.
 * - A function of Ajv counts errors, so that an alternative that fails can be taken back. Most have no alternatives and return at their first
 *   error: there every count is 0, every comparison of counts true, and every branch on one taken.
 * - The characters of a text are counted only where its length leaves open whether there are too many or too few.
 *
 * And one thing that Ajv does not do: where errors are collected, no more than a hundred are looked for in one list. A long one
 * would have one for each item, which takes up a hundred times what the item does.
 */
import ts from 'typescript'

const { factory, isBlock, isIdentifier, SyntaxKind } = ts

/** What the compacted functions call; a module needs it once. */
export const RUNTIME = `const violation = (instancePath, schemaPath, keyword, params, message) => ({ instancePath, schemaPath, keyword, params, message })
const add = (found, ...rule) => {
  if (found === null) return [violation(...rule)]
  found.push(violation(...rule))
  return found
}
const fail = (validate, ...rule) => {
  validate.errors = [violation(...rule)]
  return false
}
const size = (found) => (found === null ? 0 : found.length)
const full = (found, before) => size(found) - before >= 100
const inside = (place, { errors }) => {
  for (const error of errors) error.instancePath = place + error.instancePath
  return errors
}
const pass = (validate, place, inner) => {
  validate.errors = inside(place, inner)
  return false
}
const join = (found, place, inner) => (found === null ? inside(place, inner) : found.concat(inside(place, inner)))`

/** What functions became, by their text: of those that were made before, as most are after an edit, nothing is made again. */
export class Compacted {
  #before: ReadonlyMap<string, string> = new Map()
  #now = new Map<string, string>()

  /** @returns what the text became, or becomes now */
  of(text: string, make: (text: string) => string): string {
    const made = this.#now.get(text) ?? this.#before.get(text) ?? make(text)
    this.#now.set(text, made)
    return made
  }

  /** Forgets what nobody asked for since the last time. */
  turn(): void {
    this.#before = this.#now
    this.#now = new Map()
  }
}

/** Each function of Ajv begins a line, and what belongs to it follows it. */
const FUNCTIONS = /^(?=function validate\d+\()/m

/**
 * @param code the text of Ajv's functions, as `standalone` writes it with `lines: true`
 * @returns functions that do the same in fewer lines, without indentation
 */
export function compact(code: string, compacted: Compacted): string {
  return code.split(FUNCTIONS).map((part) => compacted.of(part, compactPart)).join('\n')
}

function compactPart(code: string): string {
  const source = ts.createSourceFile('validators.js', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS)
  const statements = source.statements.map((statement) => (ts.isFunctionDeclaration(statement) ? compactFunction(statement) : statement))
  const printer = ts.createPrinter({ removeComments: true })
  const text = printer.printFile(factory.updateSourceFile(source, statements))
  // Only what stands at the start of a line is indentation: Ajv writes no text over several lines.
  return withoutMeasuring(text.replaceAll(/^ +/gm, '').trim())
}

/** Ajv counts the characters of a text one by one. It has no more of them than JavaScript says, and half as many at the least: mostly that is enough to know. */
function withoutMeasuring(code: string): string {
  return code
    .replaceAll(/(func\d+)\(([\w.]+)\) > (\d+)/g, '$2.length > $3 && $1($2) > $3')
    .replaceAll(/(func\d+)\(([\w.]+)\) < (\d+)/g, (_, count: string, text: string, least: string) => `${text}.length < ${String(2 * Number(least))} && ${count}(${text}) < ${least}`)
}

function compactFunction(declaration: ts.FunctionDeclaration): ts.FunctionDeclaration {
  const { body, name } = declaration
  if (body === undefined || name === undefined) return declaration
  const placed = withoutPlace(rewrite(body, (statements) => shortErrors(statements.map(shortCall))))
  const found = isStraight(placed) ? withoutCounting(placed, name.text) : ending(usesCounts(placed) ? placed : withoutCounter(placed))
  const [data] = declaration.parameters
  return factory.updateFunctionDeclaration(declaration, undefined, undefined, name, undefined, data === undefined ? [] : [data], undefined, found)
}

/** `instancePath + "/name"` becomes `"/name"`, `instancePath` an empty text. */
function withoutPlace(body: ts.Block): ts.Block {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isBinaryExpression(node) && nameOf(node.left) === 'instancePath') return ts.visitNode(node.right, visit)
    // What a field is called stays: an error that is written out has one of that name.
    if (ts.isPropertyAssignment(node)) return factory.updatePropertyAssignment(node, node.name, ts.visitNode(node.initializer, visit, ts.isExpression))
    if (isIdentifier(node) && node.text === 'instancePath') return factory.createStringLiteral('')
    return ts.visitEachChild(node, visit, undefined)
  }
  const changed = visit(body)
  if (!isBlock(changed)) throw new Error('a block became something else')
  return changed
}

/** `if(!validate1(data.a, {instancePath: instancePath+"/a", …})){vErrors = vErrors === null ? validate1.errors : …}` becomes `if (!validate1(data.a)) {vErrors = join(vErrors, "/a", validate1)…}`. */
function shortCall(statement: ts.Statement): ts.Statement {
  if (!ts.isIfStatement(statement) || !ts.isPrefixUnaryExpression(statement.expression) || !isBlock(statement.thenStatement)) return statement
  const called = bare(statement.expression.operand)
  if (!ts.isCallExpression(called)) return statement
  const [data, context] = called.arguments
  const place = placeOf(context)
  if (data === undefined || place === undefined) return statement
  const [collect, ...rest] = statement.thenStatement.statements
  if (collect === undefined || nameOf(assignment(collect)?.left) !== 'vErrors') return statement
  const joined = set('vErrors', call('join', [factory.createIdentifier('vErrors'), place, called.expression]))
  const condition = factory.createPrefixUnaryExpression(SyntaxKind.ExclamationToken, factory.createCallExpression(called.expression, undefined, [data]))
  return factory.updateIfStatement(statement, condition, factory.createBlock([joined, ...rest], true), statement.elseStatement)
}

/** Where a called function looks, as its caller says. */
function placeOf(context: ts.Expression | undefined): ts.Expression | undefined {
  if (context === undefined || !ts.isObjectLiteralExpression(context)) return undefined
  const [place] = context.properties
  if (place !== undefined && ts.isPropertyAssignment(place)) return place.initializer
  return place !== undefined && ts.isShorthandPropertyAssignment(place) ? factory.createIdentifier('instancePath') : undefined
}

/** Rewrites every list of statements in a block, the inner ones first. */
function rewrite(block: ts.Block, change: (statements: readonly ts.Statement[]) => readonly ts.Statement[]): ts.Block {
  const visit = (node: ts.Node): ts.Node => {
    const inner = ts.visitEachChild(node, visit, undefined)
    return isBlock(inner) ? factory.createBlock(change(inner.statements), true) : inner
  }
  const changed = visit(block)
  if (!isBlock(changed)) throw new Error('a block became something else')
  return changed
}

/** `const err0 = {…}; if(vErrors === null){…}else{…} errors++` becomes `vErrors = add(…); errors++`, `validate1.errors = [{…}]; return false` becomes `return fail(…)`. */
function shortErrors(statements: readonly ts.Statement[]): readonly ts.Statement[] {
  const short: ts.Statement[] = []
  for (let index = 0; index < statements.length; index += 1) {
    const [statement, next] = statements.slice(index, index + 2)
    if (statement === undefined) break
    const rule = ruleOf(initializerOf(statement, /^err\d+$/))
    const assigned = assignment(statement)
    const [only] = assigned !== null && ts.isArrayLiteralExpression(assigned.right) ? assigned.right.elements : []
    const failed = ruleOf(only)
    if (rule !== null && next !== undefined && ts.isIfStatement(next)) {
      short.push(set('vErrors', call('add', [factory.createIdentifier('vErrors'), ...rule])))
      index += 1
    } else if (failed !== null && assigned !== null && ts.isPropertyAccessExpression(assigned.left) && next !== undefined && ts.isReturnStatement(next)) {
      short.push(factory.createReturnStatement(call('fail', [assigned.left.expression, ...failed])))
      break // Ajv writes a `break` after it in loops
    } else short.push(statement)
  }
  return short
}

/** Every loop ends when it has found enough errors; what was found before it is another matter, for one of each field may be looked for. */
function ending(body: ts.Block): ts.Block {
  const found = factory.createIdentifier('vErrors')
  let loops = 0
  return rewrite(body, (statements) => statements.flatMap((statement) => {
    if (!(ts.isForStatement(statement) || ts.isForInStatement(statement)) || !isBlock(statement.statement)) return [statement]
    const before = factory.createIdentifier(`before${String(loops++)}`)
    const end = factory.createIfStatement(call('full', [found, before]), factory.createBreakStatement())
    const inner = factory.createBlock([end, ...statement.statement.statements], true)
    const declared = factory.createVariableDeclarationList([factory.createVariableDeclaration(before, undefined, undefined, call('size', [found]))], ts.NodeFlags.Const)
    return [
      factory.createVariableStatement(undefined, declared),
      ts.isForStatement(statement)
        ? factory.updateForStatement(statement, statement.initializer, statement.condition, statement.incrementor, inner)
        : factory.updateForInStatement(statement, statement.initializer, statement.expression, inner),
    ]
  }))
}

/** Whether a function returns at its first error: nothing counts one and goes on, nothing takes a count back. */
function isStraight(body: ts.Block): boolean {
  let straight = true
  const visit = (node: ts.Node): void => {
    if (ts.isPostfixUnaryExpression(node) && nameOf(node.operand) === 'errors') straight = false
    const assigned = ts.isExpressionStatement(node) ? assignment(node) : null
    if (assigned !== null && nameOf(assigned.left) === 'errors' && isIdentifier(assigned.right)) straight = false
    if (assigned !== null && /^valid\d+$/.test(nameOf(assigned.left)) && !isTrue(assigned.right)) straight = false
    const initial = ts.isVariableStatement(node) ? initializerOf(node, /^valid\d+$/) : undefined
    if (initial !== undefined && !isTrue(initial)) straight = false
    ts.forEachChild(node, visit)
  }
  visit(body)
  return straight
}

/** Whether a count is kept, to be compared with a later one or to be gone back to. */
function usesCounts(node: ts.Node): boolean {
  return /^_errs\d+$/.test(isIdentifier(node) ? node.text : '') || (ts.forEachChild(node, (child) => usesCounts(child) || undefined) ?? false)
}

/** A function that collects every error and looks at their number at its end only. */
function withoutCounter(body: ts.Block): ts.Block {
  return rewrite(body, (statements) => statements.flatMap((statement) => {
    if (initializerOf(statement, /^errors$/) !== undefined || nameOf(assignment(statement)?.left) === 'errors') return []
    if (ts.isExpressionStatement(statement) && ts.isPostfixUnaryExpression(statement.expression) && nameOf(statement.expression.operand) === 'errors') return []
    if (!ts.isReturnStatement(statement) || statement.expression === undefined || !isTrue(statement.expression)) return [statement]
    return [factory.createReturnStatement(factory.createBinaryExpression(factory.createIdentifier('vErrors'), SyntaxKind.EqualsEqualsEqualsToken, factory.createNull()))]
  }))
}

/** A straight function without its counts and the branches on them. */
function withoutCounting(body: ts.Block, name: string): ts.Block {
  return rewrite(body, (statements) => statements.flatMap((statement) => {
    if (initializerOf(statement, /^_errs\d+$/) !== undefined || initializerOf(statement, /^(?:valid\d+|vErrors|errors)$/) !== undefined) return []
    const assigned = assignment(statement)
    if (assigned !== null && /^valid\d+$/.test(nameOf(assigned.left))) return []
    if (assigned !== null && nameOf(assigned.right) === 'vErrors') return [factory.createExpressionStatement(factory.createAssignment(assigned.left, factory.createNull()))]
    if (ts.isReturnStatement(statement) && statement.expression !== undefined && isTrue(statement.expression)) return [factory.createReturnStatement(factory.createTrue())]
    return ts.isIfStatement(statement) ? shortIf(statement, name) : [statement]
  }))
}

function shortIf(statement: ts.IfStatement, name: string): readonly ts.Statement[] {
  const { expression, thenStatement, elseStatement } = statement
  if (isTrue(expression)) return isBlock(thenStatement) ? thenStatement.statements : [thenStatement]
  if (ts.isPrefixUnaryExpression(expression) && isTrue(expression.operand)) return []
  const joined = isBlock(thenStatement) ? joinedErrors(thenStatement.statements) : undefined
  const then = joined === undefined ? thenStatement : factory.createBlock([factory.createReturnStatement(call('pass', [factory.createIdentifier(name), ...joined]))], true)
  const rest = elseStatement !== undefined && isBlock(elseStatement) && elseStatement.statements.length === 0 ? undefined : elseStatement
  if (isBlock(then) && then.statements.length === 0 && rest === undefined) return []
  return [factory.updateIfStatement(statement, expression, then, rest)]
}

/** `vErrors = join(vErrors, "/a", validate1)`: the place, and the function whose errors they are. */
function joinedErrors([first]: readonly ts.Statement[]): readonly ts.Expression[] | undefined {
  const right = first === undefined ? undefined : assignment(first)?.right
  return right !== undefined && ts.isCallExpression(right) && nameOf(right.expression) === 'join' ? right.arguments.slice(1) : undefined
}

/** Where no error was counted: two counts are the same, no error was found, a part that was looked at was valid. */
function isTrue(outer: ts.Expression): boolean {
  const expression = bare(outer)
  if (expression.kind === SyntaxKind.TrueKeyword) return true
  if (isIdentifier(expression)) return /^valid\d+$/.test(expression.text)
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== SyntaxKind.EqualsEqualsEqualsToken) return false
  const { left, right } = expression
  const isCount = (side: ts.Expression) => /^(?:errors|_errs\d+)$/.test(nameOf(side))
  return isCount(left) && (isCount(right) || (ts.isNumericLiteral(right) && right.text === '0'))
}

/** The values of an error as Ajv writes one: instancePath, schemaPath, keyword, params and message. */
function ruleOf(node: ts.Expression | undefined): readonly ts.Expression[] | null {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return null
  const values = new Map(node.properties.flatMap((property): [string, ts.Expression][] => {
    if (ts.isShorthandPropertyAssignment(property)) return [[property.name.text, property.name]]
    return ts.isPropertyAssignment(property) && isIdentifier(property.name) ? [[property.name.text, property.initializer]] : []
  }))
  const rule = ['instancePath', 'schemaPath', 'keyword', 'params', 'message'].flatMap((key) => values.get(key) ?? [])
  return rule.length === values.size && values.size > 3 ? rule : null
}

function initializerOf(statement: ts.Statement, name: RegExp): ts.Expression | undefined {
  if (!ts.isVariableStatement(statement)) return undefined
  const [declared] = statement.declarationList.declarations
  return declared !== undefined && isIdentifier(declared.name) && name.test(declared.name.text) ? declared.initializer : undefined
}

function assignment(statement: ts.Statement): { readonly left: ts.Expression; readonly right: ts.Expression } | null {
  if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) return null
  return statement.expression.operatorToken.kind === SyntaxKind.EqualsToken ? statement.expression : null
}

function nameOf(expression: ts.Expression | undefined): string {
  return expression !== undefined && isIdentifier(expression) ? expression.text : ''
}

/** An expression without the parentheses around it. */
function bare(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? bare(expression.expression) : expression
}

function set(name: string, value: ts.Expression): ts.Statement {
  return factory.createExpressionStatement(factory.createAssignment(factory.createIdentifier(name), value))
}

function call(name: string, values: readonly ts.Expression[]): ts.Expression {
  return factory.createCallExpression(factory.createIdentifier(name), undefined, values)
}
