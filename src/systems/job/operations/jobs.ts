/** Tag `jobs`: job ads and favourites. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Handlers } from '../../../core/system.js'
import { fenOf, yuanOf } from '../money.js'
import { pageOf, viewPage, windowOf } from '../paging.js'
import { newId, type Tx } from '../state.js'
import { endOfDate } from '../time.js'

type JobRecord = Job['records']['jobs']

/** Between two jobs of one user. */
const PUBLISH_INTERVAL = 60_000

export const jobs = {
  async jobListJobs({ input: { pageNumber, pageSize }, tx }) {
    return viewPage(await tx.page('jobs', 'newest', windowOf(pageNumber, pageSize)), viewJob)
  },

  async jobGetJob({ input: { id }, tx, fail }) {
    const job = await openJob(tx, id)
    if (job === undefined) throw fail('NOT_FOUND')
    return viewJob(job)
  },

  async jobPublishJob({ input, user, tx, now, fail }) {
    if ((await tx.get('jobCategories', input.cateId)) === undefined) throw fail('NOT_FOUND')
    const own = await tx.findAll('jobs', { memberId: user.id })
    if (own.some(({ postedAt }) => now < postedAt + PUBLISH_INTERVAL)) throw fail('TOO_FREQUENT')
    const { title, cateId, wage, timeToPay, expiredTime, workPlace, jobDescription, contact, contactPhone } = input
    const { workTime = null, province = null, city = null, region = null, jobDetail = null, contactQq = null } = input
    const id = await newId(tx, 'jobs')
    const texts = { title, workTime, workPlace, province, city, region, jobDescription, jobDetail, contact, contactPhone, contactQq }
    const terms = { wageFen: fenOf(wage), timeToPay, expiresAt: endOfDate(expiredTime), postedAt: now }
    await tx.insert('jobs', { id, ...texts, ...terms, likes: 0, memberId: user.id, jobPostCategoryId: cateId, deleted: false })
    return { id }
  },

  async jobDeleteJob({ input: { id }, user, tx, fail }) {
    const job = await openJob(tx, id)
    if (job === undefined) throw fail('NOT_FOUND')
    if (job.memberId !== user.id) throw fail('NO_PERMISSION')
    await tx.update('jobs', id, { deleted: true })
    return null
  },

  async jobFavourite({ input: { id: jobId }, user, tx, now, fail }) {
    const job = await openJob(tx, jobId)
    if (job === undefined) throw fail('NOT_FOUND')
    if ((await tx.find('favourites', { userId: user.id, jobId })) !== undefined) throw fail('ALREADY_LIKED')
    await tx.insert('favourites', { id: await newId(tx, 'favourites'), userId: user.id, jobId, createdAt: now })
    await tx.update('jobs', jobId, { likes: job.likes + 1 })
    return null
  },

  async jobUnfavourite({ input: { id: jobId }, user, tx, fail }) {
    const job = await tx.get('jobs', jobId)
    const favourite = await tx.find('favourites', { userId: user.id, jobId })
    if (job === undefined || favourite === undefined) throw fail('NOT_FOUND')
    await tx.delete('favourites', favourite.id)
    await tx.update('jobs', jobId, { likes: job.likes - 1 })
    return null
  },

  async jobListFavourites({ input: { pageNumber, pageSize }, user, tx }) {
    const own = await tx.findAll('favourites', { userId: user.id })
    const latestFirst = [...own].sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)
    const { items, total } = pageOf(latestFirst, windowOf(pageNumber, pageSize))
    const collected = await Promise.all(items.map(({ jobId }) => tx.get('jobs', jobId)))
    return viewPage({ items: collected.filter((job) => job !== undefined), total }, viewJob)
  },
} satisfies Partial<Handlers<Job>>

/** @returns the job unless it is unknown or deleted, which is the same to everybody but those who collected it */
async function openJob(tx: Tx, id: number): Promise<JobRecord | undefined> {
  const job = await tx.get('jobs', id)
  return job?.deleted ? undefined : job
}

/** Spelled out: lists are long, and an object that is made in one piece is read many times faster than one that was put together. */
function viewJob(job: JobRecord): components['schemas']['Job'] {
  return {
    id: job.id, title: job.title, timeToPay: job.timeToPay, workTime: job.workTime, workPlace: job.workPlace, province: job.province, city: job.city, region: job.region,
    jobDescription: job.jobDescription, jobDetail: job.jobDetail, contact: job.contact, contactPhone: job.contactPhone, contactQq: job.contactQq, likes: job.likes,
    memberId: job.memberId, jobPostCategoryId: job.jobPostCategoryId, deleted: job.deleted, wage: yuanOf(job.wageFen), expiredTime: job.expiresAt, postTime: job.postedAt,
  }
}
