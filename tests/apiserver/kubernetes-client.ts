import { Client } from "undici";
import type { Manifest, ObjectReference } from "../support/manifest.ts";
import { poll } from "./poll.ts";

/** A request that the API server refused. The message is the server's. */
export class ApiServerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiServerError";
    this.status = status;
  }
}

export interface ApplyOptions {
  /** Owner of the applied fields. Default: `tailnet-edge`. */
  readonly fieldManager?: string;
  /** Whether to take over fields that others own. Default: false, so they are a conflict. */
  readonly force?: boolean;
}

const SERVED_ATTEMPTS = 300;

/**
 * Sends objects to an API server unchanged.
 *
 * The official client cannot test manifests: it converts known kinds to its own models, which drop unknown fields,
 * so a `spec` indented under `metadata` never reaches the server.
 */
export class KubernetesClient {
  readonly #http: Client;
  readonly #authorization: string;

  constructor(url: string, token: string, certificateAuthority: string) {
    this.#http = new Client(url, { connect: { ca: certificateAuthority } });
    this.#authorization = `Bearer ${token}`;
  }

  /** Sends a GET request. Returns parsed JSON, or text if the answer is not JSON. */
  async get(path: string): Promise<unknown> {
    return await this.#send("GET", path);
  }

  /**
   * Creates or changes an object by server-side apply and returns it as stored. A field that the kind does not
   * declare is an error. For a CustomResourceDefinition, waits until the server serves its kind.
   */
  async apply(
    object: Manifest,
    { fieldManager = "tailnet-edge", force = false }: ApplyOptions = {},
  ): Promise<Manifest> {
    const path = `${await this.#path(object)}?fieldManager=${fieldManager}&force=${force}`;
    const applied = await this.#send("PATCH", path, object);
    if (object.kind === "CustomResourceDefinition") await this.#untilServed(object);
    return applied as Manifest;
  }

  /** Writes an object's status, as its controller does. */
  async applyStatus(object: Manifest): Promise<void> {
    await this.#send("PATCH", `${await this.#path(object)}/status?fieldManager=status&force=true`, object);
  }

  /** Returns the object as stored. */
  async read(reference: ObjectReference): Promise<Manifest> {
    return (await this.get(await this.#path(reference))) as Manifest;
  }

  /**
   * Requests an object's deletion. Without controllers nothing removes finalizers: a Namespace stays in the phase
   * Terminating.
   */
  async delete(reference: ObjectReference): Promise<void> {
    await this.#send("DELETE", await this.#path(reference));
  }

  /** Closes the connection and aborts pending requests. */
  async close(): Promise<void> {
    await this.#http.destroy();
  }

  /** The object's path. The server's discovery maps its kind to a resource and a scope. */
  async #path({ apiVersion, kind, metadata }: ObjectReference): Promise<string> {
    const group = groupPath(apiVersion);
    const resource = (await this.#resources(group)).find((candidate) => candidate.kind === kind);
    if (resource === undefined) {
      throw new ApiServerError(404, `the API server has no kind ${kind} in ${apiVersion}`);
    }
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${group}${namespace}/${resource.name}/${metadata.name}`;
  }

  async #resources(group: string): Promise<readonly ApiResource[]> {
    const { resources } = (await this.get(group)) as { resources: readonly ApiResource[] };
    return resources.filter((resource) => !resource.name.includes("/"));
  }

  /** The server does not serve the kind of a new definition at once. */
  async #untilServed(definition: Manifest): Promise<void> {
    const { group, names, versions } = definition["spec"] as CustomResourceDefinitionSpec;
    for (const version of versions.filter(({ served }) => served)) {
      const apiVersion = `${group}/${version.name}`;
      await poll(`${names.kind} in ${apiVersion}`, SERVED_ATTEMPTS, async () => {
        const resources = await this.#resources(groupPath(apiVersion)).catch(() => []);
        return resources.find(({ kind }) => kind === names.kind);
      });
    }
  }

  async #send(method: "GET" | "PATCH" | "DELETE", path: string, object?: Manifest): Promise<unknown> {
    const headers = {
      authorization: this.#authorization,
      // The content type of a server-side apply. JSON is valid YAML.
      ...(object === undefined ? {} : { "content-type": "application/apply-patch+yaml" }),
    };
    const body = object === undefined ? null : JSON.stringify(object);
    const response = await this.#http.request({ method, path, headers, body });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new ApiServerError(response.statusCode, messageOf(text));
    return response.headers["content-type"] === "application/json" ? JSON.parse(text) : text;
  }
}

interface ApiResource {
  /** Plural name. The name of a subresource contains a slash. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface CustomResourceDefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The message of a Status object. A proxy or an early failure can answer with plain text. */
function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body;
  }
}
