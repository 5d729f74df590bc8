import type { Cause } from "../core/causes.ts";
import type { Check } from "../core/check.ts";
import type { Systems } from "../systems.ts";
import type { Target } from "../target/target.ts";
import { certificateOutcome } from "./certificate.ts";
import { CREDENTIAL_CHECKS, credentialChecks } from "./credential-checks.ts";
import { type ExposedObject, exposedOutcome } from "./exposed-object.ts";
import { exposedObjects } from "./exposed-objects.ts";
import { deploymentOutcome, loginOutcome } from "./operator.ts";
import { controlPlaneReadings, ofExposed, ofOperator, type Readings } from "./readings.ts";
import { httpsOutcome, magicDnsOutcome } from "./settings.ts";

type OwnCheck = Omit<Check, "group">;

/** What keeps the operator from publishing anything. */
const OPERATOR_CHECKS = ["deployment", "login"];

const BEFORE_START: ReadonlySet<Cause> = new Set<Cause>([
  "operator-missing",
  "release-interrupted",
  "pod-security-refused",
  "image-not-pulled",
  "no-room-for-pod",
]);

/** ID of the check of an object's ts.net name. It explains the failures of what depends on the name. */
export function nameCheckId(expected: string): string {
  return `name/${expected}`;
}

/** The checks of what makes the proxies and their names: credential, policy, tailnet, operator, objects, certificates. */
export function controlPlaneChecks(target: Target, systems: Systems): readonly Check[] {
  const readings = controlPlaneReadings(target, systems);
  return [
    ...credentialChecks(target, readings),
    ...policyChecks(target, readings),
    ...tailnetChecks(target, readings),
    ...operatorChecks(target, systems, readings),
    ...exposedObjects(target).flatMap((object) => exposedChecks(target, object, systems, readings)),
  ].map((check) => ({ ...check, group: "control plane" as const }));
}

function policyChecks({ config }: Target, { policy }: Readings): readonly OwnCheck[] {
  const common = { subject: "policy", needs: "Tailscale: policy_file:read" };
  const explainedBy = ["policy/syntax"];
  const funnel: OwnCheck = {
    ...{ ...common, id: "policy/funnel", title: "allows Funnel on the proxy's tag", explainedBy },
    run: async () => (await policy()).funnel,
  };
  return [
    {
      ...{ ...common, id: "policy/syntax", title: "can be parsed", explainedBy: [] },
      run: async () => (await policy()).syntax,
    },
    {
      ...{ ...common, id: "policy/tag-owners", title: "lets the operator assign its tags", explainedBy },
      run: async () => (await policy()).tagOwners,
    },
    ...(config.publicEdge ? [funnel] : []),
    {
      ...{ ...common, id: "policy/access", title: "grants what the stack declares", explainedBy },
      run: async () => (await policy()).access,
    },
    {
      ...{ ...common, id: "policy/tests", title: "passes the stack's tests", explainedBy },
      run: async () => (await policy()).tests,
    },
  ];
}

function tailnetChecks({ config }: Target, readings: Readings): readonly OwnCheck[] {
  const common = { subject: `tailnet ${config.tailnet.name}`, explainedBy: [] };
  return [
    {
      ...{ ...common, id: "magicdns", title: "has MagicDNS on", needs: "Tailscale: dns:read" },
      run: async () => magicDnsOutcome(await readings.magicDns()),
    },
    {
      ...{ ...common, id: "https", title: "has HTTPS certificates on" },
      needs: "Tailscale: feature_settings:read, networking_settings:read",
      run: async () => httpsOutcome(await readings.settings()),
    },
  ];
}

function operatorChecks({ config }: Target, systems: Systems, readings: Readings): readonly OwnCheck[] {
  const { namespace, hostname, tag } = config.operator;
  const name = `${namespace}/operator`;
  const explained = `to name the cause, Kubernetes: list pods and secrets in ${namespace}, events, ingresses, services`;
  return [
    {
      ...{ id: "deployment", subject: `Deployment ${name}`, title: "is available" },
      explainedBy: [...CREDENTIAL_CHECKS, "policy/syntax", "policy/tag-owners"],
      needs: `Kubernetes: get deployments in ${namespace}; ${explained}`,
      run: async () => {
        const client = await systems.kubernetes();
        const [deployment, explanations] = await Promise.all([
          client.read("apps/v1", "Deployment", { namespace, name: "operator" }),
          readings.explanations(),
        ]);
        const outcome = deploymentOutcome(deployment, name, ofOperator(explanations));
        // These keep the pod from starting at all, so the credential has no part in it.
        const isOwn = outcome.status === "broken" && BEFORE_START.has(outcome.finding.cause);
        return isOwn ? { ...outcome, explainedBy: [] } : outcome;
      },
    },
    {
      ...{ id: "login", subject: `device ${hostname}`, title: "is connected to the tailnet" },
      explainedBy: [...CREDENTIAL_CHECKS, "policy/syntax", "policy/tag-owners", "deployment"],
      needs: `Tailscale: devices:core:read; ${explained}`,
      run: async () => {
        const [devices, explanations] = await Promise.all([readings.devices(), readings.explanations()]);
        return loginOutcome(devices, { hostname, tag }, ofOperator(explanations));
      },
    },
  ];
}

function exposedChecks(
  { config }: Target,
  object: ExposedObject,
  systems: Systems,
  readings: Readings,
): readonly OwnCheck[] {
  const { apiVersion, kind, namespace, name, expected } = object;
  const id = nameCheckId(expected);
  const named: OwnCheck = {
    ...{ id, subject: `${kind} ${namespace}/${name}`, title: `has the name ${expected}` },
    explainedBy: [...CREDENTIAL_CHECKS, "policy/tag-owners", "magicdns", "https", ...OPERATOR_CHECKS],
    needs: `Kubernetes: get ${kind === "Ingress" ? "ingresses" : "services"} in ${namespace}`,
    run: async () => {
      const client = await systems.kubernetes();
      const [live, explanations] = await Promise.all([
        client.read(apiVersion, kind, { namespace, name }),
        readings.explanations(),
      ]);
      return exposedOutcome(object, live, ofExposed(explanations, object));
    },
  };
  if (!object.hasCertificate) return [named];
  const [resource, proxies] = ["tailscale.com/parent-resource", config.operator.namespace];
  const selector = { [resource]: name, [`${resource}-ns`]: namespace, [`${resource}-type`]: "ingress" };
  const labelSelector = Object.entries(selector)
    .map((label) => label.join("="))
    .join(",");
  return [
    named,
    {
      ...{ id: `certificate/${expected}`, subject: expected, title: "has a certificate" },
      explainedBy: [id],
      needs: `Kubernetes: list secrets in ${proxies}`,
      run: async () => {
        const client = await systems.kubernetes();
        const secrets = await client.list("v1", "Secret", { namespace: proxies, labelSelector });
        return certificateOutcome(secrets ?? [], expected);
      },
    },
  ];
}
