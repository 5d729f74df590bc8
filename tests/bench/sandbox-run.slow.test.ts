import { expect, test } from "vitest";
import { addedHostnameDeviations, noOpDeviations } from "../../bench/sandbox-checks.ts";
import { type AddedHostname, callsBeyond } from "../../bench/sandbox-figures.ts";
import { addHostname, live } from "../../bench/sandbox-run.ts";

test("both programs make the same calls on the engine, a no-op up changes nothing, and a hostname costs no more than allowed", async () => {
  const size = { hostnames: 3, zones: 2 };
  const added: AddedHostname[] = [];
  const ozilab = await live("ozilab", size, async (stack, life) => {
    added.push(await addHostname(stack, size, life["no-op up"]));
  });
  const flat = await live("flat", size);
  // The stack recognises its cluster, and compares the live policy with its own before it writes over one.
  expect(callsBeyond(ozilab.up.calls, flat.up.calls)).toEqual({
    "kubernetes GET Namespace": 1,
    "tailscale GET /tailnet/{tailnet}/acl": 1,
  });
  expect(noOpDeviations({ ...size, rounds: [{ ozilab, flat }] })).toEqual([]);
  expect(added.map(({ host }) => host)).toEqual(["app1.zone1.example"]);
  expect(added.flatMap(addedHostnameDeviations)).toEqual([]);
});
