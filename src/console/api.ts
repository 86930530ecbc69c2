/** The console's one door to the stub: the control plane's client, and what becomes of its refusals. */
import { computed, signal } from '@preact/signals'
import type { components, operations } from '../generated/control/contract.js'
import { type Answer, ControlError, openControl, take } from '../client/control.js'
import { t } from './language.js'
import { sandbox } from './place.js'
import { complain, note } from './notices.js'
import { hasNoAnswer } from './refusals.js'

export type Schemas = components['schemas']
/** The JSON body that an operation takes. */
export type BodyOf<K extends keyof operations> = operations[K] extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never

/** The reference pages keep it under the same name. */
const TOKEN_KEY = 'understudy.adminToken'

/** A QR code brings the token behind the address, where no server sees it; it is kept for this tab and taken out of the address. */
const [, brought = null] = /^#token=([\x21-\x7e]+)$/.exec(location.hash) ?? []
if (brought !== null) {
  sessionStorage.setItem(TOKEN_KEY, brought)
  history.replaceState(null, '', location.pathname + location.search)
}

export const token = signal(brought ?? sessionStorage.getItem(TOKEN_KEY))
/** Counts the tokens that were given: one that was refused may be given again. */
export const unlocked = signal(0)
/** Whether the stub asks for a token that the reader has not given. */
export const isLocked = signal(false)

export const control = computed(() => openControl(location.origin, token.value ?? undefined))
/** Path parameters of everything below a sandbox. */
export const here = computed(() => ({ sandbox: sandbox.value }))

/** Counts up when something may have changed; whoever shows something looks again. */
export const beat = signal(0)

/** Keeps the token for this tab. */
export function unlock(given: string): void {
  sessionStorage.setItem(TOKEN_KEY, given)
  token.value = given
  isLocked.value = false
  unlocked.value++
  beat.value++
}

/**
 * @returns the data of a call
 * @throws ControlError when it is refused; a missing token is asked for as well
 */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  try {
    return await take(call)
  } catch (error) {
    if (error instanceof ControlError && error.problem.status === 401) isLocked.value = true
    throw error
  }
}

/**
 * Carries out what the reader has asked for: says that it is done, or why not.
 * @param done what to say; nothing when left out
 * @returns the data; null when it was refused
 */
export async function act<T>(call: Promise<Answer<T>>, done?: string): Promise<T | null> {
  try {
    const data = await ask(call)
    if (done !== undefined) note(done)
    return data
  } catch (error) {
    // A refusal says why; that nobody is there is the page's own to say.
    complain(hasNoAnswer(error) ? t('The stub does not answer. What was entered is still there.', '服务没有应答。填写的内容仍在。') : error)
    return null
  } finally {
    beat.value++
  }
}
