/** Who answers: the modes of a real backend in words. */
import type { Schemas } from '../../api.js'
import { t } from '../../language.js'

export type Mode = Schemas['BackendMode']

export const MODES: readonly Mode[] = ['real', 'real-or-stub', 'compare', 'stub']

/** @returns the mode in few words */
export function modeName(mode: Mode): string {
  const names: Readonly<Record<Mode, string>> = {
    real: t('real', '真实后端'), 'real-or-stub': t('real, or else the stub', '真实后端，不可用时替身'), compare: t('stub, compared with real', '替身，并与真实后端对照'), stub: t('stub', '替身'),
  }
  return names[mode]
}

/** @returns what an app gets in this mode */
export function modeMeaning(mode: Mode): string {
  const meanings: Readonly<Record<Mode, string>> = {
    real: t('The real backend answers; where it cannot, the app gets the system’s network error.', '由真实后端应答；不可用时，应用得到该系统的网络错误。'),
    'real-or-stub': t('The real backend answers; where it cannot be reached or has no such operation, the stub does.', '由真实后端应答；连不上或没有该接口时，由替身应答。'),
    compare: t('The stub answers; the real backend is asked as well, and where they differ is listed below.', '由替身应答，同时也问真实后端，差别列在下方。'),
    stub: t('The stub answers everything but the exceptions below.', '除下列例外，全部由替身应答。'),
  }
  return meanings[mode]
}
