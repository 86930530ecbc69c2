/** The paths of edu as its client takes them: what the client fills in need not be given. */
import type { paths } from '../../generated/edu/contract.js'

/** Parameters without the headers and the `userType` of the path, which every call of an app has alike. */
type Parameters<P> = Omit<P, 'header' | 'path'> & Header<P> & Path<P>

/** Headers can still be given, for one call. */
type Header<P> = P extends { header?: infer H } ? { header?: Partial<NonNullable<H>> } : unknown

type Path<P> = P extends { path: infer Names } ? (Exclude<keyof Names, 'userType'> extends never ? { path?: Partial<Names> } : { path: UserTypeOptional<Names> }) : unknown

type UserTypeOptional<Names> = Omit<Names, 'userType'> & Partial<Pick<Names, Extract<keyof Names, 'userType'>>>

type Operation<O> = O extends { parameters: infer P } ? Omit<O, 'parameters'> & { parameters: Parameters<P> } : O

export type EduPaths = { [Path in keyof paths]: { [Method in keyof paths[Path]]: Operation<paths[Path][Method]> } }

/** Operations that log somebody in; they ask for the headers `u` and `w`. */
export const ENTRIES = ['/rest/{userType}/register', '/rest/{userType}/login', '/rest/{userType}/ssoLogin'] as const satisfies readonly (keyof paths)[]

export const CHECK = '/rest/{userType}/checkToken' satisfies keyof paths
export const LOGOUT = '/rest/{userType}/logout' satisfies keyof paths
export const REFRESH_ACCESS = '/rest/{userType}/accessToken' satisfies keyof paths
export const REFRESH_REFRESH = '/rest/{userType}/refreshToken' satisfies keyof paths

/** Operations that take no access token. */
export const OPEN: readonly string[] = [
  ...ENTRIES,
  REFRESH_ACCESS,
  REFRESH_REFRESH,
  '/rest/{userType}/smscode',
  CHECK,
  '/rest/{userType}/resetPwd',
  '/rest/{userType}/update',
  '/upload',
  '/file/{name}',
] satisfies (keyof paths)[]
