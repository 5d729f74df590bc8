import type { ApiHandler } from "./api.ts";

/** Values of the named parts of a route's path. */
export type PathParameters = Readonly<Record<string, string>>;

export type RouteHandler = (request: Request, parameters: PathParameters) => Promise<Response>;

/**
 * A handler of the listed routes: the first one that matches answers.
 *
 * @param table - by method and path, with named parts: `GET /zones/:zone/dns_records/:record`
 */
export function routes(table: Readonly<Record<string, RouteHandler>>): ApiHandler {
  const entries = Object.entries(table).map(([route, handler]) => {
    const [method = "", pathname = ""] = route.split(" ");
    return { method, pattern: new URLPattern({ pathname }), handler };
  });
  return async (request) => {
    for (const { method, pattern, handler } of entries) {
      const match = method === request.method ? pattern.exec(request.url) : null;
      if (match !== null) return await handler(request, decoded(match.pathname.groups));
    }
    return undefined;
  };
}

function decoded(groups: Readonly<Record<string, string | undefined>>): PathParameters {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value = ""]) => [name, decodeURIComponent(value)]),
  );
}
