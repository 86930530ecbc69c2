/** Outside services that can be out of order, in words. */
import { t } from '../../language.js'

/** @returns what a service is called; its name where a system has one of its own */
export function outageName(name: string): string {
  const names: Readonly<Record<string, string>> = {
    internal: t('everything', '整个服务'), database: t('database', '数据库'), network: t('network', '网络'),
    smsOperator: t('SMS operator', '短信运营商'), thirdParty: t('third party', '第三方服务'), callProvider: t('call provider', '通话服务商'),
  }
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? name
}
