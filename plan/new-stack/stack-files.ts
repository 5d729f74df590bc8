import { stringify } from "yaml";
import { UserError } from "../../components/config-issue.ts";
import type { Answers } from "./answers.ts";

/** A file of a new stack, with its path relative to the project's folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files of a new stack.
 *
 * @throws UserError for a name that is no file name, or a backend that is none
 */
export function stackFiles(answers: Answers): readonly NewFile[] {
  const { name, tailnet, policy, context } = answers;
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) throw wrongName(name);
  const basePolicy = `stacks/${name}.policy.hujson`;
  const isManaged = policy === "managed";
  const config = {
    ...(context !== "" && { "kubernetes:context": context }),
    "tailnet-edge:tailnet": { name: tailnet, policy, ...(isManaged && { basePolicy }) },
    "tailnet-edge:operator": { hostname: `${name}-operator`, credential: { kind: "oauth", serial: 1 } },
    ...(answers.hostnames.length > 0 && { "tailnet-edge:publicEdge": publicEdge(answers) }),
  };
  return [
    {
      path: `Pulumi.${name}.yaml`,
      text: `# yaml-language-server: $schema=stacks/schema.json\n${stringify({ config })}`,
    },
    ...(isManaged ? [{ path: basePolicy, text: basePolicyText(name) }] : []),
  ];
}

function publicEdge({ name, hostnames, zones, backend }: Answers): object {
  const [, namespace, service, port] = /^([^/:]+)\/([^/:]+):(\d+)$/.exec(backend) ?? [];
  if (namespace === undefined) throw wrongBackend(backend);
  return {
    funnel: {
      hostname: `${name}-edge`,
      backend: { namespace, service, port: Number(port) },
      allowFrom: ["autogroup:member"],
    },
    zones,
    hostnames,
  };
}

function basePolicyText(name: string): string {
  return `// The tailnet's own policy. The ${name} stack preserves it and adds what it needs.
// Replace it with the policy of your tailnet, which the admin console shows under "Access controls".
{
	"grants": [
		// People reach their own devices.
		{"src": ["autogroup:member"], "dst": ["autogroup:self"], "ip": ["*"]},
	],
}
`;
}

function wrongName(name: string): UserError {
  return new UserError("the command", [
    {
      path: "NAME",
      found: JSON.stringify(name),
      allowed: "up to 41 lowercase letters, digits and dashes, such as homelab",
      fix: "choose such a name",
    },
  ]);
}

function wrongBackend(backend: string): UserError {
  return new UserError("the command", [
    {
      path: "--backend",
      found: JSON.stringify(backend),
      allowed: "namespace/service:port, such as traefik/traefik:443",
      fix: "name the Service of your ingress controller",
    },
  ]);
}
