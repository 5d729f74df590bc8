import { prerequisitesOf } from "../prerequisites/prerequisites.ts";
import { seed } from "../prerequisites/seed.ts";
import type { Session } from "./session.ts";

/**
 * Deploys a session's stack in its new world, and ends the session.
 *
 * @returns the stack's outputs, as `pulumi stack output --json` prints them
 * @throws Error if the `up` fails
 */
export async function deployedOutputs(session: Session): Promise<Readonly<Record<string, unknown>>> {
  const prerequisites = prerequisitesOf(session.settings());
  session.withWorld((world) => {
    seed(world, prerequisites);
  });
  const { ok, errors, outputs } = await session.run("up");
  await session.close();
  if (!ok) throw new Error(errors.join("\n"));
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}
