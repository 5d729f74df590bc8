/** How a resource type is imported. */
export interface ImportForm {
  /** The ID, with placeholders such as `<namespace>`; a word without one is the ID itself. */
  readonly id?: string;
  /** Why the type has no ID, as a table says it. */
  readonly instead?: string;
}

/**
 * The import IDs of the resource types that a stack declares, from the documentation of their providers ("Import").
 * docs/adopting.md shows the same table.
 */
export const IMPORT_FORMS: Readonly<Record<string, ImportForm>> = {
  "kubernetes:core/v1:Namespace": { id: "<name>" },
  "kubernetes:core/v1:Secret": { id: "<namespace>/<name>" },
  "kubernetes:core/v1:ConfigMap": { id: "<namespace>/<name>" },
  "kubernetes:core/v1:Service": { id: "<namespace>/<name>" },
  "kubernetes:networking.k8s.io/v1:Ingress": { id: "<namespace>/<name>" },
  "kubernetes:helm.sh/v3:Release": { id: "<namespace>/<name>" },
  "kubernetes:tailscale.com/v1alpha1:DNSConfig": { id: "<name>" },
  "kubernetes:tailscale.com/v1alpha1:ProxyClass": { id: "<name>" },
  "kubernetes:tailscale.com/v1alpha1:ProxyGroup": { id: "<name>" },
  "kubernetes:traefik.io/v1alpha1:IngressRoute": { id: "<namespace>/<name>" },
  "kubernetes:traefik.io/v1alpha1:Middleware": { id: "<namespace>/<name>" },
  "tailscale:index/acl:Acl": { instead: "the first `up` checks the live policy and extends it" },
  "tailscale:index/dnsPreferences:DnsPreferences": { id: "dns_preferences" },
  "tailscale:index/tailnetSettings:TailnetSettings": { id: "tailnet_settings" },
  "tailscale:index/federatedIdentity:FederatedIdentity": { id: "<ID>" },
  "tailscale:index/oauthClient:OauthClient": { instead: "the API does not return its key" },
  "edge-rules:index:ZoneRules": { id: "<zone ID>/<phase>" },
  "cloudflare:index/dnsRecord:DnsRecord": { id: "<zone ID>/<ID>" },
  "cloudflare:index/workersScript:WorkersScript": { id: "<account ID>/<ID>" },
  "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain": { id: "<account ID>/<ID>" },
  "cloudflare:index/workersRoute:WorkersRoute": { id: "<zone ID>/<ID>" },
  "random:index/randomBytes:RandomBytes": { instead: "the next `up` makes a new secret" },
};

/** Values of an ID's placeholders. */
export type ImportParts = Readonly<Record<string, string | undefined>>;

/**
 * The import ID of a resource.
 *
 * @returns undefined for a type that is not imported
 * @throws Error if a placeholder has no value
 */
export function importId(type: string, parts: ImportParts): string | undefined {
  return IMPORT_FORMS[type]?.id?.replaceAll(/<(.*?)>/g, (_, part: string) => {
    const { [part]: value } = parts;
    if (value === undefined) throw new Error(`the import ID of ${type} needs ${part}`);
    return value;
  });
}
