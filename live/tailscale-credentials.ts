import { readFileSync } from "node:fs";
import { LiveError } from "./live-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** How the Tailscale provider authenticates. */
export type TailscaleCredential =
  | { readonly kind: "apiKey"; readonly apiKey: string }
  | {
      readonly kind: "oauth";
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: "identity"; readonly clientId: string; readonly identityToken: string };

/** Where the Tailscale API is called, and with which credential. */
export interface TailscaleAccess {
  readonly baseUrl: string;
  /** ID or name of the tailnet; `-` for the credential's own. */
  readonly tailnet: string;
  readonly credential: TailscaleCredential;
}

/**
 * Reads the Tailscale provider's settings with the provider's precedence (terraform-provider-tailscale,
 * `tailscale/provider_framework.go`): a complete OAuth client wins over an identity token, and that over an API key.
 *
 * @throws LiveError `credential` if there is none, or one that cannot be read
 */
export function tailscaleAccess(settings: ProviderSettings): TailscaleAccess {
  return { ...tailscaleEndpoint(settings), credential: readCredential(settings) };
}

/** Where the API is called, for a credential from elsewhere. */
export function tailscaleEndpoint(settings: ProviderSettings): Omit<TailscaleAccess, "credential"> {
  return {
    baseUrl: settings.get("tailscale:baseUrl", "TAILSCALE_BASE_URL") ?? "https://api.tailscale.com",
    tailnet: settings.get("tailscale:tailnet", "TAILSCALE_TAILNET") ?? "-",
  };
}

function readCredential(settings: ProviderSettings): TailscaleCredential {
  const read = (key: string, ...variables: readonly string[]) => {
    const value = settings.get(`tailscale:${key}`, ...variables);
    return value && fromFile(key, value);
  };
  const clientId = read("oauthClientId", "TAILSCALE_OAUTH_CLIENT_ID", "OAUTH_CLIENT_ID");
  const clientSecret = read("oauthClientSecret", "TAILSCALE_OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_SECRET");
  if (clientId && clientSecret) return { kind: "oauth", clientId, clientSecret, scopes: scopesOf(settings) };
  const identityToken = read("identityToken", "TAILSCALE_IDENTITY_TOKEN", "IDENTITY_TOKEN");
  if (clientId && identityToken) return { kind: "identity", clientId, identityToken };
  const apiKey = read("apiKey", "TAILSCALE_API_KEY");
  if (apiKey) return { kind: "apiKey", apiKey };
  throw new LiveError("credential", {
    path: "Tailscale credential",
    found: clientId ? "an OAuth client's ID without its secret" : "nothing",
    allowed: "an API key, or an OAuth client's ID and secret",
    fix: "set TAILSCALE_API_KEY, or TAILSCALE_OAUTH_CLIENT_ID and TAILSCALE_OAUTH_CLIENT_SECRET, or the same in the stack's configuration",
  });
}

/** The provider reads a value that starts with `file:` from that file. */
function fromFile(key: string, value: string): string {
  if (!value.startsWith("file:")) return value;
  try {
    return readFileSync(value.slice("file:".length), "utf8").trim();
  } catch {
    throw new LiveError("credential", {
      path: `tailscale:${key}`,
      found: "the name of a file that cannot be read",
      allowed: "file: and the path of a readable file",
      fix: "check the path after file:",
    });
  }
}

function scopesOf(settings: ProviderSettings): readonly string[] {
  const scopes = settings.get("tailscale:scopes");
  try {
    return scopes === undefined ? [] : (JSON.parse(scopes) as string[]);
  } catch {
    return [];
  }
}
