/** The fault `drop`: the connection closes without a byte of an answer. */
import type { Delivery } from './delivery.js'

export const drop: Delivery = (response) => {
  response.destroy()
}
