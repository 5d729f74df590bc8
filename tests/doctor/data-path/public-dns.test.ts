import { expect, test } from "vitest";
import { judgePublicDns } from "../../../doctor/data-path/public-dns.ts";
import { diagnosis } from "../diagnosis.ts";

const EDGE = "104.16.132.229";
const OTHER = "203.0.113.20";
const zoneServers = [{ name: "ada.ns.cloudflare.com", address: "173.245.58.101" }];
const lookup = (name: string, ...addresses: readonly string[]) => ({
  server: { name, address: name },
  lookup: { kind: "addresses" as const, addresses },
});

test("every address that a resolver returns must be Cloudflare's", () => {
  const of = (...addresses: readonly string[]) =>
    diagnosis(
      judgePublicDns({
        ...{ zoneServers, cname: undefined },
        authoritative: [lookup("ada", EDGE)],
        recursive: [lookup("1.1.1.1", EDGE), lookup("8.8.8.8", ...addresses)],
      }),
    );
  expect(of(EDGE)).toBe(`ok: ada: ${EDGE}; 1.1.1.1: ${EDGE}; 8.8.8.8: ${EDGE}`);
  expect(of(EDGE, OTHER)).toBe(
    `dns-not-propagated: ada: ${EDGE}; 1.1.1.1: ${EDGE}; 8.8.8.8: ${EDGE}, ${OTHER}`,
  );
});
