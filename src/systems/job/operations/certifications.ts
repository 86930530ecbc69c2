/** Tag `certifications`: from the application to the administrator's verdict. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Failure } from '../../../core/failure.js'
import type { Handlers } from '../../../core/system.js'
import { CERTIFIED, newId, WAITING, type Tx } from '../state.js'

type Schemas = components['schemas']
type Application = Job['records']['certApplications']
type Kind = Application['kind']

export const certifications = {
  async jobApplyStudentCert(work) {
    const { name, cityId, collegeId, picIds, cname = null } = work.input
    return apply(work, 'stu', { name, cityId, collegeId, cname, picIds })
  },

  async jobApplyMerchantCert(work) {
    const { compName, addr, picIds, cateId, contName, compPhone = null } = work.input
    return apply(work, 'emp', { compName, addr, cateId, contName, compPhone, picIds })
  },

  async jobApplyIdentityCert(work) {
    const { name, id, picIds } = work.input
    return apply(work, 'id', { name, id, picIds })
  },

  async jobGetCertStatus({ user, tx }) {
    const latest = async (kind: Kind) => (await tx.findAll('certApplications', { userId: user.id, kind })).reduce<Application | null>(later, null)
    return {
      idCerti: user.idCerti,
      idInfo: viewIdentity(await latest('id')),
      stuCerti: user.stuCerti,
      stuInfo: viewStudent(await latest('stu')),
      empCerti: user.empCerti,
      empInfo: viewMerchant(await latest('emp')),
    }
  },

  async jobAuditCert({ input: { kind, certiId, status, memo }, tx, now, fail }) {
    const application = await tx.get('certApplications', certiId)
    if (application === undefined || application.kind !== kind) throw fail('NOT_FOUND')
    if (application.status !== WAITING) throw fail('STATUS_LOCKED')
    await tx.update('certApplications', certiId, { status, memo: memo ?? null, auditedAt: now })
    const { fields, userId } = application
    await tx.update('users', userId, withState(kind, status))
    if (status === CERTIFIED && 'collegeId' in fields) await tx.update('users', userId, { collegeId: fields.collegeId })
    if (status === CERTIFIED && 'compName' in fields) await tx.update('users', userId, { companyName: fields.compName })
    return null
  },
} satisfies Partial<Handlers<Job>>

/** What filing an application needs of the operation that does it. */
interface Applying {
  readonly tx: Tx
  readonly user: Job['user']
  readonly now: number
  readonly fail: (error: 'ALREADY_CERTIFIED') => Failure
}

async function apply({ tx, user, now, fail }: Applying, kind: Kind, fields: Application['fields']): Promise<null> {
  const state = { id: user.idCerti, stu: user.stuCerti, emp: user.empCerti }[kind]
  if (state === WAITING || state === CERTIFIED) throw fail('ALREADY_CERTIFIED')
  const id = await newId(tx, 'certApplications')
  await tx.insert('certApplications', { id, userId: user.id, kind, status: WAITING, memo: null, createdAt: now, auditedAt: null, fields })
  await tx.update('users', user.id, withState(kind, WAITING))
  return null
}

/** The user's own field for the state of a certification. */
function withState(kind: Kind, state: Schemas['CertStatus']): Partial<Job['user']> {
  switch (kind) {
    case 'id':
      return { idCerti: state }
    case 'stu':
      return { stuCerti: state }
    case 'emp':
      return { empCerti: state }
  }
}

/** Of two applications the one filed last. */
function later(a: Application | null, b: Application): Application {
  return a !== null && a.createdAt > b.createdAt ? a : b
}

function viewIdentity(application: Application | null): Schemas['IdentityInfo'] | null {
  return application !== null && 'id' in application.fields ? { certiId: application.id, ...application.fields, memo: application.memo } : null
}

function viewStudent(application: Application | null): Schemas['StudentInfo'] | null {
  return application !== null && 'collegeId' in application.fields ? { certiId: application.id, ...application.fields, memo: application.memo } : null
}

function viewMerchant(application: Application | null): Schemas['MerchantInfo'] | null {
  return application !== null && 'compName' in application.fields ? { certiId: application.id, ...application.fields, memo: application.memo } : null
}
