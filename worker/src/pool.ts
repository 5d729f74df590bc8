export { OriginPool } from "./origin-pool.ts";

/** The script of the pool serves no route; only the edge Worker calls its Durable Objects. */
export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler;
