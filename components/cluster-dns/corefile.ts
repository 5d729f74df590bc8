import type { ConfigIssue } from "../config-issue.ts";

/** The zone of every tailnet. */
const ZONE = "ts.net";

// Users' Corefiles hold these two comments: with other texts an existing block would stay, beside a new one.
const BEGIN = `# tailnet-edge: the tailnet's names, begin`;
const END = `# tailnet-edge: the tailnet's names, end`;
const MARKED = new RegExp(`^${BEGIN}\\n[^]*?^${END}\\n?`, "gm");

/** Renders the CoreDNS server block that forwards ts.net names to the operator's nameserver. */
export function stubZone(nameserver: string): string {
  return [`${ZONE}:53 {`, "    errors", "    cache 30", `    forward . ${nameserver}`, "}", ""].join("\n");
}

/**
 * Adds the stub zone to a Corefile, between two comments that mark it. No other byte changes.
 *
 * @param corefile - may hold an earlier stub zone of this program, which is replaced
 */
export function withStubZone(corefile: string, nameserver: string): string {
  const own = corefile.replaceAll(MARKED, "");
  const separator = own.endsWith("\n") ? "" : "\n";
  return `${own}${separator}${BEGIN}\n${stubZone(nameserver)}${END}\n`;
}

/**
 * Finds what prevents adding the stub zone to a Corefile:
 *
 * - other server blocks for ts.net names: CoreDNS does not start if two serve the same zone;
 * - an empty Corefile: the stub zone alone would leave the cluster without any other DNS.
 *
 * @param source - the Corefile's location, for the issues' path
 */
export function corefileIssues(corefile: string, source: string): readonly ConfigIssue[] {
  if (corefile.trim() === "") {
    return [
      {
        path: source,
        found: "no Corefile",
        allowed: "the Corefile that the cluster's CoreDNS runs with",
        fix: "this cluster keeps its Corefile elsewhere: remove clusterDns and add the stub zone there by hand",
      },
    ];
  }
  return serverBlockKeys(corefile.replaceAll(MARKED, ""))
    .filter((key) => servesTailnet(key))
    .map((key) => ({
      path: source,
      found: `a server block ${key}`,
      allowed: `no other server block for ${ZONE} or its subdomains: the stack adds its own`,
      fix: "remove that block from the Corefile, or clusterDns from the stack's configuration",
    }));
}

/** Returns the keys of a Corefile's server blocks: the words before each opening brace at the top level. */
function serverBlockKeys(corefile: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const line of corefile.split("\n")) {
    const words = wordsOf(line);
    // An import is no server block; its argument is a file.
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
