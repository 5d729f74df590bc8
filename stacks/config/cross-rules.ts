import { z } from "zod";
import { zoneOf } from "../../components/public-edge/hostname.ts";
import type { ConfigIssue } from "../../components/config-issue.ts";
import { settingPath, show, valueAt } from "./issue-from-zod.ts";
import { type PlainConfig, configSchema } from "./schema.ts";

type Path = readonly (string | number)[];

/**
 * What no field alone can show: names given twice, hostnames without a zone, ways that lead nowhere.
 *
 * Takes the configuration as it stands, so that these are told together with the issues of single fields.
 * What is faulty by itself is left to those.
 */
export function crossIssues(config: unknown): readonly ConfigIssue[] {
  const read = <T>(schema: z.ZodType<T>, path: Path): T | undefined =>
    schema.safeParse(valueAt(config, path)).data;
  const { tailnet, operator, publicEdge } = configSchema.shape;
  const edge = publicEdge.unwrap();

  return [
    ...basePolicyIssues(read(tailnet, ["tailnet"])),
    ...deviceIssues(
      read(operator.shape.hostname, ["operator", "hostname"]),
      read(edge.shape.funnel.shape.hostname, ["publicEdge", "funnel", "hostname"]),
    ),
    ...tagIssues(
      read(operator.shape.tag, ["operator", "tag"]),
      read(operator.shape.proxyTags, ["operator", "proxyTags"]),
    ),
    ...namespaceIssues(
      read(operator.shape.namespace, ["operator", "namespace"]),
      read(edge.shape.funnel.shape.backend.shape.namespace, ["publicEdge", "funnel", "backend", "namespace"]),
    ),
    ...nameIssues(
      entriesAt(config, ["publicEdge", "zones"]).map((path) => read(edge.shape.zones.element, path)),
      entriesAt(config, ["publicEdge", "hostnames"]).map((path) => read(edge.shape.hostnames.element, path)),
    ),
  ];
}

function entriesAt(config: unknown, path: Path): readonly Path[] {
  const list = valueAt(config, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

function basePolicyIssues(tailnet: PlainConfig["tailnet"] | undefined): readonly ConfigIssue[] {
  if (tailnet?.policy !== "verified" || tailnet.basePolicy === undefined) return [];
  return [
    {
      path: settingPath(["tailnet", "basePolicy"]),
      found: `${show(tailnet.basePolicy, ["basePolicy"])}, with policy: verified`,
      allowed: "a base policy only with policy: managed; a verified policy is read from the tailnet",
      fix: "take basePolicy out, or set policy: managed in the one stack that owns the tailnet's policy",
    },
  ];
}

function deviceIssues(operator: string | undefined, funnel: string | undefined): readonly ConfigIssue[] {
  if (operator === undefined || operator !== funnel) return [];
  return [
    {
      path: settingPath(["publicEdge", "funnel", "hostname"]),
      found: `${JSON.stringify(funnel)}, which is also operator.hostname`,
      allowed: "a name of its own for each device: the tailnet would call the later one by another name",
      fix: "rename one of the two",
    },
  ];
}

/** The stack makes the operator's namespace and takes it down again, with everything in it. */
function namespaceIssues(operator: string | undefined, backend: string | undefined): readonly ConfigIssue[] {
  const shared = operator !== undefined && operator === backend;
  if (!shared && !/^(?:default|kube-.*)$/.test(operator ?? "")) return [];
  return [
    {
      path: settingPath(["operator", "namespace"]),
      found: `${JSON.stringify(operator)}, ${shared ? "in which the Funnel's backend lives" : "which every cluster has already"}`,
      allowed: "a namespace of the operator's own: the stack makes it, and deletes it with all that is in it",
      fix: "choose a name that nobody else uses, such as tailscale",
    },
  ];
}

function tagIssues(
  operatorTag: string | undefined,
  proxyTags: readonly string[] | undefined,
): readonly ConfigIssue[] {
  if (operatorTag === undefined || proxyTags?.includes(operatorTag) !== true) return [];
  return [
    {
      path: settingPath(["operator", "proxyTags"]),
      found: `${operatorTag}, which is also operator.tag`,
      allowed: "tags that only proxies carry: a proxy that faces the internet must not pass for the operator",
      fix: "give the proxies a tag of their own, such as tag:k8s",
    },
  ];
}

type HostnameEntry = NonNullable<PlainConfig["publicEdge"]>["hostnames"][number];

/** @param zones - in their places, as are the hostnames; undefined where one is faulty by itself */
function nameIssues(
  zones: readonly (string | undefined)[],
  entries: readonly (HostnameEntry | undefined)[],
): readonly ConfigIssue[] {
  const hostnames = entries.map((entry) =>
    typeof entry === "string" ? { host: entry, via: undefined } : entry,
  );
  const soundZones = zones.filter((zone) => zone !== undefined);
  const single = hostnames.flatMap((hostname, index): readonly ConfigIssue[] => {
    if (hostname === undefined) return [];
    const path: Path = ["publicEdge", "hostnames", index];
    // With a faulty zone in the list, or no list, a hostname may well belong to what was meant.
    const allSound = zones.length > 0 && soundZones.length === zones.length;
    const homeless = allSound && zoneOf(hostname.host, soundZones) === undefined;
    return [
      ...(homeless ? [homelessIssue(path, hostname.host, soundZones)] : []),
      ...(typeof hostname.via === "object" && hostname.via.cname === hostname.host
        ? [circularIssue(path, hostname.host)]
        : []),
    ];
  });
  return [
    ...duplicates(zones, ["publicEdge", "zones"]),
    ...single,
    ...duplicates(
      hostnames.map((hostname) => hostname?.host),
      ["publicEdge", "hostnames"],
    ),
  ];
}

function homelessIssue(path: Path, host: string, zones: readonly string[]): ConfigIssue {
  return {
    path: settingPath(path),
    found: JSON.stringify(host),
    allowed: `a name in one of the declared zones: ${zones.join(", ")}`,
    fix: "mend the name, or add its zone to publicEdge.zones",
  };
}

function circularIssue(path: Path, host: string): ConfigIssue {
  return {
    path: settingPath([...path, "via", "cname"]),
    found: JSON.stringify(host),
    allowed: "a target other than the hostname itself",
    fix: "give the name that the record has to point at",
  };
}

function duplicates(values: readonly (string | undefined)[], list: Path): readonly ConfigIssue[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (value === undefined || first === index) return [];
    return [
      {
        path: settingPath([...list, index]),
        found: `${JSON.stringify(value)} a second time, after ${settingPath([...list, first])}`,
        allowed: "each name once",
        fix: "take one of the two out",
      },
    ];
  });
}
