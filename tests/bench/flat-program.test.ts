import { expect, test } from "vitest";
import type { Size } from "../../bench/sandbox-figures.ts";
import { programOf, zonesOf } from "../../bench/sandbox-programs.ts";
import type { RecordedResource, Recording } from "../../plan/recording/recording.ts";
import { publicEdge, publicEdgeAnswers, recordStack } from "../support/record-stack.ts";
import { recordProgram } from "../support/recording.ts";

/**
 * What the stack says of a resource and a program written by hand would not. All else must be the same; and
 * each entry must differ, or it does not belong here.
 */
const OF_THE_STACK_ALONE = [
  // A digest of the post-renderer's source, so that a change of it reaches the release.
  { type: "kubernetes:helm.sh/v3:Release", part: "inputs", field: "description" },
  // The stack writes over a live policy only after comparing it with its own.
  { type: "tailscale:index/acl:Acl", part: "inputs", field: "overwriteExistingContent" },
  { type: "tailscale:index/acl:Acl", part: "options", field: "ignoreChanges" },
  // The credential's serial, by which it is rotated.
  { type: "tailscale:index/oauthClient:OauthClient", part: "options", field: "replacementTrigger" },
] as const;

/** The stack recognises its cluster; a program written by hand would not. */
const CLUSTER = "object-fields:index:Cluster";

/** Provider functions that the stack calls and a program written by hand would not. */
const LOOKUPS_OF_THE_STACK_ALONE = ["tailscale:index/getAcl:getAcl"];

async function recordBoth(size: Size): Promise<{ ozilab: Recording; flat: Recording }> {
  const zones = zonesOf(size);
  const edge = publicEdge(
    zones.flatMap(({ hosts }) => hosts),
    zones.map(({ name }) => name),
  );
  const answers = publicEdgeAnswers("ozilab-edge.tail1234.ts.net");
  return {
    ozilab: await recordStack("ozilab", { config: { publicEdge: edge }, answers, preview: false }),
    flat: await recordProgram(programOf("flat", size), answers, false),
  };
}

/** Without components, which no system has, and without names and parents, which are each program's own. */
function comparable({ resources }: Recording) {
  const types = new Map(resources.map(({ urn, type }) => [urn, type]));
  return resources
    .filter(({ type }) => !/^(pulumi|tailnet-edge):/.test(type) && type !== CLUSTER)
    .map((resource) => ({
      type: resource.type,
      inputs: without(resource, "inputs"),
      secretInputs: resource.secretInputs,
      options: without(resource, "options"),
      waitsFor: resource.dependsOn.map((urn) => types.get(urn)).sort(),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function without(resource: RecordedResource, part: "inputs" | "options"): object {
  const kept = Object.entries(resource[part]).filter(
    ([key]) =>
      !OF_THE_STACK_ALONE.some((one) => one.type === resource.type && one.part === part && one.field === key),
  );
  return Object.fromEntries(kept);
}

function callsOf({ calls }: Recording): string[] {
  return calls
    .filter(({ token }) => !LOOKUPS_OF_THE_STACK_ALONE.includes(token))
    .map((call) => JSON.stringify(call))
    .sort();
}

test.each<Size>([
  { hostnames: 1, zones: 1 },
  // More than one rule of a zone can hold.
  { hostnames: 250, zones: 1 },
  { hostnames: 1, zones: 20 },
  { hostnames: 41, zones: 20 },
])(
  "the flat program has the resources, inputs, options, order, lookups and outputs of the stack: $hostnames hostnames, $zones zones",
  async (size) => {
    const { ozilab, flat } = await recordBoth(size);
    const zonesWithRules = Math.min(size.hostnames, size.zones);
    expect(comparable(flat)).toHaveLength(8 + 3 * zonesWithRules + size.hostnames);
    expect(comparable(flat)).toEqual(comparable(ozilab));
    expect(callsOf(flat)).toEqual(callsOf(ozilab));
    expect(flat.outputs).toEqual(ozilab.outputs);
  },
);

test("every listed exception differs from the flat program", async () => {
  const { ozilab, flat } = await recordBoth({ hostnames: 1, zones: 1 });
  for (const { type, part, field } of OF_THE_STACK_ALONE) {
    const [stacks, flats] = [ozilab, flat].map(({ resources }) => {
      const found = resources.find((resource) => resource.type === type);
      return found && new Map<string, unknown>(Object.entries(found[part])).get(field);
    });
    expect(stacks).not.toBeUndefined();
    expect(flats).not.toEqual(stacks);
  }
  const clusters = [ozilab, flat].map(({ resources }) => resources.filter(({ type }) => type === CLUSTER));
  expect(clusters.map((found) => found.length)).toEqual([1, 0]);
  const lookups = new Set(ozilab.calls.map(({ token }) => token));
  expect(LOOKUPS_OF_THE_STACK_ALONE.filter((token) => !lookups.has(token))).toEqual([]);
});
