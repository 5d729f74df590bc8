import { settingPath } from "../issue-from-zod.ts";
import type { ConfigPart, Path, Rule, RuleIssue } from "./rule.ts";

interface NamedSetting {
  readonly path: Path;
  readonly name: string | null | undefined;
}

/** Every name once: zones, hostnames, origins of the Worker, private services, devices, ProxyClasses, ProxyGroups. */
export const uniqueNames: Rule = (config) => {
  const { publicEdge, privateServices, proxyClasses, proxyGroups } = config;
  const zones = (publicEdge?.zones ?? []).map((name, index) => ({
    path: ["publicEdge", "zones", index],
    name,
  }));
  const hostnames = (publicEdge?.hostnames ?? []).map((entry, index) => ({
    path: ["publicEdge", "hostnames", index],
    name: typeof entry === "string" ? entry : entry?.host,
  }));
  const origins = (publicEdge?.worker?.origins ?? []).map((name, index) => ({
    path: ["publicEdge", "worker", "origins", index],
    name,
  }));
  const services = (privateServices ?? []).map((service, index) => ({
    path: ["privateServices", index, "name"],
    name: service?.name,
  }));
  const classes = (proxyClasses ?? []).map((one, index) => ({
    path: ["proxyClasses", index, "name"],
    name: one?.name,
  }));
  const groups = (proxyGroups ?? []).map((group, index) => ({
    path: ["proxyGroups", index, "name"],
    name: group?.name,
  }));
  const serviceIssues = repeated(services, "a unique name for each service: it identifies the resources");
  const reported = new Set(serviceIssues.map(({ path }) => settingPath(path)));
  const deviceIssues = repeated(
    devices(config),
    "a unique hostname for each device: Tailscale renames the second device with the same name",
  ).filter(({ path }) => !reported.has(settingPath(path)));
  const formerIssues = (privateServices ?? []).flatMap((service, index) =>
    services
      .filter(({ name }) => typeof name === "string" && name === service?.formerName)
      .map(({ path, name }) => ({
        path: ["privateServices", index, "formerName"],
        found: `${String(name)}, which is the name of ${settingPath(path.slice(0, -1))}`,
        allowed: "a name that no service of the stack has any more",
        fix: "remove formerName, or rename the service that has this name",
      })),
  );
  return [
    ...deviceIssues,
    ...formerIssues,
    ...repeated(zones, "each zone once"),
    ...repeated(hostnames, "each hostname once"),
    ...repeated(origins, "each Funnel once"),
    ...serviceIssues,
    ...repeated(classes, "a unique name for each ProxyClass"),
    ...repeated(groups, "a unique name for each ProxyGroup"),
  ];
};

function devices({ operator, publicEdge, privateServices }: ConfigPart): readonly NamedSetting[] {
  return [
    { path: ["operator", "hostname"], name: operator?.hostname },
    { path: ["publicEdge", "funnel", "hostname"], name: publicEdge?.funnel?.hostname },
    ...(privateServices ?? []).map((service, index) =>
      // Not `??`: an invalid hostname does not fall back to the name.
      service?.hostname === undefined
        ? { path: ["privateServices", index, "name"], name: service?.name }
        : { path: ["privateServices", index, "hostname"], name: service.hostname },
    ),
  ];
}

function repeated(settings: readonly NamedSetting[], allowed: string): readonly RuleIssue[] {
  const first = new Map<string, Path>();
  return settings.flatMap(({ path, name }): readonly RuleIssue[] => {
    if (typeof name !== "string") return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, path);
      return [];
    }
    const found = `${JSON.stringify(name)}, which is also ${settingPath(earlier)}`;
    return [{ path, found, allowed, fix: "rename or remove one of the two" }];
  });
}
