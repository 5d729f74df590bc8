/**
 * Removes keys of Tailscale, tokens in a header and JSON web tokens, wherever they come from. Pulumi hides secrets in
 * its output; an error or a log of a system can repeat one.
 */
export function redacted(text: string): string {
  return text
    .replaceAll(/\btskey-[\w-]+/g, "[secret]")
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "[secret]")
    .replaceAll(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, "$1 [secret]");
}
