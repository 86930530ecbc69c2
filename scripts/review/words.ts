/** The words of the review itself, in both languages. */

export type Language = 'en' | 'zh'
export const LANGUAGES: readonly Language[] = ['en', 'zh']

export const words = {
  en: {
    title: 'Contract review',
    other: '中文',
    introduction: 'For the backend team: what the contract of the five app backends says, where its words come from, and what only you can decide. Everything here is generated from the OpenAPI documents; corrections go there.',
    howTo: 'Please read the open questions first. An answer may be as short as “yes”. Whatever you correct becomes part of the contract, of the types that apps compile against and of the stub.',
    systems: 'Systems',
    operations: 'Operations',
    operation: 'Operation',
    codes: 'Codes',
    code: 'Code',
    decisions: 'Decisions',
    questions: 'Open questions',
    schemes: 'Error schemes side by side',
    schemesIntroduction: 'One line for each thing that can happen, and the code that each system has for it. Where one number means several things in a system, the constant stands beside it.',
    about: 'About',
    whole: 'the system',
    topic: 'Topic',
    says: 'The text says',
    reading: 'Our reading',
    tolerated: 'Also accepted',
    provenance: 'Provenance',
    auth: 'Login',
    errors: 'Errors, in the order of the checks',
    constant: 'Constant',
    meaning: 'Meaning',
    condition: 'Condition',
    status: 'HTTP',
    usedBy: 'Operations',
    advice: 'Advice to clients',
    roles: 'roles',
    none: 'none',
    every: 'all',
    provenances: { seed: 'seed', implied: 'implied', added: 'added' },
    provenancesExplained: { seed: 'the path stands in your text', implied: 'your text describes the behaviour, the path is ours', added: 'neither; an app or a code of your table needs it' },
    auths: { none: 'no', optional: 'optional', required: 'yes' },
  },
  zh: {
    title: '契约评审',
    other: 'English',
    introduction: '致后端团队：五个应用后端的契约说了什么、出自何处、哪些只有贵方能定。全部内容由 OpenAPI 文档生成，更正请改文档。',
    howTo: '请先看待确认的问题，回答“是”即可。凡更正之处，都会进入契约、应用编译所用的类型以及替身服务。',
    systems: '系统',
    operations: '接口',
    operation: '接口',
    codes: '错误码',
    code: '错误码',
    decisions: '决定',
    questions: '待确认的问题',
    schemes: '错误方案对照',
    schemesIntroduction: '每一行是一种可能发生的情况，以及各系统为它准备的错误码。同一数字在一个系统中有多种含义时，旁边写明常量名。',
    about: '所属',
    whole: '整个系统',
    topic: '主题',
    says: '文档原意',
    reading: '我们的理解',
    tolerated: '另外接受',
    provenance: '出处',
    auth: '登录',
    errors: '错误（按检查顺序）',
    constant: '常量',
    meaning: '含义',
    condition: '条件',
    status: 'HTTP',
    usedBy: '接口',
    advice: '对客户端的建议',
    roles: '角色',
    none: '无',
    every: '全部',
    provenances: { seed: '原文', implied: '推出', added: '新增' },
    provenancesExplained: { seed: '路径见于贵方文档', implied: '文档描述了行为，路径由我们拟定', added: '两者皆无；应用或错误表需要它' },
    auths: { none: '无需', optional: '可选', required: '必须' },
  },
} as const satisfies Record<Language, object>

/** Words of one language. */
export type Words = (typeof words)[Language]

/** The word for a provenance or an auth level; what is unknown stands for itself. */
export function wordFor(table: Readonly<Record<string, string>>, key: string): string {
  return table[key] ?? key
}
