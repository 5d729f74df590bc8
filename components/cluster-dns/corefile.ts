import type { ConfigIssue } from "../config-issue.ts";

/** The zone of all tailnet names. */
const ZONE = "ts.net";

const BEGIN = `# tailnet-edge: the tailnet's names, begin`;
const END = `# tailnet-edge: the tailnet's names, end`;
const MARKED = new RegExp(`^${BEGIN}\\n[^]*?^${END}\\n?`, "gm");

/** Renders the CoreDNS server block that sends the tailnet's names to the operator's nameserver. */
export function stubZone(nameserver: string): string {
  return [`${ZONE}:53 {`, "    errors", "    cache 30", `    forward . ${nameserver}`, "}", ""].join("\n");
}

/**
 * Adds the stub zone to a Corefile, between two comments by which it is found again. Every other byte stays.
 *
 * @param corefile - as it is, with or without an earlier stub zone of this program
 */
export function withStubZone(corefile: string, nameserver: string): string {
  const own = corefile.replaceAll(MARKED, "");
  const separator = own.endsWith("\n") ? "" : "\n";
  return `${own}${separator}${BEGIN}\n${stubZone(nameserver)}${END}\n`;
}

/**
 * What keeps a Corefile from taking the stub zone: server blocks of others that serve the tailnet's names, as
 * CoreDNS refuses to start with the same zone twice; and no Corefile at all, as the stub zone alone would be
 * the end of the cluster's DNS.
 */
export function corefileIssues(corefile: string, source: string): readonly ConfigIssue[] {
  if (corefile.trim() === "") {
    return [
      {
        path: source,
        found: "no Corefile",
        allowed: "the Corefile that the cluster's CoreDNS runs with",
        fix: "this cluster keeps its Corefile elsewhere: take clusterDns out and add the stub zone there by hand",
      },
    ];
  }
  return serverBlockKeys(corefile.replaceAll(MARKED, ""))
    .filter((key) => servesTailnet(key))
    .map((key) => ({
      path: source,
      found: `a server block ${key}`,
      allowed: `no other server block for ${ZONE} or a name below it: the stack adds its own`,
      fix: "take that block out of the Corefile, or clusterDns out of the stack's configuration",
    }));
}

/** The keys of a Corefile's server blocks: the words before each brace that opens one at the outermost level. */
function serverBlockKeys(corefile: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const line of corefile.split("\n")) {
    const words = wordsOf(line);
    // An import stands by itself between server blocks; its argument is a file.
    if (depth === 0 && words[0] === "import") continue;
    for (const word of words) {
      if (word === "{") depth += 1;
      else if (word === "}") depth -= 1;
      else if (depth === 0) keys.push(word.replace(/,$/, ""));
    }
  }
  return keys;
}

function wordsOf(line: string): readonly string[] {
  const words = line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment === -1 ? words : words.slice(0, comment);
}

function servesTailnet(key: string): boolean {
  const zone = key
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/:\d+$/, "")
    .replace(/\.$/, "");
  return zone === ZONE || zone.endsWith(`.${ZONE}`);
}
