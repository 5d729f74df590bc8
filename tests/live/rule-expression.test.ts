import { describe, expect, test } from "vitest";
import { hostExpressions } from "../../components/public-edge/host-expression.ts";
import { ruleExpression } from "../../live/rule-expression.ts";

const KNOWN = { "http.host": "app.example.com", ssl: true };

test.each([
  ['http.host in {"app.example.com" "b.example.com"}', "yes"],
  ['http.host in {"b.example.com"}', "no"],
  ["http.host in $ours", "maybe"],
  ['(http.host eq "app.example.com") and ssl', "yes"],
  ['http.host == "b.example.com" || not ssl', "no"],
  ['http.host eq "app.example.com" and http.request.uri.path eq "/api"', "maybe"],
  ['http.host eq "b.example.com" and http.request.uri.path eq "/api"', "no"],
  ['http.host eq "app.example.com" or ip.src in {192.0.2.0/24}', "yes"],
  ['http.host ne "app.example.com"', "no"],
  ['http.host contains "example"', "yes"],
  ['ends_with(http.host, ".example.com") and starts_with(lower(http.host), "app")', "yes"],
  ['http.host matches "^app\\\\."', "yes"],
  ['http.host matches r"^(www|api)\\."', "no"],
  ['http.host wildcard "*.EXAMPLE.com"', "yes"],
  ['http.host strict wildcard "*.EXAMPLE.com"', "no"],
  ['http.request.full_uri wildcard "https://www.example.com/*"', "no"],
  ['http.request.full_uri wildcard "http*://*.example.com/*"', "maybe"],
  ["true", "yes"],
  ["not true xor ssl", "yes"],
  ["true ^^ ssl", "no"],
  ['any(http.request.headers["x"][*] eq "1")', "maybe"],
  ['ip.geoip.country eq "DE" and not (http.host eq "app.example.com")', "no"],
  ['http.host eq "app.example.com" and', "maybe"],
  ['(http.host eq "app.example.com"', "maybe"],
  ["http.host eq ☃", "maybe"],
  ["", "maybe"],
])("%s is %s", (expression, match) => {
  expect(ruleExpression(expression)(KNOWN)).toBe(match);
});

test("reads the expressions of this project's own rules", () => {
  const hosts = Array.from({ length: 400 }, (_, index) => `host-${index}.example.com`);
  const plain = 'not ssl and not starts_with(http.request.uri.path, "/.well-known/")';
  for (const condition of [undefined, plain]) {
    const expressions = hostExpressions([...hosts, "app.example.com"], condition);
    expect(expressions.length).toBeGreaterThan(1);
    const known = { ...KNOWN, ssl: false, "http.request.uri.path": "/" };
    const matches = expressions.map(({ expression }) => ruleExpression(expression)(known));
    expect(matches.filter((match) => match === "yes")).toHaveLength(1);
    expect(matches.filter((match) => match === "maybe")).toHaveLength(0);
  }
});

const HOST_ONLY = { "http.host": "app.example.com" };

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
    ['http.host matches "^app"', "yes"],
    // JavaScript's regular expressions have no such flags.
    ['http.host matches "(?x) ^ app"', "maybe"],
    ['ends_with(http.host, ".example.com")', "yes"],
    ['starts_with(http.host, "www.")', "no"],
    ['lower(http.host) eq "app.example.com"', "yes"],
    ['http.host eq "a.example.com" xor http.host eq "app.example.com"', "yes"],
    ['http.host eq "a.example.com" || http.host eq "app.example.com"', "yes"],
    ['http.host eq "app.example.com" && !(http.host contains "app")', "no"],
    // `and` binds more closely than `or`.
    ['http.host eq "app.example.com" or http.host eq "a" and http.host eq "b"', "yes"],
  ])("%s: %s", (expression, expected) => {
    expect(ruleExpression(expression)(HOST_ONLY)).toBe(expected);
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
    ['any(http.request.headers["x"][*] eq "1")', "maybe"],
    ['cf.bot_management.score lt 30 and http.host eq "a.example.com"', "no"],
    ['http.host eq "app.example.com', "maybe"],
    ["(http.host", "maybe"],
    ['http.host eq "a.example.com" nonsense', "maybe"],
    ["", "maybe"],
  ])("%s: %s", (expression, expected) => {
    expect(ruleExpression(expression)(HOST_ONLY)).toBe(expected);
  });
});
