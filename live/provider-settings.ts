import { readStackFile } from "../plan/stack-file.ts";
import { LiveError } from "./live-error.ts";
import { type Decrypted, decryptSettings } from "./stack-secrets.ts";

/** The providers' settings, read where the providers read them: from the stack's configuration, then the environment. */
export class ProviderSettings {
  readonly #config: Readonly<Record<string, string>>;
  readonly #encryptedKeys: readonly string[];
  readonly #decrypted: Decrypted;
  readonly #environment: NodeJS.ProcessEnv;

  /**
   * @param config - the stack's values in plain text, by key
   * @param encryptedKeys - the keys whose value must come from `decrypted`
   */
  constructor(
    config: Readonly<Record<string, string>>,
    encryptedKeys: readonly string[],
    decrypted: Decrypted,
    environment: NodeJS.ProcessEnv,
  ) {
    this.#config = config;
    this.#encryptedKeys = encryptedKeys;
    this.#decrypted = decrypted;
    this.#environment = environment;
  }

  /**
   * A setting; undefined if it is neither configured nor in the environment.
   *
   * @param key - such as `tailscale:apiKey`
   * @param variables - environment variables that replace a missing setting, the first first
   * @throws LiveError `credential` if the value is encrypted and cannot be decrypted
   */
  get(key: string, ...variables: readonly string[]): string | undefined {
    const fromEnvironment = variables.map((name) => this.#environment[name]).find(isSet);
    if ("values" in this.#decrypted) {
      const { [key]: decrypted } = this.#decrypted.values;
      return [decrypted, this.#config[key], fromEnvironment].find(isSet);
    }
    if (!this.#encryptedKeys.includes(key)) return [this.#config[key], fromEnvironment].find(isSet);
    const { found, fix } = this.#decrypted;
    throw new LiveError("credential", { path: key, found, allowed: "a value that can be decrypted", fix });
  }

  /** An environment variable that has no setting. */
  variable(name: string): string | undefined {
    return this.#environment[name];
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/**
 * Reads a stack's provider settings and decrypts them if possible. A value that cannot be decrypted is an error only
 * when it is read.
 *
 * @param folder - the project's folder
 * @throws UserError if the stack has no file, or an invalid one
 */
export async function readProviderSettings(
  folder: string,
  stack: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ProviderSettings> {
  const { config, secretKeys } = readStackFile(folder, stack);
  const encrypted = secretKeys.filter((key) => PROVIDER_KEY.test(key));
  const decrypted =
    encrypted.length === 0 ? { values: {} } : await decryptSettings(folder, stack, environment);
  const plain = Object.entries(config).filter(([key]) => !secretKeys.includes(key));
  return new ProviderSettings(Object.fromEntries(plain), encrypted, decrypted, environment);
}

const PROVIDER_KEY = /^(tailscale|cloudflare|kubernetes):/;
