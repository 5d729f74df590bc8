import { at, isRecord, type Props } from "../providers/values.ts";
import type { Surroundings } from "../world/seed.ts";
import type { StackSettings } from "./stack-settings.ts";

/**
 * What a stack's configuration takes for granted: its tailnet, its zones, the Service that the Funnel leads to,
 * and an OAuth client made by hand whose key the configuration holds.
 */
export function surroundingsOf({ config, secrets }: Pick<StackSettings, "config" | "secrets">): Surroundings {
  const setting = (...path: readonly string[]) => at(config, path);
  const [id, secret] = ["operatorClientId", "operatorClientSecret"].map((key) => {
    return secrets.find(({ path }) => path === `tailnet-edge:${key}`)?.value;
  });
  const backend = setting("tailnet-edge:publicEdge", "funnel", "backend");
  const tag = setting("tailnet-edge:operator", "tag");
  return {
    tailnet: String(setting("tailnet-edge:tailnet", "name")),
    zones: listOf(setting("tailnet-edge:publicEdge", "zones")).map((name) => ({ name: String(name) })),
    services: isRecord(backend) ? [serviceOf(backend)] : [],
    oauthClients:
      id === undefined || secret === undefined
        ? []
        : [
            {
              id,
              secret,
              scopes: ["auth_keys", "devices:core", "services"],
              tags: [typeof tag === "string" ? tag : "tag:k8s-operator"],
            },
          ],
  };
}

function serviceOf({ namespace, service, port }: Props) {
  return { namespace: String(namespace), name: String(service), port: Number(port) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
