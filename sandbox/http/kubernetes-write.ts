import { requireNamespace } from "../providers/kubernetes/api-server/admission.ts";
import {
  displayName,
  keyOf,
  type KubernetesObject,
  objects,
} from "../providers/kubernetes/api-server/objects.ts";
import { apply } from "../providers/kubernetes/api-server/server-side-apply.ts";
import { apiCall, ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import type { ApiHandler } from "./api.ts";
import { type RouteHandler, routes } from "./routes.ts";

/** The content type of a server-side apply. The model reads the JSON that clients send, which is YAML too. */
const APPLY = "application/apply-patch+yaml";

/** Writes of the API server: server-side apply (Kubernetes, "Server-Side Apply"). */
export function writesHandler(world: World): ApiHandler {
  const patch: RouteHandler = async (request) => {
    const { searchParams } = new URL(request.url);
    const [type] = (request.headers.get("content-type") ?? "").split(";");
    if (type !== APPLY) throw new ApiError(415, `the sandbox applies only ${APPLY}, not ${type ?? ""}`);
    const manager = searchParams.get("fieldManager");
    if (manager === null)
      throw new ApiError(400, "fieldManager: Required value: is required for apply patch");
    const { metadata, ...rest } = (await request.json()) as KubernetesObject;
    const { uid, ...named } = metadata;
    const fields = { ...rest, metadata: named };
    const applied = await apiCall(world, `kubernetes PATCH ${fields.kind}`, () => {
      requireNamespace(world, fields);
      requireUid(world, fields, uid);
      apply(world, fields, manager, searchParams.get("force") === "true");
      return objects(world).get(keyOf(fields));
    });
    return Response.json(applied);
  };
  const paths = ["/api/:version", "/apis/:group/:version"];
  return routes(
    Object.fromEntries(
      paths.flatMap((path) => [
        [`PATCH ${path}/:plural/:name`, patch],
        [`PATCH ${path}/namespaces/:namespace/:plural/:name`, patch],
      ]),
    ),
  );
}

/** An apply with a UID is for one object: the server does not create another one of that name. */
function requireUid(world: World, fields: KubernetesObject, uid: string | undefined): void {
  const found = objects(world).get(keyOf(fields))?.metadata.uid;
  if (uid === undefined || uid === found) return;
  throw new ApiError(
    409,
    `uid mismatch: the provided object specified uid ${uid}, and ${displayName(fields)} has none`,
  );
}
