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
import { withManagedFields } from "./kubernetes-objects.ts";
import { type RouteHandler, routes } from "./routes.ts";

/** The content type of a server-side apply. The model reads the JSON that clients send, which is YAML too. */
const APPLY = "application/apply-patch+yaml";

const WITHOUT_MANAGER =
  'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';

/** Writes of the API server: server-side apply (Kubernetes, "Server-Side Apply"). */
export function writesHandler(world: World): ApiHandler {
  const patch: RouteHandler = async (request) => {
    const { searchParams } = new URL(request.url);
    const [type] = (request.headers.get("content-type") ?? "").split(";");
    if (type !== APPLY) throw new ApiError(415, "415: Unsupported Media Type");
    const manager = searchParams.get("fieldManager");
    if (manager === null) throw new ApiError(422, WITHOUT_MANAGER);
    const { metadata, ...rest } = (await request.json()) as KubernetesObject;
    const { uid, ...named } = metadata;
    const fields = { ...rest, metadata: named };
    return await apiCall(world, `kubernetes PATCH ${fields.kind}`, () => {
      requireNamespace(world, fields);
      requireUid(world, fields, uid);
      const isNew = !objects(world).has(keyOf(fields));
      apply(world, fields, manager, searchParams.get("force") === "true");
      const applied = objects(world).get(keyOf(fields));
      return Response.json(applied && withManagedFields(world, applied), { status: isNew ? 201 : 200 });
    });
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
  const live = objects(world).get(keyOf(fields));
  if (uid === undefined || uid === live?.metadata.uid) return;
  if (live !== undefined)
    throw new ApiError(422, `metadata.uid: Invalid value: "${uid}": field is immutable`);
  const name = displayName(fields);
  throw new ApiError(
    409,
    `${name}: uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
}
