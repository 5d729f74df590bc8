import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ResourceModel, SystemModel } from "../resource-model.ts";

const inputs = z.strictObject({
  length: z.number().int().min(1, "at least 1"),
  keepers: z.record(z.string(), z.string()).optional(),
});

/**
 * Random bytes, which exist only in the state. A change of any input replaces them (Pulumi Random,
 * `random.RandomBytes`).
 */
const randomBytesModel: ResourceModel<z.infer<typeof inputs>> = {
  inputs,
  replaces: ["keepers", "length"],
  secrets: ["base64", "hex"],
  create({ length }) {
    const bytes = randomBytes(length);
    const base64 = bytes.toString("base64");
    return Promise.resolve({ id: base64, outputs: { base64, hex: bytes.toString("hex") } });
  },
  read: (_id, known) => Promise.resolve(known),
  update: () => Promise.reject(new Error("random bytes cannot change in place")),
  delete: () => Promise.resolve(),
};

export function randomSystem(): SystemModel {
  return {
    resource: (type) => (type === "random:index/randomBytes:RandomBytes" ? randomBytesModel : undefined),
    functions: {},
  };
}
