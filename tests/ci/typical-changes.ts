import type { ChangedProject } from "./changed-project.ts";

/** Previews the change since the deployed commit. */
export const PREVIEW = "node ci/preview.ts --base=deployed";

/** The comment without the commit, whose hash depends on every file of the project. */
export function commentText(stdout: string): string {
  return `${stdout.replace(/^(## Preview of `)[0-9a-f]{12}`/m, "$1<commit>`")}\n`;
}

/** Publishes another hostname. */
export async function widen(project: ChangedProject): Promise<void> {
  await project.change("Pulumi.ozilab.yaml", "- app.example.com", "- app.example.com\n      - b.example.com");
}

/** An edit that people make, and whether its check passes without an acknowledgement. */
interface TypicalChange {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly passes: boolean;
}

export const CHANGES: readonly TypicalChange[] = [
  {
    name: "ozilab-add-hostname",
    file: "Pulumi.ozilab.yaml",
    from: "      - app.example.com",
    to: "      - app.example.com\n      - new.example.com",
    passes: false,
  },
  {
    name: "ozilab-back-to-cloudflared",
    file: "Pulumi.ozilab.yaml",
    from: "      - app.example.com",
    to: "      - { host: app.example.com, via: { cname: 1b2c3d4e.cfargotunnel.com } }",
    passes: true,
  },
  {
    name: "ozilab-rotate-credential",
    file: "Pulumi.ozilab.yaml",
    from: "serial: 1",
    to: "serial: 2",
    passes: true,
  },
  {
    name: "tazlab-more-clients",
    file: "Pulumi.tazlab.yaml",
    from: "allowFrom: [tag:tazpod]",
    to: "allowFrom: [tag:tazpod, autogroup:member]",
    passes: false,
  },
  {
    name: "tazlab-back-to-legacy-route",
    file: "Pulumi.tazlab.yaml",
    from: "phase: tailnet\n      legacy:\n        ingress:\n          name: homepage",
    to: "phase: coexist\n      legacy:\n        ingress:\n          name: homepage",
    passes: false,
  },
  {
    name: "tazlab-base-policy",
    file: "stacks/tazlab.policy.hujson",
    from: `"dst": ["autogroup:self"], "ip": ["*"]},`,
    to: `"dst": ["autogroup:self"], "ip": ["*"]},
\t\t// Operators reach the container.
\t\t{"src": ["group:ops"], "dst": ["tag:tazpod"], "ip": ["tcp:22"]},
\t],
\t"groups": {"group:ops": ["ada@example.com"]},
\t"tests": [`,
    passes: false,
  },
];
