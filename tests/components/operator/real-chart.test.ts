import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { chartValues, CREDENTIAL_ANNOTATION } from "../../../components/operator/chart-values.ts";
import { CHART_VERSION } from "../../../components/operator/chart-version.ts";
import { mergeValues } from "../../../components/operator/extra-values.ts";
import { OWN_VARIABLES } from "../../../components/operator/own-values.ts";
import type { Manifest } from "../../support/manifest.ts";
import { operatorChartFolder, renderOperatorChart } from "../../support/operator-chart.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

// The first build compiles Helm: minutes on a small machine.
beforeAll(operatorChartFolder, 900_000);

const VALUES = {
  hostname: "ozilab-operator",
  operatorTag: "tag:k8s-operator",
  proxyTags: ["tag:k8s", "tag:ozilab"],
  credentialFingerprint: "0123456789abcdef",
  secretName: "operator-oauth",
  priorityClass: "system-cluster-critical",
  pullSecrets: [],
};

/** The parts of the operator's Deployment that the values change. */
interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: {
        readonly volumes: readonly object[];
        readonly containers: readonly [
          {
            readonly env: readonly { name: string; value?: string }[];
            readonly volumeMounts: readonly object[];
          },
        ];
      };
    };
  };
}

async function operatorPod(values: Parameters<typeof chartValues>[0]) {
  const objects: readonly Manifest[] = await renderOperatorChart({ ...chartValues(values) });
  const [deployment] = objects.filter(({ kind }) => kind === "Deployment") as unknown as [Deployment];
  const { metadata, spec } = deployment.spec.template;
  const [container] = spec.containers;
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  return {
    objects,
    annotations: metadata.annotations,
    volumes: spec.volumes,
    mounts: container.volumeMounts,
    env,
  };
}

describe("the real chart with this program's values", () => {
  test("mounts the Secret that exists before it, and renders none of its own", async () => {
    const { objects, volumes, mounts, env } = await operatorPod(VALUES);
    expect(volumes).toEqual([{ name: "oauth", secret: { secretName: "operator-oauth" } }]);
    expect(mounts).toEqual([{ name: "oauth", mountPath: "/oauth", readOnly: true }]);
    expect(env).toMatchObject({
      CLIENT_ID_FILE: "/oauth/client_id",
      CLIENT_SECRET_FILE: "/oauth/client_secret",
    });
    expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });

  test("mounts a Secret of another name", async () => {
    const { volumes, mounts, env } = await operatorPod({ ...VALUES, secretName: "tailscale-oauth" });
    expect(volumes).toEqual([{ name: "oauth", secret: { secretName: "tailscale-oauth" } }]);
    expect(mounts).toEqual([{ name: "oauth", mountPath: "/oauth", readOnly: true }]);
    expect(env).toMatchObject({ CLIENT_ID_FILE: "/oauth/client_id" });
  });

  test("sets the device's name, both kinds of tags and the pod's fingerprint", async () => {
    const { env, annotations } = await operatorPod(VALUES);
    expect(env).toMatchObject({
      OPERATOR_HOSTNAME: "ozilab-operator",
      OPERATOR_INITIAL_TAGS: "tag:k8s-operator",
      PROXY_TAGS: "tag:k8s,tag:ozilab",
      OPERATOR_INGRESS_CLASS_NAME: "tailscale",
    });
    expect(annotations).toEqual({ [CREDENTIAL_ANNOTATION]: "0123456789abcdef" });
  });

  test("authenticates with the cluster's tokens when federated, and mounts no Secret", async () => {
    const federated = { clientId: "id-1", audience: "api.tailscale.com/id-1" };
    const { volumes, mounts, env } = await operatorPod({ ...VALUES, federated });
    expect(volumes).toEqual([
      {
        name: "oidc-jwt",
        projected: {
          defaultMode: 420,
          sources: [
            {
              serviceAccountToken: {
                audience: "api.tailscale.com/id-1",
                expirationSeconds: 3600,
                path: "token",
              },
            },
          ],
        },
      },
    ]);
    expect(mounts).toEqual([
      { name: "oidc-jwt", mountPath: "/var/run/secrets/tailscale/serviceaccount", readOnly: true },
    ]);
    expect(env).toMatchObject({ CLIENT_ID: "id-1" });
    expect(Object.keys(env)).not.toContain("CLIENT_SECRET_FILE");
  });

  test("renders images of a mirror, pull Secrets, a default ProxyClass, and further values into the operator's pod", async () => {
    const settings = {
      ...VALUES,
      registry: "mirror.example.com/hub",
      pullSecrets: ["mirror"],
      proxyClass: "small",
      priorityClass: "edge-critical",
    };
    const proxy = { name: "HTTPS_PROXY", value: "http://proxy.example.com:3128" };
    const extra = {
      operatorConfig: {
        resources: { requests: { cpu: "50m" } },
        nodeSelector: { "node-role.kubernetes.io/infra": "" },
        tolerations: [{ key: "infra", operator: "Exists" }],
        extraEnv: [proxy],
      },
    };
    const values = mergeValues(extra, chartValues(settings));
    const postRenderer = join(PROJECT_FOLDER, "components", "operator", "post-render");
    const objects = await renderOperatorChart(values, { postRenderer });
    const deployment = objects.find(({ kind }) => kind === "Deployment") as unknown as Deployment;
    const { metadata, spec } = deployment.spec.template;
    expect(metadata.annotations).toEqual({ [CREDENTIAL_ANNOTATION]: "0123456789abcdef" });
    expect(spec).toMatchObject({
      priorityClassName: "edge-critical",
      imagePullSecrets: [{ name: "mirror" }],
      nodeSelector: { "kubernetes.io/os": "linux", "node-role.kubernetes.io/infra": "" },
      tolerations: [{ key: "infra", operator: "Exists" }],
      containers: [
        {
          image: `mirror.example.com/hub/tailscale/k8s-operator:v${CHART_VERSION}`,
          resources: { requests: { cpu: "50m" } },
        },
      ],
    });
    expect(spec.containers[0].env).toContainEqual(proxy);
    expect(spec.containers[0].env).toContainEqual({
      name: "PROXY_IMAGE",
      value: `mirror.example.com/hub/tailscale/tailscale:v${CHART_VERSION}`,
    });
    expect(spec.containers[0].env).toContainEqual({ name: "PROXY_DEFAULT_CLASS", value: "small" });
  });

  test("has all variables that operator.values must not set, and no others but these", async () => {
    const federated = { clientId: "id-1", audience: "api.tailscale.com/id-1" };
    const pods = [
      { ...VALUES, proxyClass: "small" },
      { ...VALUES, federated },
    ].map(operatorPod);
    const variables = (await Promise.all(pods)).flatMap(({ env }) => Object.keys(env));
    const own = Object.keys(OWN_VARIABLES);
    expect(own.filter((name) => !variables.includes(name))).toEqual([]);
    // A variable that a later chart adds may be one that a setting of the stack decides.
    const others = new Set(variables.filter((name) => !own.includes(name)));
    expect([...others].sort()).toEqual([
      "APISERVER_PROXY",
      "OPERATOR_LOGGING",
      "OPERATOR_LOGIN_SERVER",
      "OPERATOR_SECRET",
      "POD_NAME",
      "POD_UID",
      "PROXY_FIREWALL_MODE",
      "PROXY_IMAGE",
    ]);
  });
});
