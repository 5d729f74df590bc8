import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NEXT_CHART_VERSION } from "../../../sandbox/providers/kubernetes/helm/chart.ts";
import { callCounts, faults, injectFault } from "../../../sandbox/world/api.ts";
import { type CutOff, upInProcess } from "./cut-off.ts";
import { endState } from "./end-state.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";
import { ALREADY_THERE, removeByHand, removeUnusedCredentials } from "./recovery.ts";

/** A stack's state and the one update of it that is cut off. */
interface Update {
  readonly title: string;
  /** The configuration that is deployed before; undefined for a first up. */
  readonly before: Partial<OzilabChanges> | undefined;
  readonly changes: Partial<OzilabChanges>;
}

export const FIRST_UP: Update = { title: "the first up", before: undefined, changes: {} };

export const THREE_CHANGES: Update = {
  title: "a rotation with another chart and one more hostname",
  before: {},
  changes: { serial: 2, chartVersion: NEXT_CHART_VERSION, hostnames: ["app.example.com", "b.example.com"] },
};

/** Ends a sweep that hangs. A whole one runs some 50 updates one after the other. */
const SWEEP_TIMEOUT_MS = 3_600_000;

/** Chooses the places at which an update is cut off: the whole sweep, or a sample of it. */
type Choose = (places: readonly number[]) => readonly number[];

/**
 * Cuts one update off at each chosen place, and checks that the next up, or the recovery that the message
 * names, ends where an uninterrupted update does.
 */
export function testCutOffs({ title, before, changes }: Update, choose: Choose): void {
  describe(title, () => {
    let project: RealProject<OzilabChanges>;
    let restore: () => void;
    let uninterrupted: ReturnType<typeof endState>;
    let calls: number;
    let resources: number;

    const totalCalls = () =>
      project.withWorld((world) => Object.values(callCounts(world)).reduce((sum, count) => sum + count, 0));

    beforeAll(async () => {
      project = await RealProject.create({
        configOf: ozilabConfig,
        prerequisites: { zones: [{ name: "example.com" }] },
      });
      project.reset();
      if (before) await project.up(before);
      else await project.run("preview");
      restore = project.snapshot();
      const counted = totalCalls();
      resources = (await project.upInOrder(changes)).length;
      calls = totalCalls() - counted;
      uninterrupted = project.withWorld(endState);
    });

    afterAll(async () => {
      await project.remove();
    });

    const expectRecovered = async () => {
      expect(project.withWorld(endState)).toEqual(uninterrupted);
      const { ok, steps } = await project.run("preview");
      expect([ok, steps]).toEqual([true, []]);
    };

    /** Runs again, as the message says, and removes what already exists without being in the state. */
    const upWithRecovery = async ({ message, underWay }: NonNullable<CutOff["providerCrash"]>) => {
      for (let attempt = 0; attempt <= underWay.length; attempt += 1) {
        const { ok, errors } = await project.run("up");
        if (ok) return;
        const failures = errors.filter((error) => error !== "update failed");
        for (const failure of failures) {
          expect(failure).toMatch(ALREADY_THERE);
          const found = underWay.find(({ name }) => failure.startsWith(`${name}: `));
          if (found === undefined) throw new Error(`${failure}\nwas not in progress:\n${message}`);
          expect(message).toContain(` ${found.name}`);
          project.withWorld((world) => {
            removeByHand(world, found);
          });
        }
      }
      throw new Error(`no recovery:\n${message}`);
    };

    // The engine gets no answer to the call during which the providers crash, before or after it takes effect.
    test.each(["before", "after"] as const)(
      "crashed %s an API call: the next up completes it, or the one after the recovery that the message names",
      { timeout: SWEEP_TIMEOUT_MS },
      async (crash) => {
        for (const call of choose(range(0, calls))) {
          restore();
          project.configure(changes);
          project.withWorld((world) => {
            injectFault(world, { operation: "", after: call, effect: { crash } });
          });
          const { providerCrash } = await upInProcess(project);
          if (providerCrash === undefined) throw new Error(`call ${call} was not cut off`);
          await upWithRecovery(providerCrash);
          project.withWorld(removeUnusedCredentials);
          await expectRecovered();
        }
      },
    );

    test(
      "stopped by Ctrl-C at a resource: the next up completes it",
      { timeout: SWEEP_TIMEOUT_MS },
      async () => {
        for (const resource of choose(range(1, resources + 1))) {
          restore();
          project.configure(changes);
          // Slow calls, so that Ctrl-C arrives before the call ends.
          project.withWorld((world) => {
            injectFault(world, { operation: "", times: 100, effect: { slowMs: 200 } });
          });
          const { ok, errors, started } = await upInProcess(project, resource);
          expect(started).toBeGreaterThanOrEqual(resource);
          expect([ok, errors]).toEqual([false, [expect.stringMatching(/cancell?ed/)]]);
          project.withWorld((world) => {
            for (const [id] of [...faults(world)]) faults(world).delete(id);
          });
          await project.up(changes);
          await expectRecovered();
        }
      },
    );
  });
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
