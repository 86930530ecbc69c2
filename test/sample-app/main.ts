/** Starts a stub and runs the stories against it. What they saw goes to standard output as JSON. */
import { createStub } from 'understudy'
import * as stories from './stories.js'

const stub = await createStub()
try {
  const box = await stub.sandbox()
  const { edu, im, job, live, offline, trid } = stories
  const seen = {
    live: await live(box.baseUrl('live')),
    edu: await edu(box.baseUrl('edu')),
    job: await job(box.baseUrl('job')),
    im: await im(box.baseUrl('im')),
    trid: await trid(box.baseUrl('trid')),
    offline: offline(),
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`)
} finally {
  await stub.close()
}
