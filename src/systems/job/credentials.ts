/** The token in its three carriages (QUIRKS.md #1). */
import type { Credentials } from '../../core/dialect.js'

export const credentials: Credentials = {
  read(request) {
    const carriages = [request.headers['app-token'], request.query('appToken'), request.field('appToken')]
    const token = carriages.find((value) => typeof value === 'string' && value !== '')
    return typeof token === 'string' ? { sent: true, tokens: [token] } : { sent: false, tokens: [] }
  },
  carry: (token) => ({ 'app-token': token }),
  form: ['POST', 'PUT'],
}
