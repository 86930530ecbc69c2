/** Switches of a system that the control plane can turn. */

export type SettingValue = string | number
export type Settings = Readonly<Record<string, SettingValue>>

/** One switch, as its system declares it. */
export interface SettingDefinition {
  readonly description: string
  readonly default: SettingValue
  /** The only values allowed, or the bounds of a number. */
  readonly allowed: readonly SettingValue[] | { readonly min: number; readonly max: number }
}
