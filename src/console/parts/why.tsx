/** Why something could not be done: on a Chinese page a sentence in Chinese, and below it what the stub or the browser says itself, which can be searched for. */
import { messageOf } from '../../plain/message.js'
import { language } from '../language.js'
import { inChinese } from '../refusals.js'

/** @param of what was thrown, or a sentence that is in the reader's language already */
export function Why({ of }: { readonly of: unknown }) {
  const own = messageOf(of)
  if (typeof of === 'string' || language.value === 'en') return <>{own}</>
  return <>{inChinese(of)}<span class="own faint small" lang="en">{own}</span></>
}
