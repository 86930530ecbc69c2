/** What only the backend team can answer, put as questions. */
import { wordingOf, type Standing } from '../generate/answers.js'
import type { Bilingual } from '../../src/plain/bilingual.js'
import { numberOf, type Asked } from '../generate/questions.js'
import { readDecision, type AskedQuestion, type ReviewedSystem } from './model.js'

export interface Question {
  /** `edu-q12`; null until it has been given one. */
  readonly number: string | null
  readonly kind: Asked['kind']
  readonly about: string | null
  readonly text: Bilingual
  /** What an answer is noted to be about. */
  readonly asked: string
  readonly standing: Standing | null
}

/** Questions of one kind. */
interface Questions {
  readonly title: Bilingual
  readonly introduction: Bilingual
  readonly list: readonly Question[]
}

/** What is still to be answered in a system: its decisions, the codes that stand for faults, the operations that nobody asked for. Kinds without any are left out. */
export function questionsOf(system: ReviewedSystem): Questions[] {
  const open = allOf(system).map(({ list, ...about }) => ({ ...about, list: list.filter(isOpen) }))
  return open.filter(({ list }) => list.length > 0)
}

/** How many questions are still open. */
export function openIn(system: ReviewedSystem): number {
  return allOf(system).flatMap(({ list }) => list).filter(isOpen).length
}

/** What has been answered, in the order of the numbers. */
export function answeredIn(system: ReviewedSystem): (Question & { readonly standing: Standing })[] {
  return allOf(system).flatMap(({ list }) => list).flatMap(({ standing, ...question }) => (standing === null || isOpen({ standing }) ? [] : [{ ...question, standing }]))
}

/** What was confirmed before the contract changed is asked again. */
function isOpen({ standing }: Pick<Question, 'standing'>): boolean {
  return standing === null || standing.state === 'outdated'
}

function allOf(system: ReviewedSystem): Questions[] {
  return [decisions(system), faults(system), added(system)]
}

/** What all kinds have in common. */
function shared(asked: AskedQuestion): Omit<Question, 'text'> {
  return { number: numberOf(asked), kind: asked.kind, about: asked.about, asked: wordingOf(asked), standing: asked.standing }
}

function decisions({ asked }: ReviewedSystem): Questions {
  return {
    title: { en: 'Is our reading right?', zh: '我们的理解对吗？' },
    introduction: {
      en: 'Your text left these points open, or says two things. The contract holds the reading given here until you tell us otherwise.',
      zh: '贵方文档在以下各处未说明或前后不一。在得到答复之前，契约按此处的理解执行。',
    },
    list: asked.filter(({ kind }) => kind === 'reading').map((one) => {
      const { topic, says, reading, tolerated } = readDecision(one)
      return {
        ...shared(one),
        text: {
          en: `**${topic.en}.** The text: ${sentence(says.en)} Our reading: ${sentence(reading.en)}${tolerated === null ? '' : ` Also accepted: ${sentence(tolerated)}`} Right?`,
          zh: `**${topic.zh}**：文档：${sentence(says.zh, '。')}我们的理解：${sentence(reading.zh, '。')}对吗？`,
        },
      }
    }),
  }
}

function faults(system: ReviewedSystem): Questions {
  return {
    title: { en: 'When do these codes occur?', zh: '这些错误码何时出现？' },
    introduction: {
      en: 'No honest request ends in them: the cause is a fault of the server or of a service behind it. The stub answers them when such a fault is switched on.',
      zh: '正常的请求不会得到这些错误码：原因是服务器或其后的服务出了故障。替身服务在打开相应的故障开关时返回它们。',
    },
    list: system.asked.filter((asked) => asked.kind === 'fault').map((asked) => {
      const { name, code, meaning, status } = asked.error
      const operations = system.errors.find(({ error }) => error.name === name)?.operations ?? []
      const [en, zh] = operations.length > 6 ? [`${String(operations.length)} operations`, `${String(operations.length)} 个接口`] : [operations.join(', '), operations.join('、')]
      return {
        ...shared(asked),
        text: {
          en: `**\`${String(code)}\` ${name}** (${meaning.en}), with HTTP ${status.join(' or ')}, by ${en}. In which situations do you send it, and has the request been carried out by then?`,
          zh: `**\`${String(code)}\` ${name}**（${meaning.zh}），HTTP ${status.join(' 或 ')}，涉及 ${zh}。哪些情况会返回它？此时请求是否已经执行？`,
        },
      }
    }),
  }
}

function added({ asked, operations }: ReviewedSystem): Questions {
  return {
    title: { en: 'Do these operations exist?', zh: '这些接口存在吗？' },
    introduction: {
      en: 'Your text names neither their paths nor their behaviour. They are here because an app needs them, or because a code of your table cannot be reached otherwise.',
      zh: '贵方文档既未给出它们的路径，也未描述其行为。列出它们是因为应用需要，或者错误表中的某个错误码别无他法到达。',
    },
    list: operations.flatMap(({ id, method, path, summary }) => asked.filter(({ kind, about }) => kind === 'added' && about === id).map((one) => ({
      ...shared(one),
      text: {
        en: `\`${method} ${path}\` (${summary.en}): does the backend have it, and under this path?`,
        zh: `\`${method} ${path}\`（${summary.zh}）：后端是否提供？路径是否如此？`,
      },
    }))),
  }
}

/** With one mark at its end. */
function sentence(text: string, mark = '.'): string {
  return /[.。?？!！;；]['"”」`]?$/.test(text.trim()) ? text.trim() : `${text.trim()}${mark}`
}
