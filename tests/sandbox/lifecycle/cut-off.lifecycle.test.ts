import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callCounts, faults, plantFault } from "../../../sandbox/world/api.ts";
import { ALREADY_THERE, removeByHand, removeUnused } from "./recovery.ts";
import { type CutOff, upInProcess } from "./cut-off.ts";
import { endState } from "./end-state.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

let project: RealProject<OzilabChanges>;
/** Each begins where `before` leaves the stack, and does everything in one up. */
const CASES = [
  { title: "the first up", before: undefined, changes: {} },
  {
    title: "a rotation with another chart and one hostname more",
    before: {},
    changes: { serial: 2, chartVersion: "1.98.4", hostnames: ["app.example.com", "b.example.com"] },
  },
] as const;

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    around: { zones: [{ name: "example.com" }] },
  });
});

afterAll(async () => {
  await project.remove();
});

const totalCalls = () =>
  project.look((world) => Object.values(callCounts(world)).reduce((sum, count) => sum + count, 0));

describe.each(CASES)("$title", ({ before, changes }) => {
  let restore: () => void;
  let uninterrupted: ReturnType<typeof endState>;
  let calls: number;
  let resources: number;

  beforeAll(async () => {
    project.reset();
    if (before) await project.up(before);
    else await project.run("preview");
    restore = project.remember();
    const counted = totalCalls();
    resources = (await project.upInOrder(changes)).length;
    calls = totalCalls() - counted;
    uninterrupted = project.look(endState);
  });

  const isWhole = async () => {
    expect(project.look(endState)).toEqual(uninterrupted);
    const { ok, steps } = await project.run("preview");
    expect([ok, steps]).toEqual([true, []]);
  };

  /** Runs again, as the message of the death says, and takes out by hand what is there already. */
  const upWithCures = async ({ message, underWay }: NonNullable<CutOff["died"]>) => {
    for (let cures = 0; cures <= underWay.length; cures += 1) {
      const { ok, errors } = await project.run("up");
      if (ok) return;
      const failures = errors.filter((error) => error !== "update failed");
      for (const failure of failures) {
        expect(failure).toMatch(ALREADY_THERE);
        const found = underWay.find(({ name }) => failure.startsWith(`${name}: `));
        if (found === undefined) throw new Error(`${failure}\nwas not under way:\n${message}`);
        expect(message).toContain(` ${found.name}`);
        project.look((world) => {
          removeByHand(world, found);
        });
      }
    }
    throw new Error(`no cure:\n${message}`);
  };

  // A call that was answered at the moment of the death is as lost as the one that died of it.
  test.each(["before", "after"] as const)(
    "cut off %s any of its calls, is done by the next up, or by one after the cure that is named",
    async (crash) => {
      for (let call = 0; call < calls; call += 1) {
        restore();
        project.configure(changes);
        project.look((world) => {
          plantFault(world, { operation: "", after: call, effect: { crash } });
        });
        const { died } = await upInProcess(project);
        if (died === undefined) throw new Error(`call ${call} was not cut off`);
        await upWithCures(died);
        project.look(removeUnused);
        await isWhole();
      }
    },
  );

  test("stopped by Ctrl-C at any resource, is done by the next up", async () => {
    for (let resource = 1; resource <= resources; resource += 1) {
      restore();
      project.configure(changes);
      // A call that is under way for a while: Ctrl-C comes before its end.
      project.look((world) => {
        plantFault(world, { operation: "", times: 100, effect: { slowMs: 200 } });
      });
      const { ok, errors, begun } = await upInProcess(project, resource);
      expect(begun).toBeGreaterThanOrEqual(resource);
      expect([ok, errors]).toEqual([false, [expect.stringMatching(/cancell?ed/)]]);
      project.look((world) => {
        for (const [id] of [...faults(world)]) faults(world).delete(id);
      });
      await project.up(changes);
      await isWhole();
    }
  });
});
