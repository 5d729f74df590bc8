import type { z } from "zod";
import type { ConfigIssue } from "../../components/config-issue.ts";
import { settingPath, show, valueAt } from "./issue-from-zod.ts";
import { legacyIssues } from "./legacy-rules.ts";
import { annotationSchema, ingressSchema, loadBalancerSchema } from "./private-schema.ts";
import { configSchema } from "./schema.ts";

type Path = readonly (string | number)[];

const KINDS = { loadBalancer: loadBalancerSchema, ingress: ingressSchema, annotation: annotationSchema };

/** A service as far as its fields are sound; a field that is faulty by itself is left to the schema. */
type SoundService = {
  [Kind in keyof typeof KINDS]: { readonly kind: Kind } & Omit<
    Partial<z.output<(typeof KINDS)[Kind]>>,
    "kind"
  >;
}[keyof typeof KINDS];

/** A service, and where the configuration has it. */
export interface PlacedService {
  readonly path: Path;
  readonly service: SoundService;
}

/**
 * What no field alone can show of the private services: names given twice, phases without a way, access that
 * the policy cannot tell apart.
 *
 * Takes the configuration as it stands, so that these are told together with the issues of single fields.
 */
export function privateIssues(config: unknown): readonly ConfigIssue[] {
  const services = soundServices(config);
  return [
    ...nameIssues(services),
    ...deviceIssues(config, services),
    ...services.flatMap((placed) => [...authIssues(placed), ...legacyIssues(placed)]),
    ...tagIssues(config, services),
    ...accessIssues(config, services),
    ...groupIssues(config, services),
    ...homepageIssues(config, services),
  ];
}

function soundServices(config: unknown): readonly PlacedService[] {
  const list = valueAt(config, ["privateServices"]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index): readonly PlacedService[] => {
    const kind = valueAt(entry, ["kind"]);
    if (kind !== "loadBalancer" && kind !== "ingress" && kind !== "annotation") return [];
    const fields = Object.entries<z.ZodType>(KINDS[kind].shape).map(([key, schema]) => [
      key,
      schema.safeParse(valueAt(entry, [key])).data,
    ]);
    return [{ path: ["privateServices", index], service: Object.fromEntries(fields) as SoundService }];
  });
}

function nameIssues(services: readonly PlacedService[]): readonly ConfigIssue[] {
  return repeated(
    services.map(({ path, service: { name } }) => ({ path: [...path, "name"], value: name })),
    "a name of its own for each service: its resources keep their identity by it",
  );
}

/** Two devices of one name: the tailnet would call the later one by another. */
function deviceIssues(config: unknown, services: readonly PlacedService[]): readonly ConfigIssue[] {
  const taken = [
    ["operator", "hostname"],
    ["publicEdge", "funnel", "hostname"],
  ].map((path) => ({ path, value: valueAt(config, path) }));
  const own = services.map(({ path, service: { name, hostname } }) =>
    hostname === undefined
      ? { path: [...path, "name"], value: name }
      : { path: [...path, "hostname"], value: hostname },
  );
  const names = new Set(nameIssues(services).map(({ path }) => path));
  return repeated(
    [...taken, ...own],
    "a hostname of its own for each device: the tailnet would call the later one by another name",
  ).filter(({ path }) => path.startsWith(settingPath(["privateServices"])) && !names.has(path));
}

function repeated(
  entries: readonly { readonly path: Path; readonly value: unknown }[],
  allowed: string,
): readonly ConfigIssue[] {
  return entries.flatMap(({ path, value }, index): readonly ConfigIssue[] => {
    const first = entries.findIndex((entry) => entry.value === value);
    const earlier = entries[first];
    if (value === undefined || earlier === undefined || first === index) return [];
    return [
      {
        path: settingPath(path),
        found: `${show(value, path)}, which is also ${settingPath(earlier.path)}`,
        allowed,
        fix: "rename one of the two",
      },
    ];
  });
}

/** An oauth2-proxy that only answers Traefik's forward-auth serves no application. */
function authIssues({ path, service }: PlacedService): readonly ConfigIssue[] {
  if (service.kind !== "ingress" || service.backend === undefined) return [];
  const { service: name, port, auth } = service.backend;
  const looksLike = /oauth2-?proxy/.test(name) || port === 4180;
  if (auth === "reverse-proxy" || (auth === undefined && !looksLike)) return [];
  return [
    {
      path: settingPath([...path, "backend"]),
      found: `${name}:${port}, ${auth === undefined ? "an oauth2-proxy by its name or port" : "with auth: forward-auth"}`,
      allowed:
        "the application's own Service: in forward-auth mode oauth2-proxy answers yes or no and passes nothing on",
      fix: "name the application's Service; if this oauth2-proxy has the application as its upstream, set backend.auth: reverse-proxy",
    },
  ];
}

function tagIssues(config: unknown, services: readonly PlacedService[]): readonly ConfigIssue[] {
  const operatorTag = configSchema.shape.operator.shape.tag.safeParse(
    valueAt(config, ["operator", "tag"]),
  ).data;
  return services
    .filter(({ service }) => operatorTag !== undefined && service.tags?.includes(operatorTag) === true)
    .map(({ path }) => ({
      path: settingPath([...path, "tags"]),
      found: `${operatorTag ?? ""}, which is also operator.tag`,
      allowed: "tags that only proxies carry: a service must not pass for the operator",
      fix: "give the service a tag of its own, such as tag:internal-apps",
    }));
}

interface Access {
  readonly path: Path;
  readonly allowFrom: readonly string[];
  /** `tag:k8s:443` */
  readonly destinations: readonly string[];
}

/** The policy knows a service by its tags and ports. Two that share both are open to each other's guests. */
function accessIssues(config: unknown, services: readonly PlacedService[]): readonly ConfigIssue[] {
  const { operator, publicEdge } = configSchema.shape;
  const read = <T>(schema: z.ZodType<T>, path: Path) => schema.safeParse(valueAt(config, path)).data;
  const proxyTags = read(operator.shape.proxyTags, ["operator", "proxyTags"]);
  const funnelPath = ["publicEdge", "funnel", "allowFrom"];
  const funnel =
    valueAt(config, ["publicEdge", "funnel"]) === undefined
      ? undefined
      : read(publicEdge.unwrap().shape.funnel.shape.allowFrom, funnelPath);
  const all = [
    ...access(funnelPath, funnel, proxyTags, [443]),
    ...services.flatMap(({ path, service }) =>
      access([...path, "allowFrom"], service.allowFrom, service.tags ?? proxyTags, portsOf(service)),
    ),
  ];
  return all.flatMap((later, index) =>
    all.slice(0, index).flatMap((earlier): readonly ConfigIssue[] => {
      const shared = later.destinations.filter((one) => earlier.destinations.includes(one));
      const [theirs, ours] = [earlier, later].map(({ allowFrom }) => allowFrom.join(", "));
      if (shared.length === 0 || ours === theirs) return [];
      return [
        {
          path: settingPath(later.path),
          found: `${ours ?? ""}; but ${theirs ?? ""} in ${settingPath(earlier.path)}, and both are ${shared.join(", ")} to the policy`,
          allowed: "one allowFrom for one tag and port: the policy tells services apart by nothing else",
          fix: "give one of the two a tag of its own, or both the same allowFrom",
        },
      ];
    }),
  );
}

function access(
  path: Path,
  allowFrom: readonly string[] | undefined,
  tags: readonly string[] | undefined,
  ports: readonly number[],
): readonly Access[] {
  if (allowFrom === undefined || tags === undefined) return [];
  const destinations = tags.flatMap((tag) => ports.map((port) => `${tag}:${port}`));
  return [{ path, allowFrom: [...new Set(allowFrom)].sort(), destinations }];
}

function portsOf(service: SoundService): readonly number[] {
  switch (service.kind) {
    case "loadBalancer":
      return (service.ports ?? []).map(({ port }) => port);
    case "ingress":
      return [443];
    case "annotation":
      return service.ports ?? [];
  }
}

function groupIssues(config: unknown, services: readonly PlacedService[]): readonly ConfigIssue[] {
  const list = valueAt(config, ["proxyGroups"]);
  const groups = (Array.isArray(list) ? list : []).map((group: unknown, index) => ({
    path: ["proxyGroups", index, "name"],
    value: valueAt(group, ["name"]),
  }));
  const names = groups.map(({ value }) => value);
  const unknown = services.flatMap(({ path, service: { proxyGroup } }): readonly ConfigIssue[] => {
    if (proxyGroup === undefined || names.includes(proxyGroup)) return [];
    return [
      {
        path: settingPath([...path, "proxyGroup"]),
        found: show(proxyGroup, path),
        allowed: `a ProxyGroup of proxyGroups: ${names.length === 0 ? "there is none" : names.join(", ")}`,
        fix: "declare it in proxyGroups, which the policy needs for its tags, or take proxyGroup out",
      },
    ];
  });
  return [...repeated(groups, "a name of its own for each ProxyGroup"), ...unknown];
}

function homepageIssues(config: unknown, services: readonly PlacedService[]): readonly ConfigIssue[] {
  const path = ["homepage", "service"];
  const named = valueAt(config, path);
  if (typeof named !== "string") return [];
  const candidates = services
    .filter(({ service }) => service.kind === "ingress")
    .flatMap(({ service: { name } }) => name ?? []);
  if (candidates.includes(named)) return [];
  return [
    {
      path: settingPath(path),
      found: show(named, path),
      allowed: `a private service of kind ingress: ${candidates.length === 0 ? "there is none" : candidates.join(", ")}`,
      fix: "give the name by which privateServices has Homepage",
    },
  ];
}
