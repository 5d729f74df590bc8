import type { Target } from "../target/target.ts";
import { kubernetesPermissions } from "./permissions.ts";
import { rbacManifests } from "./rbac.ts";

export interface CronJobSettings {
  /** The image that the project's Dockerfile builds. */
  readonly image: string;
  readonly namespace: string;
  /** Five fields, in the time zone of the cluster's controller manager. */
  readonly schedule: string;
  /** Where the metrics go: a folder of one node, which the textfile collector of its node-exporter reads. */
  readonly metrics?: { readonly folder: string; readonly node: string } | undefined;
  /** The stack's file, for a pod. */
  readonly stackFile: string;
  /** The stack's outputs, as JSON. */
  readonly outputs: string;
}

const NAME = "tailnet-edge-doctor";
/** The Secret with the variables of the Tailscale and Cloudflare credentials. You create it. */
export const CREDENTIALS_SECRET = "tailnet-edge-doctor-credentials";
/** The user of the Node image. */
const USER = 1000;
/** Every probe has a limit of its own. This one ends a pod that hangs otherwise. */
const DEADLINE_SECONDS = 600;

/**
 * What runs the doctor in the cluster: a CronJob, its files, its ServiceAccount, and the least permissions.
 *
 * A failed run is a failed Job: status 1 or 2 of the doctor.
 */
export function cronJobManifests(target: Target, settings: CronJobSettings): readonly object[] {
  const { namespace, stackFile, outputs, metrics } = settings;
  const metadata = { name: NAME, namespace };
  return [
    {
      ...{ apiVersion: "v1", kind: "Namespace" },
      metadata: {
        name: namespace,
        // A hostPath volume is allowed at the level privileged only. The pod itself is restricted in any case.
        labels: { "pod-security.kubernetes.io/enforce": metrics ? "privileged" : "restricted" },
      },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    ...rbacManifests(kubernetesPermissions(target), metadata),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "stack.yaml": stackFile, "outputs.json": outputs },
    },
    {
      ...{ apiVersion: "batch/v1", kind: "CronJob", metadata },
      spec: {
        schedule: settings.schedule,
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            // A second try would only find the same.
            backoffLimit: 0,
            activeDeadlineSeconds: DEADLINE_SECONDS,
            template: { spec: podSpec(target.stack, settings) },
          },
        },
      },
    },
  ];
}

function podSpec(stack: string, { image, metrics }: CronJobSettings): object {
  const metricsFile = metrics && `/metrics/${NAME}-${stack}.prom`;
  return {
    ...{ restartPolicy: "Never", serviceAccountName: NAME, automountServiceAccountToken: true },
    ...(metrics && { nodeSelector: { "kubernetes.io/hostname": metrics.node } }),
    securityContext: { runAsNonRoot: true, runAsUser: USER, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        ...{ name: "doctor", image },
        args: [
          ...[`--stack=${stack}`, "--outputs=/etc/doctor/outputs.json"],
          // The pod is in neither the tailnet nor the local network.
          "--from=elsewhere",
          ...(metricsFile === undefined ? [] : [`--metrics=${metricsFile}`]),
        ],
        // Optional: without it the checks of Tailscale and Cloudflare say what they lack, and the others run.
        envFrom: [{ secretRef: { name: CREDENTIALS_SECRET, optional: true } }],
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        securityContext: {
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "files", mountPath: "/etc/doctor", readOnly: true },
          {
            name: "files",
            mountPath: `/project/Pulumi.${stack}.yaml`,
            subPath: "stack.yaml",
            readOnly: true,
          },
          { name: "temporary", mountPath: "/tmp" },
          ...(metrics ? [{ name: "metrics", mountPath: "/metrics" }] : []),
        ],
      },
    ],
    volumes: [
      { name: "files", configMap: { name: NAME } },
      { name: "temporary", emptyDir: {} },
      ...(metrics ? [{ name: "metrics", hostPath: { path: metrics.folder, type: "Directory" } }] : []),
    ],
  };
}
