import { CHART_VERSION } from "../../../../components/operator/chart-version.ts";
import { type Prerequisites, seed } from "../../../../sandbox/prerequisites/seed.ts";
import { markDeleted } from "../../../../sandbox/providers/kubernetes/api-server/deletion.ts";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { renderChart } from "../../../../sandbox/providers/kubernetes/helm/chart.ts";
import { letProxiesStop } from "../../../../sandbox/providers/kubernetes/operator/cleanup.ts";
import { reconcile } from "../../../../sandbox/providers/kubernetes/reconcile.ts";
import { changeTailnet } from "../../../../sandbox/providers/tailscale/tailnet.ts";
import { MemoryWorld } from "../../../../sandbox/world/world.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A cluster in memory whose controllers run at each commit. Tests without the Pulumi engine are fast. */
export class SeededCluster extends MemoryWorld {
  constructor(around: Prerequisites = {}) {
    super();
    seed(this, around);
    this.onChange(() => {
      reconcile(this);
    });
    this.commit();
  }

  /** Installs an operator with a policy and a valid credential. */
  withOperator(policy: object, settings: Readonly<Record<string, unknown>> = { httpsEnabled: true }): this {
    changeTailnet(this, { policy: JSON.stringify(policy), policyIsDefault: false, settings });
    seed(this, {
      oauthClients: [
        {
          id: "good",
          secret: "secret",
          scopes: ["auth_keys", "devices:core", "services"],
          tags: ["tag:k8s-operator"],
        },
      ],
    });
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "operator-oauth", namespace: "tailscale" },
      data: { client_id: base64("good"), client_secret: base64("secret") },
    };
    const values = { operatorConfig: { hostname: "op" } };
    const chart = renderChart(CHART_VERSION, values, "tailscale") as unknown as KubernetesObject[];
    this.put(secret, ...chart);
    return this;
  }

  /** Stores objects without validation, and runs the controllers. */
  put(...wanted: readonly KubernetesObject[]): void {
    for (const object of wanted) objects(this).set(keyOf(object), object);
    this.commit();
  }

  /** Requests the deletion of objects, and runs the controllers. */
  remove(...keys: readonly string[]): void {
    for (const key of keys) markDeleted(this, key);
    this.commit();
  }

  /** Waits for proxies that are being removed, see `letProxiesStop`. */
  wait(): void {
    letProxiesStop(this);
    this.commit();
  }

  statusOf(key: string): unknown {
    return objects(this).get(key)?.status;
  }
}
