import { expect, test } from "vitest";
import { hostExpressions } from "../../../components/public-edge/host-expression.ts";
import { matchExpression } from "../../../doctor/cloudflare/rule-expression.ts";

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
  ['any(http.request.headers["x"][*] eq "1")', "maybe"],
  ['ip.geoip.country eq "DE" and not (http.host eq "app.example.com")', "no"],
  ['http.host eq "app.example.com" and', "maybe"],
  ['(http.host eq "app.example.com"', "maybe"],
  ["http.host eq ☃", "maybe"],
  ["", "maybe"],
])("%s is %s", (expression, match) => {
  expect(matchExpression(expression, KNOWN)).toBe(match);
});

test("reads the expressions of this project's own rules", () => {
  const hosts = Array.from({ length: 400 }, (_, index) => `host-${index}.example.com`);
  const plain = 'not ssl and not starts_with(http.request.uri.path, "/.well-known/")';
  for (const condition of [undefined, plain]) {
    const expressions = hostExpressions([...hosts, "app.example.com"], condition);
    expect(expressions.length).toBeGreaterThan(1);
    const known = { ...KNOWN, ssl: false, "http.request.uri.path": "/" };
    const matches = expressions.map(({ expression }) => matchExpression(expression, known));
    expect(matches.filter((match) => match === "yes")).toHaveLength(1);
    expect(matches.filter((match) => match === "maybe")).toHaveLength(0);
  }
});
