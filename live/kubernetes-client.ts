import type { CoreV1Api, KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { connectionError, type LiveCall, LiveError, oneLine, statusError } from "./live-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { TIME_LIMIT_MS, withinTimeLimit } from "./time-limit.ts";

/** An object as the API server returns it. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata;
  readonly [field: string]: unknown;
}

export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly ManagedFields[];
}

/** The fields that one manager owns (Kubernetes, "Server-Side Apply"). */
export interface ManagedFields {
  readonly manager?: string;
  readonly fieldsV1?: object;
}

/** Fields of an object to apply, with those that identify it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes over fields that other managers own with another value. */
  readonly force: boolean;
}

/** Which objects of a kind to list; default: all of them. */
export interface ObjectSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** A pod, and which of its containers is meant. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  /** Not needed for a pod with one container. */
  readonly container?: string;
}

/**
 * Reads a cluster as the Kubernetes provider does: with `kubernetes:kubeconfig` (a path or the content), or KUBECONFIG,
 * or `~/.kube/config`, and there with `kubernetes:context`.
 *
 * Each method throws a LiveError that names the verb and resource it needs.
 */
export class KubernetesClient {
  /** The context that is used; the cluster's address is `server`. */
  readonly context: string;
  readonly server: string;
  readonly #api: KubernetesObjectApi;
  readonly #core: CoreV1Api;
  readonly #limitMs: number;

  private constructor(
    config: KubeConfig,
    server: string,
    { api, core }: { readonly api: KubernetesObjectApi; readonly core: CoreV1Api },
    limitMs: number,
  ) {
    this.context = config.getCurrentContext();
    this.server = server;
    this.#api = api;
    this.#core = core;
    this.#limitMs = limitMs;
  }

  /** @throws LiveError `credential` if there is no kubeconfig, or it lacks the context */
  static async fromSettings(settings: ProviderSettings, limitMs = TIME_LIMIT_MS): Promise<KubernetesClient> {
    // Loading it takes 0.2 s, which commands that read no cluster need not wait for.
    const { CoreV1Api, KubeConfig, KubernetesObjectApi } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    const kubeconfig = settings.get("kubernetes:kubeconfig", "KUBECONFIG");
    try {
      if (kubeconfig === undefined) config.loadFromDefault();
      else if (kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{")) {
        config.loadFromString(kubeconfig);
      } else loadFiles(config, new KubeConfig(), kubeconfig, settings.variable("HOME"));
    } catch (error) {
      throw kubeconfigError((error as Error).message);
    }
    const context = settings.get("kubernetes:context");
    if (context !== undefined) {
      requireContext(config, context);
      config.setCurrentContext(context);
    }
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) throw kubeconfigError("no current context");
    const apis = { api: KubernetesObjectApi.makeApiClient(config), core: config.makeApiClient(CoreV1Api) };
    return new KubernetesClient(config, server, apis, limitMs);
  }

  /** One object; undefined if it does not exist, or if the cluster does not serve its kind. */
  async read(
    apiVersion: string,
    kind: string,
    { namespace, name }: { readonly namespace?: string | undefined; readonly name: string },
  ): Promise<LiveObject | undefined> {
    const place = namespace === undefined ? name : `${namespace}/${name}`;
    const call = { subject: `${kind} ${place}`, permission: `the verb get on ${resource(apiVersion, kind)}` };
    return await this.#orMissing(call, async () => {
      const metadata = { name, ...(namespace !== undefined && { namespace }) };
      return plain(await this.#api.read({ apiVersion, kind, metadata })) as LiveObject;
    });
  }

  /** All objects of a kind; undefined if the cluster does not serve it. */
  async list(
    apiVersion: string,
    kind: string,
    { namespace, labelSelector }: ObjectSelection = {},
  ): Promise<readonly LiveObject[] | undefined> {
    const where = namespace === undefined ? "all namespaces" : `namespace ${namespace}`;
    const subject = `objects of kind ${kind} in ${where}`;
    const call = { subject, permission: `the verb list on ${resource(apiVersion, kind)} in ${where}` };
    return await this.#orMissing(call, async () => {
      const { items } = await this.#api.list(
        apiVersion,
        kind,
        namespace,
        undefined,
        undefined,
        undefined,
        undefined,
        labelSelector,
      );
      // The API server leaves the kind out of a list's items.
      return items.map((item) => ({ ...(plain(item) as LiveObject), apiVersion, kind }));
    });
  }

  /**
   * The last lines of a container's log; after a crash, those of its last run. Undefined if the pod does not exist.
   */
  async podLog(pod: PodReference, lines: number): Promise<string | undefined> {
    const subject = `log of Pod ${pod.namespace}/${pod.name}`;
    const call = { subject, permission: "the verb get on pods/log" };
    return await this.#orMissing(
      call,
      async () => await this.#core.readNamespacedPodLog({ ...pod, tailLines: lines }),
    );
  }

  /**
   * Writes fields by server-side apply. A field that the manager applied before and that is missing now is given up.
   *
   * @throws LiveError with status 409, and all conflicts, if other managers own some of the fields
   */
  async apply(manifest: Manifest, { fieldManager, force }: ApplyOptions): Promise<void> {
    const { PatchStrategy } = await import("@kubernetes/client-node");
    const { apiVersion, kind, metadata } = manifest;
    const place = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    const permission = `the verbs get, create and patch on ${resource(apiVersion, kind)}`;
    const call = { subject: `${kind} ${place}`, permission };
    await withinTimeLimit(call, this.#limitMs, async () => {
      try {
        const strategy = PatchStrategy.ServerSideApply;
        await this.#api.patch(manifest, undefined, undefined, fieldManager, force, strategy);
      } catch (error) {
        const { code, body } = error as { code?: unknown; body?: unknown };
        throw code === 409 ? conflictError(call, messageOf(body)) : this.#asLiveError(call, error);
      }
    });
  }

  async #orMissing<T>(call: LiveCall, request: () => Promise<T>): Promise<T | undefined> {
    return await withinTimeLimit(call, this.#limitMs, async () => {
      try {
        return await request();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw this.#asLiveError(call, error);
      }
    });
  }

  #asLiveError(call: LiveCall, error: unknown): LiveError {
    const { code, body } = error as { code?: unknown; body?: unknown };
    if (typeof code === "number")
      return statusError(call, `the API server ${this.server}`, code, messageOf(body));
    return connectionError(call, this.server, error);
  }
}

/** The server lists each conflict with its manager, one a line if there are several. */
function conflictError({ subject }: LiveCall, message: string): LiveError {
  const found = message.replaceAll(/\s*\n\s*/g, " ");
  const issue = {
    path: subject,
    found,
    allowed: "fields that no other field manager owns with another value",
    fix: "remove these fields where the other manager defines them",
  };
  return new LiveError("unexpected", issue, 409);
}

/** KUBECONFIG may list several files, whose contexts are merged. */
function loadFiles(config: KubeConfig, other: KubeConfig, paths: string, home: string | undefined): void {
  const [first = "", ...others] = paths
    .split(process.platform === "win32" ? ";" : ":")
    .filter((path) => path !== "")
    .map((path) => (path.startsWith("~/") && home !== undefined ? `${home}${path.slice(1)}` : path));
  config.loadFromFile(first);
  for (const path of others) {
    other.loadFromFile(path);
    config.mergeConfig(other, true);
  }
}

function requireContext(config: KubeConfig, context: string): void {
  if (config.getContextObject(context) !== null) return;
  const names = config.getContexts().map(({ name }) => name);
  throw new LiveError("credential", {
    path: "kubernetes:context",
    found: JSON.stringify(context),
    allowed: `a context of the kubeconfig: ${names.join(", ")}`,
    fix: "choose one of these, or set kubernetes:kubeconfig to the file that has it",
  });
}

/** The message may quote the file's content, so only its first line is kept, and of that nothing that is quoted. */
function kubeconfigError(message: string): LiveError {
  return new LiveError("credential", {
    path: "kubeconfig",
    found: oneLine(message.replaceAll(/"[^"]*"/g, '"…"')),
    allowed: "a kubeconfig with a current context",
    fix: "set kubernetes:kubeconfig or KUBECONFIG to its path, and kubernetes:context if it has several contexts",
  });
}

/** `ingresses.networking.k8s.io` would need the server's list of kinds, which an error cannot ask for. */
function resource(apiVersion: string, kind: string): string {
  const [group, version] = apiVersion.split("/");
  return version === undefined ? `kind ${kind}` : `kind ${kind} of ${group ?? ""}`;
}

/** An answer 404, or a kind that a served group does not have. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === 404 || /^Unrecognized API version and kind/.test(String(message));
}

function messageOf(body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

/** The client turns times into Date objects; a manifest has texts. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
