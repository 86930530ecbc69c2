/** Tag `wallets`: cash accounts, deal passwords, security questions, withdrawals. */
import type { Failure } from '../../../core/failure.js'
import type { Handlers } from '../../../core/system.js'
import { fenOf, yuanOf } from '../money.js'
import { newId, type Tx } from '../state.js'
import type { Job } from '../../../generated/job/contract.js'

type Wallet = Job['records']['wallets']

export const wallets = {
  async jobOpenWallet({ input, user, tx, fail }) {
    if ((await tx.find('wallets', { userId: user.id })) !== undefined) throw fail('ALREADY_EXISTS')
    const { dealPwd, seContent = null, seAnswer = null, email = null, name = null } = input
    const id = await newId(tx, 'wallets')
    await tx.insert('wallets', { id, userId: user.id, balanceFen: 0, dealPwd, seContent, seAnswer, alipay: null, wechat: null, bank: null, email, name })
    return null
  },

  async jobGetBalance(work) {
    const { balanceFen } = await ownWallet(work)
    return yuanOf(balanceFen)
  },

  async jobChangeDealPassword(work) {
    const { input, tx, fail } = work
    const wallet = await ownWallet(work)
    if (input.answer !== undefined) {
      if (wallet.seAnswer === null) throw fail('NOT_FOUND')
      if (wallet.seAnswer !== input.answer) throw fail('WRONG_SECURITY_ANSWER')
    } else if (wallet.dealPwd !== input.oldPwd) throw fail('WRONG_PASSWORD')
    await tx.update('wallets', wallet.id, { dealPwd: input.dealPwd })
    return null
  },

  async jobSetQuestion(work) {
    const { input, tx, fail } = work
    const wallet = await ownWallet(work)
    if (wallet.seAnswer !== null) throw fail('SECURITY_QUESTION_EXISTS')
    await tx.update('wallets', wallet.id, { seContent: input.seContent, seAnswer: input.seAnswer })
    return null
  },

  async jobSetAlipay(work) {
    const { input, user, tx, sms, fail } = work
    const wallet = await ownWallet(work)
    if (wallet.alipay !== null) {
      if (user.phone === null || input.code === undefined) throw fail('WRONG_CODE')
      await sms.redeem(input.code, user.phone)
    }
    await tx.update('wallets', wallet.id, { alipay: input.alipay })
    return null
  },

  async jobWithdraw(work) {
    const { input, user, tx, now, fail } = work
    const wallet = await ownWallet(work)
    if (wallet.dealPwd !== input.dealPwd) throw fail('WRONG_PASSWORD')
    const account = { 0: wallet.alipay, 1: wallet.wechat, 2: wallet.bank }[input.payType]
    if (account === null) throw fail('LINKED_ACCOUNT_MISSING')
    const amtFen = fenOf(input.amt)
    if (amtFen > wallet.balanceFen) throw fail('INSUFFICIENT_BALANCE')
    await tx.update('wallets', wallet.id, { balanceFen: wallet.balanceFen - amtFen })
    const id = await newId(tx, 'withdrawals')
    await tx.insert('withdrawals', { id, userId: user.id, amtFen, payType: input.payType, account, createdAt: now })
    return { id }
  },
} satisfies Partial<Handlers<Job>>

/** What looking up the caller's cash account needs of an operation. */
interface Owning {
  readonly tx: Tx
  readonly user: Job['user']
  readonly fail: (error: 'NO_CASH_ACCOUNT') => Failure
}

/** @returns the caller's cash account; throws 19 where none was opened */
export async function ownWallet({ tx, user, fail }: Owning): Promise<Wallet> {
  const wallet = await tx.find('wallets', { userId: user.id })
  if (wallet === undefined) throw fail('NO_CASH_ACCOUNT')
  return wallet
}
