/** Jobs in any number, for a world larger than the fixtures. Only loaded when somebody asks for one. */
import { base, en, Faker, zh_CN } from '@faker-js/faker'
import type { Job } from '../../generated/job/contract.js'

type Unbooted<R> = { readonly [K in keyof R]: K extends `${string}At` ? { readonly $boot: string } : R[K] }

/** Records as fixtures have them: times relative to boot. */
interface BulkRecords {
  readonly [collection: string]: readonly Readonly<Record<string, unknown>>[]
  readonly users: readonly Unbooted<Job['records']['users']>[]
  readonly jobs: readonly Unbooted<Job['records']['jobs']>[]
}

const SEED = 2015_12_10
/** What faker's relative dates would be counted from; no field uses them, and none can begin to by accident. */
const REFERENCE_DATE = '2015-12-10T00:00:00Z'
/** Far from the ids of fixtures and from those of records made later. */
const FIRST_ID = 1_000_001
/** No user of the world publishes so many that looking through his own would take long. */
const JOBS_PER_PUBLISHER = 20
/** A prefix of operators that no phone of the fixtures has. */
const FIRST_PHONE = 17_000_000_000

const DAY = 86_400
/** The jobs of the fixtures are newer than all of these, so that the first page stays as it is. */
const LEAST_AGE = DAY
const GREATEST_AGE = 365 * DAY

const places = [
  { province: '四川省', city: '成都市', regions: ['锦江区', '武侯区', '成华区', '双流区'] },
  { province: '浙江省', city: '杭州市', regions: ['西湖区', '上城区', '滨江区'] },
  { province: '湖北省', city: '武汉市', regions: ['洪山区', '武昌区', '江汉区'] },
  { province: '陕西省', city: '西安市', regions: ['雁塔区', '碑林区', '长安区'] },
  { province: '江苏省', city: '南京市', regions: ['鼓楼区', '玄武区', '栖霞区'] },
  { province: '广东省', city: '广州市', regions: ['天河区', '番禺区', '海珠区'] },
] as const

const kinds = [
  { title: '餐厅服务员', category: 1, timeToPay: '日结', wage: [9000, 16000], text: '点单、传菜与收台，提供工作餐' },
  { title: '商场促销员', category: 1, timeToPay: '日结', wage: [10000, 20000], text: '介绍新品、派发试用装，形象良好' },
  { title: '奶茶店店员', category: 1, timeToPay: '月结', wage: [180000, 320000], text: '制作饮品与收银，可排班' },
  { title: '展会引导', category: 1, timeToPay: '日结', wage: [12000, 24000], text: '签到、引导与答疑，统一着装' },
  { title: '快递分拣员', category: 1, timeToPay: '周结', wage: [1500, 2500], text: '晚班，按小时计，需搬运' },
  { title: '问卷访问员', category: 1, timeToPay: '面议', wage: [500, 1500], text: '按有效问卷计，熟悉校园' },
  { title: '小学作业辅导', category: 2, timeToPay: '周结', wage: [4000, 8000], text: '放学后两小时，师范专业优先' },
  { title: '高中数学家教', category: 2, timeToPay: '周结', wage: [8000, 15000], text: '按小时计，要求耐心，基础扎实' },
  { title: '英语口语陪练', category: 2, timeToPay: '日结', wage: [6000, 12000], text: '六级 550 分以上，发音标准' },
  { title: '钢琴助教', category: 2, timeToPay: '月结', wage: [150000, 280000], text: '周末协助授课，需十级证书' },
] as const

const workTimes = ['周末 09:00-18:00', '工作日 17:00-22:00', '每周三、周五晚', '时间自由', null] as const

/**
 * @param count how many jobs
 * @returns so many jobs and their publishers; the same ones each time, and of two counts the larger begins with the smaller
 */
export function makeJobs(count: number): BulkRecords {
  const faker = new Faker({ locale: [zh_CN, en, base], seed: SEED })
  faker.setDefaultRefDate(REFERENCE_DATE)
  const users: Unbooted<Job['records']['users']>[] = []
  const jobs: Unbooted<Job['records']['jobs']>[] = []
  let publisher = makePublisher(faker, 0)
  for (let i = 0; i < count; i++) {
    if (i % JOBS_PER_PUBLISHER === 0) {
      publisher = makePublisher(faker, users.length)
      users.push(publisher)
    }
    jobs.push(makeJob(faker, FIRST_ID + i, publisher))
  }
  return { users, jobs }
}

function makePublisher(faker: Faker, index: number): Unbooted<Job['records']['users']> {
  const phone = String(FIRST_PHONE + index)
  const certifications = { idCerti: '00', stuCerti: '00', empCerti: '00', companyName: null, collegeId: null } as const
  const account = { id: FIRST_ID + index, username: phone, password: 'abc12345', name: faker.person.fullName(), phone, roles: ['EMPLOYER' as const] }
  return { ...account, ...certifications, createdAt: before(GREATEST_AGE + faker.number.int(GREATEST_AGE)), valid: true, credits: faker.number.int(500) }
}

function makeJob(faker: Faker, id: number, publisher: Unbooted<Job['records']['users']>): Unbooted<Job['records']['jobs']> {
  const kind = faker.helpers.arrayElement(kinds)
  const { province, city, regions } = faker.helpers.arrayElement(places)
  const region = faker.helpers.arrayElement(regions)
  const [least, most] = kind.wage
  const age = faker.number.int({ min: LEAST_AGE, max: GREATEST_AGE })
  return {
    id,
    title: `${faker.location.street()}${kind.title}`,
    wageFen: faker.number.int({ min: least, max: most, multipleOf: 50 }),
    timeToPay: kind.timeToPay,
    expiresAt: before(age - DAY * faker.number.int({ min: 30, max: 90 })),
    postedAt: before(age),
    workTime: faker.helpers.arrayElement(workTimes),
    workPlace: `${region}${faker.location.street()} ${String(faker.number.int({ min: 1, max: 300 }))} 号`,
    province,
    city,
    region,
    jobDescription: kind.text,
    jobDetail: null,
    contact: publisher.name,
    contactPhone: publisher.username,
    contactQq: null,
    likes: 0,
    memberId: publisher.id,
    jobPostCategoryId: kind.category,
    deleted: false,
  }
}

/** @returns the marker of a moment so many seconds before boot; a negative number lies after it */
function before(seconds: number): { readonly $boot: string } {
  return { $boot: `${seconds >= 0 ? '-' : ''}PT${String(Math.abs(seconds))}S` }
}
