import { readBasePolicy } from "../../stacks/config/base-policy.ts";
import { configFields, type PlainConfig } from "../../stacks/config/schema.ts";
import { privatePrerequisites } from "./private-services.ts";
import type { Prerequisites } from "./seed.ts";
import type { StackSettings } from "./stack-settings.ts";

const NAMESPACE = "tailnet-edge:";

/**
 * Derives what a stack's configuration takes for granted: its tailnet with the user's own policy, its zones, every
 * object of the cluster that it names but does not create, and an OAuth client created by hand whose key it holds.
 * The result is empty for an invalid configuration: the program reports its issues.
 */
export function prerequisitesOf({
  config,
  secrets,
}: Pick<StackSettings, "config" | "secrets">): Prerequisites {
  const own = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));
  const { data } = configFields.safeParse(
    Object.fromEntries(own.map(([key, value]) => [key.slice(NAMESPACE.length), value])),
  );
  if (data === undefined) return {};
  const inCluster = privatePrerequisites(data);
  return {
    ...inCluster,
    tailnet: data.tailnet.name,
    policy: ownPolicy(data),
    zones: (data.publicEdge?.zones ?? []).map((name) => ({ name })),
    services: [...edgeServices(data), ...inCluster.services],
    oauthClients: oauthClients(data, secrets),
  };
}

/** The user's own policy, which a stack that manages the policy is to extend; undefined if it only verifies it. */
function ownPolicy({ tailnet: { policy, basePolicy } }: PlainConfig): string | undefined {
  if (policy === "verified") return undefined;
  return basePolicy === undefined ? "{}\n" : readBasePolicy(basePolicy).base?.text;
}

function edgeServices({ publicEdge }: PlainConfig): NonNullable<Prerequisites["services"]> {
  if (publicEdge === undefined) return [];
  const { namespace, service, port } = publicEdge.funnel.backend;
  return [{ namespace, name: service, ports: [port] }];
}

function oauthClients(
  { operator }: PlainConfig,
  secrets: StackSettings["secrets"],
): NonNullable<Prerequisites["oauthClients"]> {
  const [id, secret] = ["operatorClientId", "operatorClientSecret"].map((key) => {
    return secrets.find(({ path }) => path === NAMESPACE + key)?.value;
  });
  if (id === undefined || secret === undefined) return [];
  return [{ id, secret, scopes: ["auth_keys", "devices:core", "services"], tags: [operator.tag] }];
}
