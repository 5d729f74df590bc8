import { z } from "zod";
import type { ZodType } from "zod";
import { ApiError } from "../../world/api.ts";
import { asWritten, described, type KubernetesObject } from "./objects.ts";

const texts = z.record(z.string(), z.string());

const metadata = z.strictObject({
  name: z.string().optional(),
  namespace: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
  finalizers: z.array(z.string()).optional(),
});

/** Fields that the sandbox keeps and does not look into. */
function kept(...names: readonly string[]): Record<string, ZodType> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));
}

const backend = z.strictObject({
  service: z
    .strictObject({
      name: z.string(),
      port: z.strictObject({ name: z.string().optional(), number: z.number().int().optional() }).optional(),
    })
    .optional(),
  ...kept("resource"),
});

const ingressSpec = z.strictObject({
  ingressClassName: z.string().optional(),
  defaultBackend: backend.optional(),
  tls: z
    .array(z.strictObject({ hosts: z.array(z.string()).optional(), secretName: z.string().optional() }))
    .optional(),
  rules: z
    .array(
      z.strictObject({
        host: z.string().optional(),
        http: z
          .strictObject({
            paths: z.array(z.strictObject({ path: z.string().optional(), pathType: z.string(), backend })),
          })
          .optional(),
      }),
    )
    .optional(),
});

const serviceSpec = z.strictObject({
  type: z.enum(["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]).optional(),
  loadBalancerClass: z.string().optional(),
  clusterIP: z.string().optional(),
  selector: texts.optional(),
  ports: z
    .array(
      z.strictObject({
        port: z.number().int(),
        name: z.string().optional(),
        ...kept("appProtocol", "nodePort", "protocol", "targetPort"),
      }),
    )
    .min(1, "spec.ports: Required value")
    .refine((ports) => ports.length === 1 || ports.every(({ name }) => name !== undefined), {
      error: "name: Required value, of each of several ports",
    }),
  ...kept(
    "allocateLoadBalancerNodePorts",
    "clusterIPs",
    "externalName",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "publishNotReadyAddresses",
    "sessionAffinity",
  ),
});

const container = z.strictObject({
  name: z.string(),
  image: z.string("Required value"),
  env: z
    .array(z.strictObject({ name: z.string(), value: z.string().optional(), ...kept("valueFrom") }))
    .optional(),
  ...kept("args", "command", "ports", "resources"),
});

function deploymentSpec(containers: ZodType) {
  return z.strictObject({
    template: z.strictObject({
      spec: z.strictObject({ containers, ...kept("initContainers", "serviceAccountName", "volumes") }),
      ...kept("metadata"),
    }),
    ...kept("replicas", "selector", "strategy"),
  });
}

const common = { apiVersion: z.string(), kind: z.string(), metadata: metadata.optional() };

/**
 * The kinds that the sandbox knows, with the fields that the API server would refuse to miss or to find in
 * addition. Custom resources are only looked at by the operator.
 */
const KINDS: Readonly<Record<string, ZodType>> = {
  "v1 Namespace": z.strictObject({ ...common, spec: z.unknown().optional() }),
  "v1 Secret": z.strictObject({
    ...common,
    type: z.string().optional(),
    data: texts.optional(),
    stringData: texts.optional(),
    immutable: z.boolean().optional(),
  }),
  "v1 ConfigMap": z.strictObject({
    ...common,
    data: texts.optional(),
    binaryData: texts.optional(),
    immutable: z.boolean().optional(),
  }),
  "v1 Service": z.strictObject({ ...common, spec: serviceSpec }),
  "apps/v1 Deployment": z.strictObject({ ...common, spec: deploymentSpec(z.array(container)) }),
  "networking.k8s.io/v1 Ingress": z.strictObject({ ...common, spec: ingressSpec }),
};

/** The kinds of which the sandbox takes patches: any of their fields, and none of them alone is required. */
const PATCHES: Readonly<Record<string, ZodType>> = {
  "v1 ConfigMapPatch": z.strictObject({ ...common, data: texts.optional() }),
  "v1 ServicePatch": z.strictObject({ ...common, spec: serviceSpec.partial().optional() }),
  "apps/v1 DeploymentPatch": z.strictObject({
    ...common,
    spec: deploymentSpec(z.array(container.partial({ image: true }))).optional(),
  }),
};

const CUSTOM = ["Connector", "DNSConfig", "ProxyClass", "ProxyGroup", "Tailnet"];

/** The inputs that an object of a kind takes; undefined for a kind that the sandbox does not know. */
export function objectInputs(apiVersion: string, kind: string): ZodType | undefined {
  if (apiVersion === "tailscale.com/v1alpha1" && CUSTOM.includes(kind)) {
    return z.strictObject({ ...common, spec: z.record(z.string(), z.unknown()).optional() });
  }
  return KINDS[`${apiVersion} ${kind}`];
}

/** The inputs that a patch of that type takes, such as `ServicePatch`; undefined if there is none. */
export function patchInputs(apiVersion: string, type: string): ZodType | undefined {
  return PATCHES[`${apiVersion} ${type}`];
}

/** @throws ApiError 422 as the API server does for what an apply would make of an object */
export function requireValid(object: KubernetesObject): void {
  const parsed = objectInputs(object.apiVersion, object.kind)?.safeParse(asWritten(object));
  const [issue] = parsed?.error?.issues ?? [];
  if (issue === undefined) return;
  const why = `${issue.path.join(".")}: ${issue.message}`;
  throw new ApiError(422, `${object.kind} ${described(object)} is invalid: ${why}`);
}
