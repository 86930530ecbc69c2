/** Answers as tests hold them, whatever they were fetched with, brought to one form. */
import { isNoAnswer } from '../errors/index.js'
import { isObject } from '../plain/json.js'

/** What came back from a backend. */
export interface Received {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, the text as it came, or a `NoAnswer`. */
  readonly body: unknown
}

/**
 * @param value a `Response` of fetch, what a call of openapi-fetch came back with, an answer of Playwright, or a promise of one
 * @throws Error that says what was expected when it is something else, or when no answer came
 */
export async function receive(value: unknown): Promise<Received> {
  const answer: unknown = await Promise.resolve(value).catch((error: unknown) => {
    throw new Error(`no answer came: ${reasonOf(error)}`, { cause: error })
  })
  if (answer instanceof Response) return fromFetch(answer)
  if (isObject(answer) && answer['response'] instanceof Response) {
    const { url, status, headers } = answer['response']
    const error = answer['error']
    return { url: isNoAnswer(error) ? error.url : url, status, headers, body: answer['data'] ?? error ?? null }
  }
  if (isPlaywright(answer)) return { url: answer.url(), status: answer.status(), headers: new Headers(answer.headers()), body: await answer.text() }
  throw new Error(`${describe(answer)} is no answer; give the Response of fetch, the result of an openapi-fetch client, or a promise of one`)
}

async function fromFetch(response: Response): Promise<Received> {
  if (response.bodyUsed) throw new Error('the body of this response has been read already; look at the response first, or hand over a clone()')
  const { url, status, headers } = response
  return { url, status, headers, body: await response.clone().text() }
}

/** The parts of Playwright's `APIResponse` and `Response` that matter here. */
interface PlaywrightAnswer {
  url(): string
  status(): number
  headers(): Record<string, string>
  text(): Promise<string>
}

function isPlaywright(value: unknown): value is PlaywrightAnswer {
  return isObject(value) && ['url', 'status', 'headers', 'text'].every((name) => typeof value[name] === 'function')
}

/** What fetch says hides the reason one step below. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return isObject(value) ? `an object with ${Object.keys(value).join(', ') || 'no keys'}` : String(value)
}
