/** What an app needs to be let talk to a stub: platforms refuse plain HTTP, and authorities that they do not know. */

export interface Snippet {
  readonly platform: string
  /** The file that it goes into. */
  readonly file: string
  readonly text: string
}

/**
 * @param host name or address under which the phone reaches the stub, without port
 * @param url the base URL of a system under it
 * @param isSecure whether the stub answers HTTPS with a certificate of the local authority
 */
export function snippetsFor(host: string, url: string, isSecure: boolean): readonly Snippet[] {
  return [
    {
      platform: 'iOS',
      file: 'Info.plist',
      text: [
        ...(isSecure ? [] : ['<key>NSAppTransportSecurity</key>', '<dict>', '  <key>NSAllowsLocalNetworking</key>', '  <true/>', '</dict>']),
        '<key>NSLocalNetworkUsageDescription</key>',
        '<string>Talks to the stub backend on the developer\'s machine.</string>',
      ].join('\n'),
    },
    {
      platform: 'Android',
      file: 'src/debug/res/xml/network_security_config.xml',
      text: [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<network-security-config>',
        `  <domain-config cleartextTrafficPermitted="${isSecure ? 'false' : 'true'}">`,
        `    <domain includeSubdomains="false">${host}</domain>`,
        ...(isSecure ? ['    <trust-anchors>', '      <certificates src="user" />', '    </trust-anchors>'] : []),
        '  </domain-config>',
        '</network-security-config>',
      ].join('\n'),
    },
    {
      platform: 'Android',
      file: 'src/debug/AndroidManifest.xml',
      text: '<manifest xmlns:android="http://schemas.android.com/apk/res/android">\n  <uses-permission android:name="android.permission.INTERNET" />\n  <application android:networkSecurityConfig="@xml/network_security_config" />\n</manifest>',
    },
    { platform: 'React Native', file: 'config.ts', text: `export const BASE_URL = __DEV__ ? '${url}' : 'https://api.example'` },
    { platform: 'Flutter', file: 'config.dart', text: `const baseUrl = String.fromEnvironment('BASE_URL', defaultValue: '${url}');` },
  ]
}
