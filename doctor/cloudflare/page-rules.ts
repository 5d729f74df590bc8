import type { Cause } from "../core/causes.ts";
import { broken, ok, type Outcome } from "../core/check.ts";

/** An active Page Rule, as far as it is read. */
export interface LivePageRule {
  readonly targets: readonly { readonly constraint?: { readonly value?: string } | undefined }[];
  readonly actions: readonly { readonly id?: string | undefined; readonly value?: unknown }[];
}

const HARMFUL: Readonly<Record<string, Cause>> = {
  host_header_override: "host-overridden",
  resolve_override: "origin-overridden",
  forwarding_url: "redirect-elsewhere",
};

/** Whether no Page Rule changes the Host header, the origin or the URL of a hostname's requests. */
export function pageRulesOutcome(rules: readonly LivePageRule[], host: string): Outcome {
  for (const { targets, actions } of rules) {
    const [pattern = ""] = targets.flatMap(({ constraint }) => constraint?.value ?? []);
    if (!covers(pattern, host)) continue;
    const action = actions.find(({ id = "", value }) => Object.hasOwn(HARMFUL, id) && value !== host);
    const cause = HARMFUL[action?.id ?? ""];
    if (cause !== undefined) return broken(cause, `Page Rule ${pattern} has ${action?.id ?? ""}`);
  }
  return ok("none changes Host, origin or URL");
}

/** Whether a pattern such as `*example.com/*` can match a URL of the host. */
function covers(pattern: string, host: string): boolean {
  const [authority = ""] = pattern.replace(/^[^/]*:\/\//, "").split("/");
  const escaped = authority.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i").test(host);
}
