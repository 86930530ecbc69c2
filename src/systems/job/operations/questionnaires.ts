/** Tag `questionnaires`: questions inside tasks. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Handlers } from '../../../core/system.js'
import { newId, type Tx } from '../state.js'

type Option = Job['records']['options']
type Question = Job['records']['questions']

/** A type of question: nothing is right or wrong. */
const SURVEY = 0

export const questionnaires = {
  async jobListQuestions({ input: { questId }, user, tx, fail }) {
    if ((await tx.get('tasks', questId)) === undefined) throw fail('NOT_FOUND')
    const questions = [...(await tx.findAll('questions', { questId }))].sort(byOrder)
    if (questions.length === 0) throw fail('NO_QUESTIONNAIRE')
    if ((await tx.find('claims', { userId: user.id, questId })) === undefined) throw fail('TASK_NOT_CLAIMED')
    const list = await Promise.all(questions.map((question) => viewQuestion(tx, question)))
    return { list, resultCount: list.length }
  },

  async jobAnswerQuestion({ input: { questionId, optIds }, user, tx, now, fail }) {
    const question = await tx.get('questions', questionId)
    if (question === undefined) throw fail('NOT_FOUND')
    if ((await tx.find('claims', { userId: user.id, questId: question.questId })) === undefined) throw fail('TASK_NOT_CLAIMED')
    const options = await tx.findAll('options', { questionId })
    const chosen = [...new Set(optIds.split(';').map(Number))]
    if (!chosen.every((id) => options.some((option) => option.id === id))) throw fail('ILLEGAL_CALL')
    if ((await tx.find('answers', { userId: user.id, questionId })) !== undefined) throw fail('DUPLICATE_SUBMISSION')
    const right = question.type === SURVEY || options.every((option) => option.right === chosen.includes(option.id))
    await tx.insert('answers', { id: await newId(tx, 'answers'), userId: user.id, questionId, optionIds: chosen, right, createdAt: now })
    return right
  },
} satisfies Partial<Handlers<Job>>

function byOrder(a: { orderIndex: number; id: number }, b: { orderIndex: number; id: number }): number {
  return a.orderIndex - b.orderIndex || a.id - b.id
}

async function viewQuestion(tx: Tx, question: Question): Promise<components['schemas']['Question']> {
  const options = await tx.findAll('options', { questionId: question.id })
  return { ...question, opts: [...options].sort(byOrder).map(viewOption) }
}

/** Which option is right is not told. */
function viewOption({ id, optName, optContent, orderIndex }: Option): components['schemas']['Option'] {
  return { id, optName, optContent, orderIndex }
}
