import { z } from "zod";
import { dnsLabel } from "./name-fields.ts";
import { integer } from "./number-fields.ts";
import { strict } from "./strict-object.ts";
import { line } from "./text-fields.ts";

const settings = strict("The origin lock, with settings.", {
  serial: integer(
    "Raise it to rotate the secret. The old secret is accepted until the next up after the rotation.",
    { min: 1 },
  ).default(1),
  enforce: z.boolean().default(true).meta({
    description: "false: Cloudflare sends the secret, but Traefik does not demand it.",
  }),
  namespace: dnsLabel(
    "Namespace of the lock's Traefik objects. Default: funnel.backend.namespace. Traefik must watch it.",
  ).optional(),
  entryPoints: z.array(line("Name of an entry point.")).default([]).meta({
    description:
      "Traefik's entry points that the Funnel's backend leads to. Needed if some entry points have asDefault and these do not. Default: Traefik's default entry points.",
  }),
  ingressClass: line(
    "The value of Traefik's providers.kubernetesCRD.ingressClass. Needed if it is set: Traefik then ignores objects of other classes.",
  ).optional(),
});

/** The origin lock: off, on, or on with settings. */
export const originLock = z
  .union([z.boolean(), settings], { error: "true, false, or { serial: <number>, … }" })
  .default(false)
  .meta({
    description:
      "true: Traefik answers 403 to every request through Funnel that did not pass Cloudflare. Needs Traefik 3 as the Funnel's backend.",
  });
