import { z } from "zod";
import type { ZodType } from "zod";
import { ApiError } from "../../../world/api.ts";
import { displayName, type KubernetesObject, manifestOf } from "./objects.ts";

const stringMap = z.record(z.string(), z.string());

const metadata = z.strictObject({
  name: z.string().optional(),
  namespace: z.string().optional(),
  labels: stringMap.optional(),
  annotations: stringMap.optional(),
  finalizers: z.array(z.string()).optional(),
});

/** Fields that the sandbox stores without validating them. */
function passThrough(...names: readonly string[]): Record<string, ZodType> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));
}

const backend = z.strictObject({
  service: z
    .strictObject({
      name: z.string(),
      port: z.strictObject({ name: z.string().optional(), number: z.number().int().optional() }).optional(),
    })
    .optional(),
  ...passThrough("resource"),
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
  loadBalancerSourceRanges: z.array(z.string()).optional(),
  clusterIP: z.string().optional(),
  selector: stringMap.optional(),
  ports: z
    .array(
      z.strictObject({
        port: z.number().int(),
        name: z.string().optional(),
        ...passThrough("appProtocol", "nodePort", "protocol", "targetPort"),
      }),
    )
    .min(1, "spec.ports: Required value")
    .refine((ports) => ports.length === 1 || ports.every(({ name }) => name !== undefined), {
      error: "name: Required value, of each of several ports",
    }),
  ...passThrough(
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
    .array(z.strictObject({ name: z.string(), value: z.string().optional(), ...passThrough("valueFrom") }))
    .optional(),
  ...passThrough("args", "command", "ports", "resources"),
});

function deploymentSpec(containers: ZodType) {
  return z.strictObject({
    template: z.strictObject({
      spec: z.strictObject({ containers, ...passThrough("initContainers", "serviceAccountName", "volumes") }),
      ...passThrough("metadata"),
    }),
    ...passThrough("replicas", "selector", "strategy"),
  });
}

const common = { apiVersion: z.string(), kind: z.string(), metadata: metadata.optional() };

/**
 * The kinds that the sandbox has. Required and unknown fields are those of the Kubernetes API reference. The spec
 * of a custom resource is not validated.
 */
const KINDS: Readonly<Record<string, ZodType>> = {
  "v1 Namespace": z.strictObject({ ...common, spec: z.unknown().optional() }),
  "v1 Secret": z.strictObject({
    ...common,
    type: z.string().optional(),
    data: stringMap.optional(),
    stringData: stringMap.optional(),
    immutable: z.boolean().optional(),
  }),
  "v1 ConfigMap": z.strictObject({
    ...common,
    data: stringMap.optional(),
    binaryData: stringMap.optional(),
    immutable: z.boolean().optional(),
  }),
  "v1 Service": z.strictObject({
    ...common,
    spec: serviceSpec.refine(
      ({ type, loadBalancerSourceRanges = [] }) =>
        type === "LoadBalancer" || loadBalancerSourceRanges.length === 0,
      {
        path: ["LoadBalancerSourceRanges"],
        error: "Forbidden: may only be used when `type` is 'LoadBalancer'",
      },
    ),
  }),
  "apps/v1 Deployment": z.strictObject({ ...common, spec: deploymentSpec(z.array(container)) }),
  "networking.k8s.io/v1 Ingress": z.strictObject({ ...common, spec: ingressSpec }),
};

/** The kinds that the sandbox can patch. No field of a patch is required. */
const PATCHES: Readonly<Record<string, ZodType>> = {
  "v1 ConfigMapPatch": z.strictObject({ ...common, data: stringMap.optional() }),
  "v1 ServicePatch": z.strictObject({ ...common, spec: serviceSpec.partial().optional() }),
  "apps/v1 DeploymentPatch": z.strictObject({
    ...common,
    spec: deploymentSpec(z.array(container.partial({ image: true }))).optional(),
  }),
  "traefik.io/v1alpha1 IngressRoutePatch": z.strictObject({
    ...common,
    spec: z.record(z.string(), z.unknown()).optional(),
  }),
};

/** The kinds of custom resources by their API version: Tailscale's, and those of Traefik 3. */
const CUSTOM_KINDS: Readonly<Record<string, readonly string[]>> = {
  "tailscale.com/v1alpha1": ["Connector", "DNSConfig", "ProxyClass", "ProxyGroup", "Tailnet"],
  "traefik.io/v1alpha1": ["IngressRoute", "Middleware"],
};

const customObject = z.strictObject({ ...common, spec: z.record(z.string(), z.unknown()).optional() });

/** The schema of a kind; undefined for a kind that the sandbox does not have. */
export function objectInputs(apiVersion: string, kind: string): ZodType | undefined {
  if (CUSTOM_KINDS[apiVersion]?.includes(kind) === true) return customObject;
  return KINDS[`${apiVersion} ${kind}`];
}

/** The schema of a patch type such as `ServicePatch`; undefined for one that the sandbox does not have. */
export function patchInputs(apiVersion: string, type: string): ZodType | undefined {
  return PATCHES[`${apiVersion} ${type}`];
}

/** @throws ApiError 422 with the API server's message, if an object is invalid */
export function requireValid(object: KubernetesObject): void {
  const parsed = objectInputs(object.apiVersion, object.kind)?.safeParse(manifestOf(object));
  const [issue] = parsed?.error?.issues ?? [];
  if (issue === undefined) return;
  const detail = `${issue.path.join(".")}: ${issue.message}`;
  throw new ApiError(422, `${object.kind} ${displayName(object)} is invalid: ${detail}`);
}
