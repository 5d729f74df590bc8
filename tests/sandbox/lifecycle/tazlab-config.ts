import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

/** A service as in the stack's file. */
export interface ServiceEntry {
  readonly name: string;
  readonly kind: "annotation" | "ingress" | "loadBalancer";
  readonly namespace: string;
  readonly hostname?: string;
  /** The Service to annotate, for kind `annotation`. */
  readonly service?: string;
  /** The Service that the Ingress serves, for kind `ingress`. */
  readonly backend?: { readonly service: string };
  readonly tags: readonly string[];
  readonly ports?: readonly number[];
  readonly legacy: {
    readonly loadBalancer?: { readonly service: string; readonly address: string };
    readonly ingress?: { readonly name: string };
    readonly backing?: { readonly address?: string };
  };
}

/** A test's changes to the tazlab stack. */
export interface TazlabChanges {
  /** Phases by service name; default `legacy`. */
  readonly phases: Readonly<Record<string, Phase>>;
  /** Services whose existing legacy objects the stack adopts. */
  readonly adopted: readonly string[];
  /** Services that the stack does not have. */
  readonly removed: readonly string[];
}

/** Another team's Service, exposed by annotation. The stack's file has no service of that kind. */
const GIT = {
  name: "git",
  kind: "annotation" as const,
  namespace: "git",
  service: "git-ssh",
  ports: [22],
  tags: ["tag:git"],
  allowFrom: ["tag:tazpod"],
  legacy: { backing: { address: "192.168.1.242" } },
};

const FILE = parse(readFileSync(join(PROJECT_FOLDER, "Pulumi.tazlab.yaml"), "utf8")) as {
  readonly config: Readonly<Record<string, unknown>>;
};
/** The six services of the stack's file, and one of kind `annotation`. */
export const tazlabServices: readonly ServiceEntry[] = [
  ...(FILE.config["tailnet-edge:privateServices"] as readonly ServiceEntry[]),
  GIT,
];

/** The tazlab stack with `git` and a test's changes. */
export function tazlabConfig({ phases = {}, adopted = [], removed = [] }: Partial<TazlabChanges>) {
  const services = tazlabServices
    .filter(({ name }) => !removed.includes(name))
    .map((entry) => ({
      ...entry,
      phase: phases[entry.name] ?? "legacy",
      ...(adopted.includes(entry.name) && { legacy: adopting(entry) }),
    }));
  return { ...FILE.config, "tailnet-edge:privateServices": services };
}

function adopting({ legacy }: ServiceEntry) {
  return Object.fromEntries(
    Object.entries(legacy).map(([key, object]) => [
      key,
      key === "backing" ? object : { ...object, adopt: true },
    ]),
  );
}
