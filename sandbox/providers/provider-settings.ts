/**
 * Settings of the default providers that change how resources behave. The engine does not configure an attached
 * provider, so the sandbox reads them from the stack's configuration.
 */
export interface ProviderSettings {
  /** `kubernetes:enableSecretMutable`: the data of a Secret can change in place. */
  readonly enableSecretMutable: boolean;
  /** `kubernetes:enableConfigMapMutable`: the data of a ConfigMap can change in place. */
  readonly enableConfigMapMutable: boolean;
  /** The program's folder, where Helm runs a post-renderer. */
  readonly projectFolder: string;
}
