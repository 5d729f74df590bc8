import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { chartSource, chartVersion } from "../../../stacks/config/chart-fields.ts";
import {
  dnsLabel,
  objectName,
  publicName,
  releaseName,
  tailnetName,
} from "../../../stacks/config/name-fields.ts";
import { httpsUrl, path, policyChecksum, source, tag } from "../../../stacks/config/text-fields.ts";
import { hostName, label } from "../../support/host-names.ts";

const accepts = (field: z.ZodType) => (value: string) => field.safeParse(value).success;
/** Whether an editor accepts a value. */
const editorAccepts = (field: z.ZodType) => (value: string) => {
  const { pattern = "", maxLength = Infinity } = field.meta() as { pattern?: string; maxLength?: number };
  return new RegExp(pattern, "u").test(value) && value.length <= maxLength;
};

describe("a public name", () => {
  const field = publicName("a name");

  test("can be any hostname", () => {
    fc.assert(fc.property(hostName, accepts(field)));
  });

  test.each<[string, (name: string) => string]>([
    ["a trailing dot", (name) => `${name}.`],
    ["a leading dot", (name) => `.${name}`],
    ["an empty label", (name) => name.replace(".", "..")],
    ["a leading hyphen", (name) => `-${name}`],
    ["a hyphen at the end of its first label", (name) => name.replace(".", "-.")],
    ["a trailing hyphen", (name) => `${name}-`],
    ["an upper-case letter", (name) => `A${name}`],
    ["an underscore", (name) => `_${name}`],
    ["a space", (name) => `${name} `],
    ["a line break", (name) => `${name}\n`],
    ["a quote, which would end a string in an expression", (name) => `${name}"`],
    ["a letter beyond ASCII", (name) => `ü${name}`],
    ["a port", (name) => `${name}:443`],
    ["a path", (name) => `${name}/`],
    ["a scheme", (name) => `https://${name}`],
    ["a wildcard as its first label", (name) => `*.${name}`],
    ["a wildcard in a label", (name) => `a*${name}`],
    ["a number as its last label", (name) => `${name}.1`],
    ["ts.net as its last labels", (name) => `${name}.ts.net`],
    ["only one label", (name) => name.replaceAll(".", "")],
    ["a label of 64 characters", (name) => `${"a".repeat(64)}.${name}`],
    ["254 characters", (name) => `${"a.".repeat(127)}${name}`.slice(-254).replace(/^\./, "a")],
  ])("cannot have %s", (_, mutate) => {
    fc.assert(
      fc.property(hostName, (name) => {
        expect([mutate(name), accepts(field)(mutate(name)), editorAccepts(field)(mutate(name))]).toEqual([
          mutate(name),
          false,
          false,
        ]);
      }),
    );
  });

  test("can have at most 63 characters per label and 253 in total", () => {
    const longest = `${`${"a".repeat(63)}.`.repeat(3)}${"b".repeat(57)}.com`;
    expect([longest.length, accepts(field)(longest), accepts(field)(`b${longest}`)]).toEqual([
      253,
      true,
      false,
    ]);
  });
});

test("a label can be any label of a hostname, but not two labels", () => {
  const field = dnsLabel("a label");
  fc.assert(fc.property(label, accepts(field)));
  fc.assert(fc.property(hostName, (name) => !accepts(field)(name)));
});

test.each([
  ["a tailnet's name", tailnetName("x"), ["tail1234.ts.net", "yak-bebop.ts.net"], ["ts.net", "a.ts.network"]],
  ["a tag", tag("x"), ["tag:k8s", "tag:A-1"], ["tag:-a", "tag:a b", "tag:a:b", "xtag:a"]],
  [
    "a source",
    source("x"),
    [
      "autogroup:member",
      "autogroup:it-admin",
      "group:a.b_c-1",
      "group:sre@example.com",
      "tag:k8s",
      "alice@example.com",
      "a@passkey",
    ],
    ["autogroup:members", "*@example.com", "a@b@c", "alice@*", "group:*", "tag:*", "alice@example.com:443"],
  ],
  [
    "a chart's version",
    chartVersion("x"),
    ["1.2.3", "0.0.0", "1.98.0-rc.1", "1.2.3+build.1"],
    ["=1.2.3", "1.2.3.1", "~1.2.3", "1.2.x", "*", "1.02.3", "1.2.3\n"],
  ],
  [
    "an https URL",
    httpsUrl("x"),
    ["https://a", "https://a.com:8443/b?c", "https://10.0.0.1"],
    ["https:a.com", "http://a", "https:///a", "ftp://a"],
  ],
  [
    "a chart's source",
    chartSource("x"),
    [
      "https://a.com/charts",
      "oci://a.com/b/c",
      "charts/tailscale-operator",
      "./operator-1.2.3.tgz",
      "/srv/c",
    ],
    ["oci://a.com/", "git://a.com/b", "https://", "C:\\charts"],
  ],
  ["a path", path("x"), ["a", "../a b.hujson"], ["", "  ", "\n"]],
  [
    "a release's name",
    releaseName("x"),
    ["tailscale-operator", "a", "1.b-c", "a".repeat(53)],
    ["", "Operator", "-a", "a-", "a..b", "a/b", "a".repeat(54)],
  ],
  [
    "an object's name",
    objectName("x"),
    ["operator-oauth", "a.b", "a".repeat(253)],
    ["", "A", ".a", "a.", "traefik/funnel", "a".repeat(254)],
  ],
  [
    "a policy's checksum",
    policyChecksum("x"),
    ["sha256:0123456789abcdef"],
    ["0123456789abcdef", "sha256:0123", "sha256:0123456789ABCDEF", "true", "sha256:0123456789abcdef0"],
  ],
])("%s", (_, field, good, bad) => {
  expect(good.filter(accepts(field))).toEqual(good);
  expect(good.filter(editorAccepts(field))).toEqual(good);
  expect(bad.filter(accepts(field))).toEqual([]);
  expect(bad.filter(editorAccepts(field))).toEqual([]);
});
