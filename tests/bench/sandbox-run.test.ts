import { expect, test } from "vitest";
import { addedHostnameFaults, noOpFaults } from "../../bench/sandbox-checks.ts";
import { type AddedHostname, callsBeyond } from "../../bench/sandbox-figures.ts";
import { addHostname, live } from "../../bench/sandbox-run.ts";

test("on the engine both programs make the same calls, rest when there is nothing to do, and a hostname costs what it may", async () => {
  const size = { hostnames: 3, zones: 2 };
  const added: AddedHostname[] = [];
  const ozilab = await live("ozilab", size, async (stack, life) => {
    added.push(await addHostname(stack, size, life["no-op up"]));
  });
  const flat = await live("flat", size);
  // The stack compares the live policy with its own before it writes over one.
  expect(callsBeyond(ozilab.up.calls, flat.up.calls)).toEqual({ "tailscale GET /tailnet/{tailnet}/acl": 1 });
  expect(noOpFaults({ ...size, rounds: [{ ozilab, flat }] })).toEqual([]);
  expect(added.map(({ host }) => host)).toEqual(["app1.zone1.example"]);
  expect(added.flatMap(addedHostnameFaults)).toEqual([]);
});
