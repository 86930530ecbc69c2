/** The rows of the backend teams' own tables of codes, word for word, and whether a code came out of an operation that lists it. */
import { expect } from 'vitest'
import type { System } from '../../src/core/system.js'
import type { Box } from './serve.js'

/** edu, chapter 4 "错误码". */
export const eduRows: Readonly<Record<string, string>> = {
  OK: '900： 请求成功',
  ACCESS_TOKEN_EXPIRED: '899： 请求失败，access_token超时',
  USER_EXISTS: '901： 用户已经存在',
  USER_NOT_FOUND: '902： 用户不存在',
  UNAUTHENTICATED: '903： 用户登录信息失效或者没有登陆信息，请重新登陆',
  BAD_PARAMETER: '904： 参数缺失或者格式错误',
  INTERNAL_ERROR: '905： 服务器内部错误',
  WRONG_PASSWORD: '906： 密码错误',
  PASSWORD_NOT_SET: '907： 用户尚未设置登录密码，请使用短信登陆',
  PHONE_NOT_BOUND: '908： 用户没有绑定手机号码',
  USER_BANNED: '909： 用户被封禁',
  NO_PERMISSION: '910： 用户没有操作权限（比如操作不是自己的订单或者当前状态不允许这样操作等）',
  RESOURCE_NOT_FOUND: '911： 要获取的资源不存在',
  CALL_FAILED: '912： 发起电话呼叫失败',
  THIRD_PARTY_FAILED: '913： 调用第三方服务失败',
  REDIRECT_REQUIRED: '914： 需要跳转，同时会返回跳转的url。',
  SMS_TOO_FREQUENT: '601： 短信验证码发送过于频繁',
  SMS_SEND_FAILED: '602： 短信验证码发送失败（运营商错误）',
  SMS_CODE_INVALID: '603： 无效的短信验证码',
  PHONE_INVALID: '127： 手机号码不合法',
}

/** job, "错误代码表". */
export const jobRows: Readonly<Record<string, string>> = {
  HTTP_REJECTED: '-2 HTTP状态码不是5XX, 200时返回该代码',
  FAILED: '-1 操作失败',
  SUCCESS: '0 操作成功',
  TOO_FREQUENT: '1 操作过于频繁',
  ILLEGAL_USERNAME: '2 用户名不合法',
  WRONG_PASSWORD: '3 密码错误',
  USER_NOT_FOUND: '4 用户不存在',
  USER_EXISTS: '5 用户已存在',
  USER_BLOCKED: '6 用户被封号',
  NOT_LOGGED_IN: '7 未登陆',
  INPUTS_DIFFER: '8 两次输入不一致',
  CATEGORY_NOT_EMPTY: '9 分类不为空',
  EMPTY_FIELD: '10 必填字段为空',
  ILLEGAL_PARAMETER: '11 非法参数',
  NOT_FOUND: '12 不存在',
  NO_PERMISSION: '13 权限不足',
  CANNOT_DELETE_SELF: '14 不能删除当前用户',
  ALREADY_EXISTS: '15 已经存在',
  ALREADY_LIKED: '16 已经喜欢/收藏过了',
  ILLEGAL_NUMBER: '17 非法数字',
  INSUFFICIENT_BALANCE: '18 账户余额不足',
  NO_CASH_ACCOUNT: '19 现金账户不存在',
  TASK_ALREADY_CLAIMED: '20 任务重复领取',
  TASK_EXHAUSTED: '21 任务已领完',
  TASK_ENDED: '22 任务已结束',
  TASK_NOT_CLAIMED: '23 任务未领取',
  DUPLICATE_SUBMISSION: '24 重复提交',
  WRONG_CODE: '25 验证码错误',
  ALREADY_CERTIFIED: '26 用户已经认证过了',
  TASK_NOT_STARTED: '27 任务还没有开始',
  STATUS_LOCKED: '28 状态不能被修改',
  UNBIND_PHONE_FIRST: '29 需要先解绑手机',
  AUDIT_QUOTA_SHORT: '30 代审核剩余数量不足',
  PHONE_NOT_LINKED: '31 该手机号未关联任何账号',
  NO_QUESTIONNAIRE: '32 该任务没有问卷',
  ILLEGAL_CALL: '33 非法调用(黑客恶意发送请求)',
  SMS_SEND_FAILED: '34 短信发送失败，短信服务商接口调用出错',
  WRONG_SECURITY_ANSWER: '35 密保答案不正确',
  SECURITY_QUESTION_EXISTS: '36 密保已经存在',
  AMOUNT_TOO_SMALL: '37 委托金额太少',
  COUPON_TAKE_FAILED: '38 卡券领取失败',
  COUPON_ILLEGAL: '39 卡券非法',
  COUPON_USED: '40 卡券已经被使用过',
  COUPON_EXPIRED: '41 卡券过期',
  STUDENT_NOT_CERTIFIED: '42 还未通过学生身份认证',
  MERCHANT_NOT_CERTIFIED: '43 还未通过商家身份认证',
  LINKED_ACCOUNT_MISSING: '44 相关账号还未设置',
  AUDIENCE_MISMATCH: '45 任务对象不匹配',
  IDENTITY_NOT_CERTIFIED: '46 还未通过个人身份认证',
}

/** live, "状态码". */
export const liveRows: Readonly<Record<string, string>> = {
  API_OK: 'API_OK 2000 ok 成功',
  API_BAD_REQUEST: 'API_BAD_REQUEST 4000 bad request 请求的参数缺失或格式不符',
  API_UNAUTHORIZED: 'API_UNAUTHORIZED 4010 unauthorized 未授权，一般是因为api_key不正确',
  API_INVALID_AUTH_CODE: 'API_INVALID_AUTH_CODE 4011 invalid auth code 错误的手机验证码',
  API_USER_NOT_FOUND: 'API_USER_NOT_FOUND 4041 user not found 用户未找到',
}

/** im, "公共的状态码". */
export const imRows: Readonly<Record<string, string>> = {
  SUCCESS_STATUS: 'SUCCESS_STATUS = 1 # 操作正确',
  FAILURE_STATUS: 'FAILURE_STATUS = 0 # 操作失败',
  NULL_PASSWORD: 'NULL_PASSWORD = 6000 # 密码为空',
  NULL_USERNAME: 'NULL_USERNAME = 6001 # 用户密码为空',
  NULL_AVATAR: 'NULL_AVATAR = 6002 # 头像path为空',
  NULL_PHONE: 'NULL_PHONE = 6003 # 电话号码为空',
  NULL_USER: 'NULL_USER = 6004 # 用户为空',
  SAME_USERNAME: 'SAME_USERNAME = 7000 # 用户名字已经存在',
  SAME_PHONE: 'SAME_PHONE = 7001 # 用户电话号码已经存在',
  FORMAT_ERROR_PHONE: 'FORMAT_ERROR_PHONE = 8000 # 电话号码格式错误',
  FORMAT_ERROR_PHONE_LENGTH: 'FORMAT_ERROR_PHONE_LENGTH = 8001 # 电话号码长度有问题',
  FORMAT_ERROR_PASSWORD: 'FORMAT_ERROR_PASSWORD = 8002 # 用户密码错误',
  FORMAT_ERROR_PASSWORD_LENGTH: 'FORMAT_ERROR_PASSWORD_LENGTH = 8003 # 用户的密码长度不符合要求',
  FORMAT_ERROR_USER_LENGTH: 'FORMAT_ERROR_USER_LENGTH = 8004 # 用户的名字长度不符合要去',
  FORMAT_ERROR_FILE: 'FORMAT_ERROR_FILE = 8005 # 传入的file文件有问题',
  ILLEGAL_USERNAME: 'ILLEGAL_USERNAME = 9000 # 不合法的用户名',
  ERROR_PASSWORD: 'ERROR_PASSWORD = 10000 # 密码错误',
  ERROR_REPEAT_LOGIN: 'ERROR_REPEAT_LOGIN = 11000 # 重复登入',
  ERROR_NET: 'ERROR_NET = 11001 # 网络错误',
}

/** trid, "错误码" of each of the three operations; the first two rows stand in all of them. */
export const tridRows: Readonly<Record<string, string>> = {
  OK: '"error_no": 0, "error_msg": null',
  JSON_DECODE_FAILED: '1 json decode failed. 输入不是有效的json对象',
  INPUT_NOT_VALID: '2 input not valid. 请求不完整，缺少某些属性',
  SMS_DATABASE_ERROR: '3 database error. 数据库异常',
  SMS_SEND_FAILED: '4 3rd party sms send failed. 第三方短信服务出错，通常是请求频率过高',
  VALIDATION_CODE_INVALID: '3 validation code invalid. 验证码错误',
  TEL_NOT_FOUND: '3 tel not found. 电话号码错误',
  TOKEN_NOT_VALID: '4 token not valid. token不正确，可能是过期或者错误了，需要通过登录流程重新获取新的token',
  TEL_NOT_VERIFIED: '5 tel not verified. 电话号码未通过短信验证',
  REGISTER_DATABASE_ERROR: '6 database error. 数据库错误',
}

/** The last answer of the sandbox was this error, and came out of an operation that lists it; success and unknown paths belong to none. */
export async function expectListed(app: Box, system: System, error: string): Promise<void> {
  const [last] = await app.requests.list({ limit: 1 })
  const operation = last?.operationId ?? null
  if (error === system.contract.dialect.success) expect(last?.error).toBeNull()
  else expect(last?.error).toBe(error)
  if (operation !== null && error !== system.contract.dialect.success) expect(system.contract.operations[operation]?.errors, operation).toContain(error)
}
