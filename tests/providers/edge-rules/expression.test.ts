import { describe, expect, test } from "vitest";
import { hostTest, namedHosts } from "../../../providers/edge-rules/expression.ts";

const HOST = "app.example.com";

describe("an expression that depends on the host alone", () => {
  test.each([
    ["true", "yes"],
    ["false", "no"],
    ['http.host eq "app.example.com"', "yes"],
    ['http.host == "other.example.com"', "no"],
    ['http.host ne "app.example.com"', "no"],
    ['(http.host in {"a.example.com" "app.example.com"})', "yes"],
    ['http.host in {"a.example.com"}', "no"],
    ['not http.host in {"a.example.com"}', "yes"],
    ['not (http.host eq "a.example.com" or http.host eq "app.example.com")', "no"],
    ['http.host contains "example"', "yes"],
    ['http.host contains "example.org"', "no"],
    ['http.host wildcard "*.EXAMPLE.com"', "yes"],
    ['http.host strict wildcard "*.example.org"', "no"],
    ['http.host wildcard r"app.*"', "yes"],
    ['http.host wildcard "appXexample.com"', "no"],
    ['ends_with(http.host, ".example.com")', "yes"],
    ['starts_with(http.host, "www.")', "no"],
    ['lower(http.host) eq "app.example.com"', "yes"],
    ['http.host eq "a.example.com" xor http.host eq "app.example.com"', "yes"],
    ['http.host eq "a.example.com" || http.host eq "app.example.com"', "yes"],
    ['http.host eq "app.example.com" && !(http.host contains "app")', "no"],
    // `and` binds more closely than `or`.
    ['http.host eq "app.example.com" or http.host eq "a" and http.host eq "b"', "yes"],
  ])("%s: %s", (expression, expected) => {
    expect(hostTest(expression)(HOST)).toBe(expected);
  });
});

describe("an expression that depends on more", () => {
  test.each([
    ["ssl", "maybe"],
    ["not ssl", "maybe"],
    ['http.request.uri.path contains "/api"', "maybe"],
    ['http.host eq "app.example.com" and ssl', "maybe"],
    ['http.host eq "a.example.com" and ssl', "no"],
    ['http.host eq "app.example.com" or ssl', "yes"],
    ["ip.src in {10.0.0.0/8 192.168.1.1}", "maybe"],
    ['http.host matches "^app"', "maybe"],
    ['any(http.request.headers["x"][*] eq "1")', "maybe"],
    ['cf.bot_management.score lt 30 and http.host eq "a.example.com"', "no"],
    ['http.host eq "app.example.com', "maybe"],
    ["(http.host", "maybe"],
    ['http.host eq "a.example.com" nonsense', "maybe"],
    ["", "maybe"],
  ])("%s: %s", (expression, expected) => {
    expect(hostTest(expression)(HOST)).toBe(expected);
  });
});

test("finds the hosts that an expression names", () => {
  expect(
    namedHosts('not ssl and http.host in {"a.example.com" "b.example.com"} or http.host eq "c.org"'),
  ).toEqual(["a.example.com", "b.example.com", "c.org"]);
  expect(namedHosts('http.request.uri.path eq "/x"')).toEqual([]);
});
