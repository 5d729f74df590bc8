import { type ConfigIssue, renderIssue } from "../../components/config-issue.ts";
import { readProviderSettings } from "../../live/provider-settings.ts";

/** Where Cloudflare's API is, and the headers that authenticate a call. Kept in memory only. */
export interface Credential {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PUBLIC_API = "https://api.cloudflare.com/client/v4";

/**
 * Reads the credential that Pulumi's Cloudflare provider uses: from the stack's configuration, then the environment.
 *
 * The engine passes a provider no other provider's configuration, so an encrypted value is read with `pulumi config`.
 *
 * @param folder - the project's folder
 * @throws Error if there is none, or it cannot be decrypted
 */
export async function readCredential(
  folder: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credential> {
  const settings = await readProviderSettings(folder, stack, environment);
  try {
    const token = settings.get("cloudflare:apiToken", "CLOUDFLARE_API_TOKEN");
    const key = settings.get("cloudflare:apiKey", "CLOUDFLARE_API_KEY");
    const email = settings.get("cloudflare:email", "CLOUDFLARE_EMAIL");
    const baseUrl = settings.get("cloudflare:baseUrl", "CLOUDFLARE_BASE_URL") ?? PUBLIC_API;
    return { baseUrl: baseUrl.replace(/\/+$/, ""), headers: headersOf(token, key, email) };
  } catch (error) {
    const { issue } = error as { readonly issue?: ConfigIssue };
    throw issue === undefined ? error : new Error(renderIssue(issue), { cause: error });
  }
}

function headersOf(token?: string, key?: string, email?: string): Readonly<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (key !== undefined && email !== undefined) return { "x-auth-key": key, "x-auth-email": email };
  throw new Error(
    renderIssue({
      path: "Cloudflare credential",
      found: "nothing",
      allowed: "an API token",
      fix: "set CLOUDFLARE_API_TOKEN, or cloudflare:apiToken in the stack's configuration",
    }),
  );
}
