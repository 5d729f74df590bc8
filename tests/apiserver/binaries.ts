import { join } from "node:path";
import { cachedTool } from "../../tools/cached-tool.ts";
import { buildGoProgram } from "../../tools/go.ts";

/** The Kubernetes version that tools/apiserver/go.mod pins. */
export const KUBERNETES_VERSION = "v1.35.0";

const module = join(import.meta.dirname, "..", "..", "tools", "apiserver");

export interface ApiServerBinaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
}

/** Paths of etcd and kube-apiserver. If not cached, builds the versions that tools/apiserver/go.mod pins. */
export async function apiServerBinaries(): Promise<ApiServerBinaries> {
  const folder = await cachedTool({
    name: `apiserver-${KUBERNETES_VERSION}`,
    source: module,
    build: async (into, report) => {
      await buildGoProgram({
        module,
        package: "go.etcd.io/etcd/server/v3",
        output: join(into, "etcd"),
        report,
      });
      await buildGoProgram({
        module,
        package: "k8s.io/kubernetes/cmd/kube-apiserver",
        output: join(into, "kube-apiserver"),
        linkerFlags: versionFlags(),
        report,
      });
    },
  });
  return { etcd: join(folder, "etcd"), kubeApiserver: join(folder, "kube-apiserver") };
}

/** A plain Go build does not set the version: without these flags the server reports v0.0.0-master. */
function versionFlags(): string {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split(".");
  const values = { gitVersion: KUBERNETES_VERSION, gitMajor: major, gitMinor: minor };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value ?? ""}`)
    .join(" ");
}
