import { afterAll, beforeAll, expect, test } from "vitest";
import { type DnsRecord, records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { objectAt, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { changeTailnet, credentials, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

let project: RealProject<OzilabChanges>;
let restore: () => void;

beforeAll(async () => {
  project = await RealProject.create({ configOf: ozilabConfig });
  await project.up();
  restore = project.snapshot();
});

afterAll(async () => {
  await project.remove();
});

/** The stack's record, and its key in its zone's table. */
function recordOf(world: World) {
  const [[zoneId] = [""]] = [...zones(world)];
  const table = records(world, zoneId);
  const [[id, record] = []] = [...table];
  if (id === undefined || record === undefined) throw new Error("the stack has no record");
  return { table, id, record };
}

function changeRecord(world: World, changes: Partial<DnsRecord>): void {
  const { table, id, record } = recordOf(world);
  table.set(id, { ...record, ...changes });
}

const FUNNEL = "Ingress traefik/ozilab-edge";
const LOGIN = "Secret tailscale/operator-oauth";

/** What somebody does by hand, the steps that undo it, and the further ones that a preview cannot exclude. */
const CHANGES: readonly [
  title: string,
  change: (world: World) => void,
  steps: readonly string[],
  possible?: readonly string[],
][] = [
  [
    "points a record elsewhere",
    (world) => {
      changeRecord(world, { content: "elsewhere.example.net" });
    },
    ["update DnsRecord app.example.com"],
  ],
  [
    "takes a record off the proxy",
    (world) => {
      changeRecord(world, { proxied: false });
    },
    ["update DnsRecord app.example.com"],
  ],
  [
    "deletes a record",
    (world) => {
      const { table, id } = recordOf(world);
      table.delete(id);
    },
    ["create DnsRecord app.example.com"],
  ],
  [
    "removes the annotation for Funnel",
    (world) => {
      const { metadata, ...object } = objectAt(world, FUNNEL);
      objects(world).set(FUNNEL, { ...object, metadata: { ...metadata, annotations: {} } });
    },
    ["update Ingress funnel"],
    // The preview does not know which name the operator will assign.
    ["update ZoneRules example.com-origin-rules", "update DnsRecord app.example.com"],
  ],
  [
    "deletes the operator's Secret",
    (world) => {
      objects(world).delete(LOGIN);
    },
    ["create Secret operator-login"],
  ],
  [
    "turns HTTPS off in the tailnet",
    (world) => {
      changeTailnet(world, { settings: { ...tailnet(world).settings, httpsEnabled: false } });
    },
    ["update TailnetSettings tailnet-settings"],
  ],
  [
    "revokes the operator's OAuth client",
    (world) => {
      for (const { id } of credentials(world).values()) credentials(world).delete(id);
    },
    [
      "create OauthClient operator-credential-client",
      "update Secret operator-login",
      "update Release operator-release",
    ],
  ],
];

test.each(CHANGES)(
  "a preview shows that somebody %s, and an up undoes it",
  async (_, change, steps, possible = []) => {
    restore();
    project.withWorld(change);
    const preview = await project.run("preview");
    expect([preview.errors, stepsInOrder(preview)]).toEqual([[], [...steps, ...possible]]);
    expect(await project.upInOrder()).toEqual(steps);
    expect(await project.upInOrder()).toEqual([]);
  },
);
