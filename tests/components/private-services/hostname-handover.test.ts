import { log, runtime } from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { handoverIssues, refuseHandovers } from "../../../components/private-services/hostname-handover.ts";
import { annotationManifest } from "../../../components/private-services/kinds/annotation.ts";
import { ingressManifest } from "../../../components/private-services/kinds/ingress.ts";
import { loadBalancerManifest } from "../../../components/private-services/kinds/load-balancer.ts";
import type { PrivateService } from "../../../components/private-services/private-service.ts";
import { readStateOnce } from "../../../components/private-services/stored-resources.ts";
import { annotated, dashboard, database } from "../../support/private-services.ts";
import { recordProgram } from "../../support/recording.ts";

const TYPES = {
  loadBalancer: "kubernetes:core/v1:Service",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  annotation: "object-fields:index:ObjectFields",
};

const urn = (type: string, name: string) =>
  `urn:pulumi:test::tailnet-edge::tailnet-edge:exposure:PrivateExposure$${type}::${name}`;

/** The state after an up with these services. */
function stateOf(...services: readonly PrivateService[]) {
  return Object.fromEntries(
    services.map((service) => [urn(TYPES[service.kind], service.name), { outputs: outputsOf(service) }]),
  );
}

function outputsOf(service: PrivateService): object {
  switch (service.kind) {
    case "loadBalancer":
      return loadBalancerManifest(service);
    case "ingress":
      return ingressManifest(service);
    case "annotation":
      return { fields: annotationManifest(service) };
  }
}

const allowed = (hostname: string) =>
  `a hostname that no other device of the stack has: Tailscale would name the new one ${hostname}-1`;
const plain = { ...database, legacy: undefined };
const git = { ...plain, name: "git", hostname: "code" };
const forge = { ...git, name: "forge" };

describe("a hostname that another resource of the state has", () => {
  test.each([database, dashboard, annotated])(
    "is refused for a service that was renamed without formerName: $kind",
    (service) => {
      const renamed = { ...service, name: "renamed" };
      const { name, hostname } = service;
      expect(handoverIssues([renamed], stateOf(service))).toEqual([
        {
          path: "privateServices: renamed: hostname",
          found: `${hostname}, which private service ${name} has until the end of this update`,
          allowed: allowed(hostname),
          fix: `set formerName: ${name}, and remove it after the update`,
        },
      ]);
      expect(handoverIssues([{ ...renamed, formerName: name }], stateOf(service))).toEqual([]);
    },
  );

  test("is refused for a kind from and to annotation, and accepted between the two others", () => {
    const as = <S extends PrivateService>(service: S) => ({ ...service, name: "git", hostname: "code" });
    const found = "code, which this service has with its previous kind until the end of this update";
    const issue = { path: "privateServices: git: hostname", found, allowed: allowed("code") };
    const fix = "set phase: legacy, run pulumi up, then set the phase again";
    expect(handoverIssues([as(annotated)], stateOf(as(database)))).toEqual([{ ...issue, fix }]);
    expect(handoverIssues([as(dashboard)], stateOf(as(annotated)))).toEqual([{ ...issue, fix }]);
    expect(handoverIssues([git], stateOf(as(annotated)))).toEqual([
      { ...issue, fix: "remove this service, run pulumi up, then add it again" },
    ]);
    expect(handoverIssues([as(dashboard)], stateOf(git))).toEqual([]);
  });

  test("is refused for each service of a swap, and for one that takes over", () => {
    const shop = { ...plain, name: "shop", hostname: "shop" };
    const swapped = [
      { ...git, hostname: "shop" },
      { ...shop, hostname: "code" },
    ];
    const issue = (name: string, hostname: string, owner: string) => ({
      path: `privateServices: ${name}: hostname`,
      found: `${hostname}, which private service ${owner} has until the end of this update`,
      allowed: allowed(hostname),
      fix: "remove this service, run pulumi up, then add it again",
    });
    const stored = stateOf(git, shop);
    expect(handoverIssues(swapped, stored)).toEqual([
      issue("git", "shop", "shop"),
      issue("shop", "code", "git"),
    ]);
    // The other one gets another hostname, or is removed.
    const taking = { ...shop, hostname: "code" };
    for (const rest of [[{ ...git, hostname: "new" }], []])
      expect(handoverIssues([taking, ...rest], stored)).toEqual([issue("shop", "code", "git")]);
    // A new service, which never had that name.
    for (const added of [[forge, { ...git, hostname: "new" }], [{ ...forge, formerName: "other" }]])
      expect(handoverIssues(added, stored)).toEqual([issue("forge", "code", "git")]);
    // A renamed service of another kind: formerName would not help.
    expect(
      handoverIssues([{ ...annotated, legacy: undefined, name: "shop", hostname: "code" }], stateOf(git)),
    ).toEqual([issue("shop", "code", "git")]);
  });

  test("is accepted for a service that has it already, in phase legacy, and of services that change nothing", () => {
    expect(handoverIssues([database, dashboard, annotated], stateOf(database, dashboard, annotated))).toEqual(
      [],
    );
    expect(handoverIssues([{ ...forge, phase: "legacy" }], stateOf(git))).toEqual([]);
    // An update that was interrupted before it deleted the old resource.
    expect(handoverIssues([forge], stateOf(git, forge))).toEqual([]);
    expect(handoverIssues([{ ...git, hostname: "free" }], stateOf(git))).toEqual([]);
  });

  test("counts only where the stack's own object requests it", () => {
    const { metadata } = loadBalancerManifest(git);
    const of = (type: string, outputs: object) => ({ [urn(type, "git")]: { outputs } });
    // The Service of others that an annotation made the operator expose, as the stack reads it.
    expect(
      handoverIssues([forge], of(TYPES.loadBalancer, { metadata, spec: { type: "ClusterIP" } })),
    ).toEqual([]);
    const spec = { ingressClassName: "traefik", tls: [{ hosts: ["code"] }] };
    expect(handoverIssues([forge], of(TYPES.ingress, { spec }))).toEqual([]);
    expect(
      handoverIssues([forge], of(TYPES.annotation, { fields: { spec: { type: "ClusterIP" } } })),
    ).toEqual([]);
    const funnel =
      "urn:pulumi:test::p::tailnet-edge:exposure:FunnelIngress$kubernetes:networking.k8s.io/v1:Ingress::git";
    expect(
      handoverIssues([forge], { [funnel]: { outputs: ingressManifest({ ...dashboard, hostname: "code" }) } }),
    ).toEqual([]);
  });
});

describe("the check of hostnames", () => {
  const warn = vi.spyOn(log, "warn").mockResolvedValue(undefined);
  afterEach(() => {
    warn.mockClear();
  });

  const READ = "pulumi:pulumi:readStackResourceOutputs";

  /** @returns how often the state was read */
  const check = async (services: readonly PrivateService[], outputs?: object) => {
    const invoke = vi.spyOn(runtime, "invoke");
    await recordProgram(() => refuseHandovers(services, readStateOnce()), {
      call: () => outputs && { outputs },
    });
    const reads = invoke.mock.calls.filter(([token]) => token === READ).length;
    invoke.mockRestore();
    return reads;
  };

  test("fails the run with all issues", async () => {
    await expect(check([forge], stateOf(git))).rejects.toThrow(
      "the private services has 1 issue\n\n  privateServices: forge: hostname\n",
    );
  });

  test("reads the state once, and not without private services", async () => {
    expect(await check([git, forge], {})).toBe(1);
    expect(await check([], stateOf(git))).toBe(0);
  });

  test("accepts every hostname in the offline plan, which has no state", async () => {
    await check([forge]);
    expect(warn.mock.calls).toEqual([]);
  });

  test("warns if the state cannot be read", async () => {
    const failing = vi.spyOn(runtime, "invoke").mockRejectedValueOnce(new Error("unknown stack"));
    await refuseHandovers([git], readStateOnce());
    failing.mockRestore();
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(
        /^privateServices: not checked whether a hostname .*\n.*the stack's state cannot be read: unknown stack\n/,
      ),
    ]);
  });
});
