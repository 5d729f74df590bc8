import { z } from "zod";

/** The part of the offline plan that a report needs, checked: on a pull request anybody can have written it. */
export const stackPlan = z.object({
  resources: z.array(
    z.object({
      urn: z.string(),
      type: z.string(),
      name: z.string(),
      inputs: z.record(z.string(), z.unknown()),
    }),
  ),
  outputs: z.object({
    exposure: z.array(
      z.object({
        name: z.string(),
        requested: z.string(),
        allowed: z.array(z.string()),
        route: z.string(),
      }),
    ),
  }),
});

/** What `make plan FORMAT=json` prints. */
export type StackPlan = z.infer<typeof stackPlan>;

/** One route to a service, and who may use it. */
export type ExposedRoute = StackPlan["outputs"]["exposure"][number];

/** The tailnet's policy as the stack writes it; undefined for a stack that does not write it. */
export function policyOf({ resources }: StackPlan): string | undefined {
  const text = resources.find(({ type }) => type === "tailscale:index/acl:Acl")?.inputs["acl"];
  return typeof text === "string" ? text : undefined;
}
