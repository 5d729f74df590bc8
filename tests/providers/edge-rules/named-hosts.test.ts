import { expect, test } from "vitest";
import { namedHosts } from "../../../providers/edge-rules/named-hosts.ts";

test("finds the hosts that an expression names", () => {
  expect(
    namedHosts('not ssl and http.host in {"a.example.com" "b.example.com"} or http.host eq "c.org"'),
  ).toEqual(["a.example.com", "b.example.com", "c.org"]);
  expect(namedHosts('http.request.uri.path eq "/x"')).toEqual([]);
});
