/**
 * Settings of the default providers that change how resources behave. The served provider is not handed its
 * configuration by the engine, so that the sandbox reads these from the stack's configuration itself.
 */
export interface ProviderSettings {
  /** `kubernetes:enableSecretMutable`: a Secret's data is changed in place. */
  readonly enableSecretMutable: boolean;
  /** `kubernetes:enableConfigMapMutable` */
  readonly enableConfigMapMutable: boolean;
  /** The program's folder, in which Helm starts a post-renderer. */
  readonly projectFolder: string;
}
