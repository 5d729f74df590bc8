import { API_TOKEN } from "../world/api-token.ts";
import { ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";

/** Answers a request, whose path starts after the API's address; undefined if it has no such route. */
export type ApiHandler = (request: Request) => Promise<Response | undefined>;

/** One simulated system over HTTP. */
export interface HttpApi {
  /** The first handler that has the route answers. */
  readonly handlers: readonly ((world: World) => ApiHandler)[];
  /** Whether the request has the placeholder credential of the sandbox, or one that the world knows. */
  isAuthorized(request: Request, world: World): boolean;
  /** An error in the form of the API. */
  refusal(status: number, message: string): Response;
}

/** Answers a request as the API does: 401 without the credential, 404 without a route, the error of a refused call. */
export async function answer(api: HttpApi, world: World, request: Request): Promise<Response> {
  if (!api.isAuthorized(request, world)) return api.refusal(401, "the credential is not that of the sandbox");
  try {
    for (const handler of api.handlers) {
      const response = await handler(world)(request);
      if (response !== undefined) return response;
    }
    const { method, url } = request;
    return api.refusal(404, `no route for ${method} ${new URL(url).pathname}`);
  } catch (error) {
    if (error instanceof ApiError) return api.refusal(error.status, error.message);
    throw error;
  }
}

/** Whether the request has the header `Authorization: Bearer` with the placeholder credential. */
export function hasBearerToken(request: Request): boolean {
  return request.headers.get("authorization") === `Bearer ${API_TOKEN}`;
}
