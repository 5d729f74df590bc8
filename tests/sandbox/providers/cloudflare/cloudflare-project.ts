import { afterAll } from "vitest";
import { zones } from "../../../../sandbox/providers/cloudflare/zones.ts";
import { InlineProject } from "../../inline-project.ts";

export interface CloudflareProject {
  readonly project: InlineProject;
  /** ID of the zone example.com, on the Enterprise plan. */
  readonly enterprise: string;
  /** ID of the zone example.org, on the Free plan. */
  readonly free: string;
}

/** The project of all tests of a file, which removes it after the last one. */
export async function cloudflareProject(): Promise<CloudflareProject> {
  const project = await InlineProject.create({
    zones: [{ name: "example.com" }, { name: "example.org", plan: "free" }],
  });
  afterAll(async () => {
    await project.remove();
  });
  const [enterprise = "", free = ""] = project.session.withWorld((world) =>
    [...zones(world)].map(([id]) => id),
  );
  return { project, enterprise, free };
}
