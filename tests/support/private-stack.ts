import type { MockAnswers } from "../../plan/recording/recording-monitor.ts";
import type { RecordedResource, Recording } from "../../plan/recording/recording.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "./stack-config.ts";

type Entry = Readonly<Record<string, unknown>>;

/** A valid private service, with some fields changed. */
export function service(changed: Entry): Entry {
  const kind = changed["kind"] ?? "ingress";
  return {
    kind,
    name: "app",
    namespace: "apps",
    allowFrom: ["tag:tazpod"],
    ...(kind === "ingress" && { backend: { service: "app", port: 8080 } }),
    ...changed,
  };
}

/** The services of the tazlab stack's file, all in the given phase. */
export function tazlabServices(phase: string) {
  const { config } = readStackFile(PROJECT_FOLDER, "tazlab");
  const services = JSON.parse(config["tailnet-edge:privateServices"] ?? "[]") as (Entry & {
    readonly namespace: string;
    readonly legacy?: Readonly<Record<string, object>>;
  })[];
  return services.map((entry) => ({ ...entry, phase }));
}

export function withPhases(phase: string) {
  return { privateServices: tazlabServices(phase) };
}

/**
 * Answers as after an `up`: every resource has an ID, and every device the name that it requests.
 *
 * @param names - assigned names that differ, by requested hostname; undefined leaves the object without a name
 */
export function privateServiceAnswers(
  names: Readonly<Record<string, string | undefined>> = {},
  corefile = ".:53 {\n}\n",
  clusterIP = "10.43.0.7",
): MockAnswers {
  const status = (hostname: string | undefined) => {
    if (hostname === undefined) return {};
    const assigned = hostname in names ? names[hostname] : hostname;
    const address = { ip: "100.64.0.7" };
    const entry = { hostname: `${assigned ?? ""}.magellanic-gondola.ts.net` };
    return { status: { loadBalancer: { ingress: assigned === undefined ? [] : [address, entry] } } };
  };
  return {
    newResource: ({ type, name, inputs }) => {
      const { metadata, spec } = inputs as {
        metadata?: { annotations?: Record<string, string> };
        spec?: { tls?: { hosts: string[] }[] };
      };
      const id = `${name}-id`;
      switch (type) {
        case "kubernetes:networking.k8s.io/v1:Ingress":
          return { id, state: status(spec?.tls?.[0]?.hosts[0]) };
        case "kubernetes:core/v1:Service":
          return metadata === undefined
            ? { id, state: { spec: { clusterIP } } }
            : { id, state: status(metadata.annotations?.["tailscale.com/hostname"]) };
        case "kubernetes:core/v1:ConfigMap":
          return { id, state: { data: { Corefile: corefile } } };
        default:
          return { id, state: { key: "made" } };
      }
    },
  };
}

/** The resources of a name, without the component of the same name. */
export function resourcesNamed({ resources }: Recording, name: string): readonly RecordedResource[] {
  return resources.filter((resource) => resource.name === name && !resource.type.startsWith("tailnet-edge:"));
}

/** The private services' Kubernetes objects as `Ingress grafana`, sorted: without the operator's and DNS. */
export function kubernetesObjects({ resources }: Recording): readonly string[] {
  return resources
    .filter(({ type }) => /^(?:kubernetes|object-fields):(?!index:Cluster$)/.test(type))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .filter((object) => !/ (operator|cluster-dns)-/.test(object))
    .sort();
}
