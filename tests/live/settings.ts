import { ProviderSettings } from "../../live/provider-settings.ts";

/** Settings of a stack without encrypted values, and no environment. */
export function plainSettings(config: Readonly<Record<string, string>>): ProviderSettings {
  return new ProviderSettings(config, [], { values: {} }, {});
}
