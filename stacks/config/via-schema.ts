import { z } from "zod";
import type { RequestedVia } from "../../components/public-edge/resolve-via.ts";
import type { Via, ViaKind, ViaWord } from "../../components/public-edge/via.ts";
import { publicName } from "./name-fields.ts";
import { strict } from "./strict-object.ts";

/** Every word that `via` can be, and what it does. */
const WORDS = {
  "origin-rule": "to the Funnel, with its ts.net name as SNI",
  worker: "to the Funnel through a Worker, on every plan",
  auto: "origin-rule if the zone's plan has the SNI override, else worker",
  "cname-only": "only the record, to test a cutover",
} satisfies Record<ViaWord | "auto", string>;

/** Every object that `via` can be, by its key. */
const OBJECTS = {
  cname: strict("to another target, for example back to a cloudflared tunnel", {
    cname: publicName("The target, such as <id>.cfargotunnel.com."),
  }),
} satisfies Record<Exclude<ViaKind, ViaWord>, z.ZodType<Exclude<Via, string>>>;

const words = Object.keys(WORDS) as (keyof typeof WORDS)[];
const objects = Object.entries(OBJECTS).map(([key, { description = "" }]) => ({
  form: `{ ${key}: <target> }`,
  description,
}));

/** The `via` of one hostname. */
export const via = z
  .union([z.enum(words), ...Object.values(OBJECTS)], {
    error: `${words.join(", ")}, or ${objects.map(({ form }) => form).join(", ")}`,
  })
  .meta({
    description: [
      ...Object.entries(WORDS).map(([word, description]) => `${word}: ${description}.`),
      ...objects.map(({ form, description }) => `${form}: ${description}.`),
    ].join(" "),
  }) satisfies z.ZodType<RequestedVia>;

/** The `via` of every hostname that has none of its own. */
export const defaultVia = via.default("origin-rule").meta({
  description: "The via of every hostname that has none of its own.",
}) satisfies z.ZodType<RequestedVia>;
