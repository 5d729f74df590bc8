import { z } from "zod";
import { POOL_LOCATIONS } from "../../components/public-edge/worker-settings.ts";
import { dnsLabel, funnelName } from "./name-fields.ts";
import { integer } from "./number-fields.ts";
import { strict } from "./strict-object.ts";

const pool = strict("How Durable Objects keep connections to the Funnel, with connections: pooled.", {
  objects: integer("Number of objects that share the requests. Each one keeps up to six connections.", {
    min: 1,
    max: 64,
  }).default(1),
  location: z.enum(POOL_LOCATIONS).optional().meta({
    description: "Region of the objects: the one next to the cluster. Default: near the first visitor.",
  }),
  idleTimeout: integer("Seconds for which an idle connection is kept.", { min: 1, max: 600 }).default(15),
});

/** The Worker of the hostnames with via: worker. */
export const worker = strict("The Worker of the hostnames with via: worker.", {
  name: dnsLabel("Name of its script in the Cloudflare account. Default: funnel.hostname.").optional(),
  origins: z.array(funnelName("The ts.net name of another cluster's Funnel.")).max(3).default([]).meta({
    description:
      "Funnels of other clusters that serve the same hostnames. A request goes to the first healthy one: this stack's Funnel, then these in order.",
  }),
  connectTimeout: integer(
    "Seconds that TCP and TLS may take together, to all Funnels that a request tries.",
    {
      min: 1,
      max: 60,
    },
  ).default(10),
  responseTimeout: integer("Seconds from the end of a request to the head of its response.", {
    min: 1,
    max: 600,
  }).default(100),
  connections: z.enum(["single", "pooled"]).default("single").meta({
    description:
      "single: a connection to the Funnel for each request. pooled: GET, HEAD and OPTIONS requests share connections that a Durable Object keeps.",
  }),
  pool: pool.prefault({}),
}).prefault({});
