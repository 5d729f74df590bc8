import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

/** A service as the stack's file has it. */
export interface ServiceEntry {
  readonly name: string;
  readonly kind: "annotation" | "ingress" | "loadBalancer";
  readonly namespace: string;
  readonly hostname?: string;
  /** The Service that an annotation is for. */
  readonly service?: string;
  readonly tags: readonly string[];
  readonly ports?: readonly number[];
  readonly legacy: {
    readonly loadBalancer?: { readonly service: string; readonly address: string };
    readonly ingress?: { readonly name: string };
    readonly backing?: { readonly address?: string };
  };
}

/** What a test changes of the tazlab stack. */
export interface TazlabChanges {
  /** Phases by the service's name; default `legacy`. */
  readonly phases: Readonly<Record<string, Phase>>;
  /** Services whose legacy objects are there already and are to be taken over. */
  readonly adopted: readonly string[];
}

/** A Service of another team's, which the stack's own file has none of: it is annotated where it stands. */
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
/** The six services of the stack, and one that is annotated. */
export const tazlabServices: readonly ServiceEntry[] = [
  ...(FILE.config["tailnet-edge:privateServices"] as readonly ServiceEntry[]),
  GIT,
];

/** The tazlab stack as its file has it, and a Service that is exposed by annotation. */
export function tazlabConfig({ phases = {}, adopted = [] }: Partial<TazlabChanges>) {
  const services = tazlabServices.map((entry) => ({
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
