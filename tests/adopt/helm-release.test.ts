import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { helmRecords } from "../../adopt/helm-record.ts";
import { compareRelease } from "../../adopt/helm-release.ts";
import { live, wanted } from "./wanted-resource.ts";

const INPUTS = {
  name: "operator",
  namespace: "tailscale",
  version: "1.96.5",
  description: "d",
  values: { a: 1 },
};
const RESOURCE = wanted("kubernetes:helm.sh/v3:Release", INPUTS);

interface Stored {
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: number;
  readonly status?: string;
  readonly description?: string;
  readonly chartVersion?: string;
  readonly config?: object;
}

/** A record as Helm stores it. */
function record(stored: Stored = {}) {
  const {
    name = "operator",
    namespace = "tailscale",
    version = 1,
    status = "deployed",
    description = "d",
  } = stored;
  const { chartVersion = "1.96.5", config = { a: 1 } } = stored;
  const chart = { metadata: { name: "tailscale-operator", version: chartVersion } };
  const release = { name, namespace, version, info: { status, description }, chart, config };
  const data = Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64");
  return live({ apiVersion: "v1", kind: "Secret", metadata: { name: "r" }, data: { release: data } });
}

const compare = (...records: readonly Stored[]) =>
  compareRelease(RESOURCE, helmRecords(records.map(record)), []);

test("reads the last revision of each release, without its values", () => {
  const broken = live({ apiVersion: "v1", kind: "Secret", metadata: { name: "b" }, data: { release: "x" } });
  const config = { oauth: { clientSecret: "hidden" } };
  const read = helmRecords([
    record({ version: 2 }),
    record({ version: 10, config }),
    record({ version: 3 }),
    broken,
  ]);
  expect(read).toMatchObject([
    { name: "operator", revision: 10, chartVersion: "1.96.5", valueKeys: ["oauth"] },
  ]);
  expect(JSON.stringify(read)).not.toContain("hidden");
});

test("a release of the same chart, version and values is taken over as it is", () => {
  expect(compare({})).toMatchObject({ kind: "existing", importId: "tailscale/operator", changes: [] });
});

test("names the change of the version, and each value that the stack does not set", () => {
  const { changes } = compare({ chartVersion: "1.94.2", config: { a: 1, oauth: {} }, status: "failed" }) as {
    readonly changes: readonly string[];
  };
  expect(changes).toEqual([
    "status: failed -> deployed",
    "chart version: 1.94.2 -> 1.96.5",
    "values: the stack's replace those of the release, and its post-renderer is added",
    "values.oauth: removed",
  ]);
});

test("a release under another name is a conflict that says which names to set", () => {
  expect(compare({ name: "ts", namespace: "infra" })).toMatchObject({
    kind: "conflict",
    issue: { fix: "to take it over, set operator.releaseName: ts and operator.namespace: infra" },
  });
});

test("a release with a pending upgrade is a conflict", () => {
  expect(compare({ status: "pending-upgrade" })).toMatchObject({
    kind: "conflict",
    issue: { found: "a release with the status pending-upgrade" },
  });
});

test("CRDs of another release are a conflict; those of the stack's, and of other software, are none", () => {
  const crd = (release: string, name = "connectors.tailscale.com") =>
    live({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: {
        name,
        annotations: { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": "tailscale" },
      },
    });
  expect(compareRelease(RESOURCE, [], [crd("operator")])).toMatchObject({ kind: "missing" });
  const other = crd("traefik", "ingressroutes.traefik.io");
  expect(compareRelease(RESOURCE, [], [other])).toMatchObject({ kind: "missing" });
  expect(compareRelease(RESOURCE, [], [crd("old")])).toMatchObject({
    kind: "conflict",
    issue: { found: expect.stringContaining("the release tailscale/old") as string },
  });
});
