import {
  displayName,
  type KubernetesObject,
  objectKey,
  without,
} from "../providers/kubernetes/api-server/objects.ts";
import { letProxyStop } from "../providers/kubernetes/operator/cleanup.ts";
import { apiCall, ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import { type ApiHandler, hasBearerToken, type HttpApi } from "./api.ts";
import { apiGroups, apiResources, kindOfPlural, type ServedKind } from "./kubernetes-discovery.ts";
import { logsHandler } from "./kubernetes-logs.ts";
import { allObjects } from "./kubernetes-objects.ts";
import { proxyStates } from "./kubernetes-proxies.ts";
import { matchesSelectors } from "./kubernetes-selectors.ts";
import { writesHandler } from "./kubernetes-write.ts";
import { type PathParameters, type RouteHandler, routes } from "./routes.ts";

/** The API server of a stack's cluster (Kubernetes, "Kubernetes API Concepts"). Objects are returned as JSON. */
export const kubernetesApi: HttpApi = {
  handlers: [discoveryHandler, logsHandler, objectsHandler, writesHandler],
  isAuthorized: hasBearerToken,
  refusal: (status, message) => {
    const reason = REASONS[status] ?? "InternalError";
    const body = { apiVersion: "v1", kind: "Status", metadata: {}, status: "Failure", code: status };
    // The server does not say what is wrong with a credential.
    return Response.json({ ...body, message: status === 401 ? reason : message, reason }, { status });
  },
};

const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  415: "UnsupportedMediaType",
  422: "Invalid",
};

function discoveryHandler(world: World): ApiHandler {
  return routes({
    "GET /version": () => Promise.resolve(Response.json({ major: "1", minor: "35", gitVersion: "v1.35.0" })),
    "GET /api": () => Promise.resolve(Response.json({ kind: "APIVersions", versions: ["v1"] })),
    "GET /apis": () => Promise.resolve(Response.json(apiGroups(world))),
    "GET /api/:version": (_, { version = "" }) => Promise.resolve(discovered(world, version)),
    "GET /apis/:group/:version": (_, { group = "", version = "" }) =>
      Promise.resolve(discovered(world, `${group}/${version}`)),
  });
}

function discovered(world: World, groupVersion: string): Response {
  const resources = apiResources(world, groupVersion);
  // The server has no such path, so the answer is no Status.
  if (resources.length === 0) return new Response("404 page not found\n", { status: 404 });
  return Response.json({ kind: "APIResourceList", apiVersion: "v1", groupVersion, resources });
}

function objectsHandler(world: World): ApiHandler {
  const list: RouteHandler = async (request, parameters) => {
    const served = requireServed(world, parameters);
    const { searchParams } = new URL(request.url);
    const states = await proxyStates(world);
    const items = await apiCall(world, `kubernetes LIST ${served.kind}`, () =>
      allObjects(world, states).filter(
        (object) => isOfKind(object, served, parameters) && matchesSelectors(object, searchParams),
      ),
    );
    return Response.json({
      apiVersion: served.apiVersion,
      kind: `${served.kind}List`,
      metadata: { resourceVersion: "1" },
      // As the real server does, the kind is left out of the items of built-in kinds.
      items: served.builtIn ? items.map((item) => without(item, "apiVersion", "kind")) : items,
    });
  };
  const read: RouteHandler = async (_, parameters) => {
    const served = requireServed(world, parameters);
    const { name = "" } = parameters;
    const states = await proxyStates(world);
    const object = await apiCall(world, `kubernetes GET ${served.kind}`, () => {
      letProxyStop(world, objectKey(served.kind, parameters["namespace"], name));
      const found = allObjects(world, states).find(
        (one) => isOfKind(one, served, parameters) && one.metadata.name === name,
      );
      if (found !== undefined) return found;
      throw new ApiError(404, `${displayName({ ...served, metadata: { name } })} not found`);
    });
    return Response.json(object);
  };
  const paths = ["/api/:version", "/apis/:group/:version"];
  return routes(
    Object.fromEntries(
      paths.flatMap((path) => [
        [`GET ${path}/:plural`, list],
        [`GET ${path}/namespaces/:namespace/:plural`, list],
        [`GET ${path}/:plural/:name`, read],
        [`GET ${path}/namespaces/:namespace/:plural/:name`, read],
      ]),
    ),
  );
}

function isOfKind({ apiVersion, kind, metadata }: KubernetesObject, served: ServedKind, at: PathParameters) {
  const { namespace } = at;
  return (
    apiVersion === served.apiVersion &&
    kind === served.kind &&
    (namespace === undefined || metadata.namespace === namespace)
  );
}

/** @throws ApiError 404, as for a path that the API server does not serve */
export function requireServed(
  world: World,
  { group, version = "", plural = "" }: PathParameters,
): ServedKind {
  const apiVersion = group === undefined ? version : `${group}/${version}`;
  const served = kindOfPlural(world, apiVersion, plural);
  if (served !== undefined) return served;
  throw new ApiError(404, "the server could not find the requested resource");
}
