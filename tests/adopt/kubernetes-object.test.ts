import { describe, expect, test } from "vitest";
import { compareObject, objectPlace } from "../../adopt/kubernetes-object.ts";
import type { LiveMetadata, LiveObject } from "../../live/kubernetes-client.ts";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { live, wanted } from "./wanted-resource.ts";

const RELEASE = { name: "operator", namespace: "tailscale" };
const INGRESS = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "funnel", namespace: "traefik", annotations: { "tailscale.com/tags": "tag:k8s" } },
  spec: { ingressClassName: "tailscale", tls: [{ hosts: ["edge"] }] },
};
const TYPE = "kubernetes:networking.k8s.io/v1:Ingress";

function compare(object: LiveObject | undefined, resource: RecordedResource = wanted(TYPE, INGRESS)) {
  const place = objectPlace(resource);
  if (place === undefined) throw new Error("no place");
  return compareObject(resource, place, object, RELEASE);
}

const marked = (metadata: Partial<LiveMetadata>) =>
  live(INGRESS, { annotations: INGRESS.metadata.annotations, ...metadata });

test("an equal object is taken over as it is, with its import ID", () => {
  expect(compare(live(INGRESS))).toMatchObject({
    kind: "existing",
    subject: "Ingress traefik/funnel",
    importId: "traefik/funnel",
    changes: [],
  });
});

test("an object that does not exist is created", () => {
  expect(compare(undefined)).toMatchObject({ kind: "missing" });
});

test("patches and releases have no place", () => {
  expect(objectPlace(wanted("kubernetes:core/v1:ServicePatch", INGRESS))).toBeUndefined();
  expect(objectPlace(wanted("kubernetes:helm.sh/v3:Release", INGRESS))).toBeUndefined();
});

test("a Secret's values are never in a change", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "oauth", namespace: "tailscale" } };
  const resource = wanted("kubernetes:core/v1:Secret", { ...secret, stringData: "[secret]" });
  const found = compare(live({ ...secret, data: { client_secret: "dmFsdWU=" } }), resource);
  expect(found).toMatchObject({
    kind: "existing",
    changes: ["data: the stack's credential replaces the values"],
  });
  expect(JSON.stringify({ ...found, resource: undefined })).not.toContain("dmFsdWU");
});

test("annotations for Pulumi alone are no change", () => {
  const annotations = { ...INGRESS.metadata.annotations, "pulumi.com/waitFor": "condition=Ready" };
  const resource = wanted(TYPE, { ...INGRESS, metadata: { ...INGRESS.metadata, annotations } });
  expect(compare(live(INGRESS), resource)).toMatchObject({ kind: "existing", changes: [] });
});

describe("in conflict", () => {
  test.each([
    [
      "Flux's Kustomization",
      {
        labels: {
          "kustomize.toolkit.fluxcd.io/name": "infra",
          "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
      },
      "Flux, Kustomization flux-system/infra",
      "flux.md",
    ],
    [
      "Flux's HelmRelease",
      { labels: { "helm.toolkit.fluxcd.io/name": "ts", "helm.toolkit.fluxcd.io/namespace": "flux-system" } },
      "Flux, HelmRelease flux-system/ts",
      "flux.md",
    ],
    [
      "Fleet",
      { annotations: { "objectset.rio.cattle.io/id": "default-edge" } },
      "Fleet, bundle default-edge",
      "fleet.md",
    ],
    [
      "Argo CD",
      { annotations: { "argocd.argoproj.io/tracking-id": "edge:networking.k8s.io/Ingress:traefik/funnel" } },
      "Argo CD, application edge",
      "Prune=false",
    ],
    [
      "an older Argo CD",
      { labels: { "argocd.argoproj.io/instance": "edge" } },
      "Argo CD, application edge",
      "Prune=false",
    ],
    [
      "another Helm release",
      { annotations: { "meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "apps" } },
      "Helm, release apps/other",
      "operator.releaseName",
    ],
  ])("an object of %s is named with its owner and the fix", (_, metadata, owner, fix) => {
    expect(compare(marked(metadata))).toMatchObject({
      kind: "conflict",
      issue: { found: `an object that ${owner} manages`, fix: expect.stringContaining(fix) as string },
    });
  });

  test("an object of the stack's own release is none", () => {
    const own = { "meta.helm.sh/release-name": "operator", "meta.helm.sh/release-namespace": "tailscale" };
    const annotations = { ...INGRESS.metadata.annotations, ...own };
    expect(compare(marked({ annotations }))).toMatchObject({ kind: "existing", changes: [] });
  });

  test("an object that is being deleted is named with its finalizers", () => {
    const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["tailscale.com/finalizer"] };
    expect(compare(marked(metadata))).toMatchObject({
      kind: "conflict",
      issue: { found: "an object that is being deleted, with the finalizers tailscale.com/finalizer" },
    });
  });

  test("a change that replaces the object is not taken over", () => {
    const resource = wanted(TYPE, INGRESS, { replaceOnChanges: ["spec.tls"] });
    const old = { ...INGRESS, spec: { ...INGRESS.spec, tls: [{ hosts: ["old"] }] } };
    expect(compare(live(old), resource)).toMatchObject({
      kind: "conflict",
      issue: { found: expect.stringContaining('spec.tls[0].hosts[0]: "old" -> "edge"') as string },
    });
    expect(compare(live(old))).toMatchObject({ kind: "existing" });
  });

  test.each([
    ["Service", { spec: { clusterIP: "10.43.0.9" } }, { spec: { clusterIP: "10.43.0.8" } }, "spec.clusterIP"],
    ["Secret", { type: "Opaque" }, { type: "kubernetes.io/tls" }, "type"],
  ])("a %s whose field of that kind changes is not taken over", (kind, fields, old, path) => {
    const object = { apiVersion: "v1", kind, metadata: { name: "one", namespace: "apps" } };
    const resource = wanted(`kubernetes:core/v1:${kind}`, { ...object, ...fields });
    expect(compare(live({ ...object, ...old }), resource)).toMatchObject({
      kind: "conflict",
      issue: { found: expect.stringContaining(`would replace, because of\n${path}: `) as string },
    });
    expect(compare(live({ ...object, ...fields }), resource)).toMatchObject({ kind: "existing" });
  });

  test("a field that another manager owns with another value is not taken over", () => {
    const managedFields = [{ manager: "kubectl-client-side-apply", fieldsV1: { "f:spec": { "f:tls": {} } } }];
    const old = live({ ...INGRESS, spec: { ...INGRESS.spec, tls: [{ hosts: ["old"] }] } }, { managedFields });
    expect(compare(old)).toMatchObject({
      kind: "conflict",
      issue: { found: expect.stringContaining("(manager kubectl-client-side-apply)") as string },
    });
    const annotations = { ...INGRESS.metadata.annotations, "pulumi.com/patchForce": "true" };
    const forced = wanted(TYPE, { ...INGRESS, metadata: { ...INGRESS.metadata, annotations } });
    expect(compare(old, forced)).toMatchObject({ kind: "existing" });
    const own = live(old, { managedFields: [{ manager: "pulumi-kubernetes", fieldsV1: { "f:spec": {} } }] });
    expect(compare(own)).toMatchObject({ kind: "existing" });
  });

  test("an object with adopt: true must exist; it is imported by the program, without a change", () => {
    const resource = wanted(TYPE, INGRESS, {
      importId: "traefik/funnel",
      ignoreChanges: ["metadata", "spec"],
    });
    expect(compare(undefined, resource)).toMatchObject({
      kind: "conflict",
      issue: { fix: expect.stringContaining("remove adopt: true") as string },
    });
    const other = live({ ...INGRESS, spec: {} });
    expect(compare(other, resource)).toMatchObject({ kind: "existing", importId: undefined, changes: [] });
  });
});
