import { expect, test } from "vitest";
import { acceptedSerials } from "../../../../components/public-edge/origin-lock/accepted-serials.ts";

test.each([
  ["a new lock accepts its own secret", 1, undefined, { serials: [1], first: false }],
  ["nothing changes without a rotation", 2, { serial: 2, enforced: true }, { serials: [2], first: false }],
  ["a rotation accepts both, first", 3, { serial: 2, enforced: true }, { serials: [3, 2], first: true }],
  ["so does a rotation back", 1, { serial: 2, enforced: true }, { serials: [1, 2], first: true }],
  [
    "nothing needs to be first if Traefik demands no secret",
    3,
    { serial: 2, enforced: false },
    { serials: [3, 2], first: false },
  ],
])("%s", (_, serial, before, expected) => {
  expect(acceptedSerials(serial, before)).toEqual(expected);
});
