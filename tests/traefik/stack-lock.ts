import { runtime } from "@pulumi/pulumi";
import type { LockStage } from "../../components/public-edge/origin-lock/accepted-serials.ts";
import { publicEdge, publicEdgeAnswers, recordStack } from "../support/record-stack.ts";

/** An object of the lock, as far as tests read it. */
export interface LockObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly routes?: readonly { readonly match: string }[] };
}

export interface StackLockOptions {
  /** Settings of `originLock`. */
  readonly settings?: object;
  /** Port of the Funnel's backend. Default: 443. */
  readonly port?: number;
  /** The output `originLock` of the `up` before. */
  readonly before?: LockStage;
}

/**
 * The objects with which an `up` of the ozilab stack locks the origin: exactly what the program registers, with the
 * secrets in clear. In a rotation, the router is there twice: as a patch, and as a resource.
 *
 * @param secrets - by serial; hexadecimal
 */
export async function stackLock(
  secrets: Readonly<Record<number, string>>,
  { settings = {}, port = 443, before }: StackLockOptions = {},
): Promise<readonly LockObject[]> {
  const objects: LockObject[] = [];
  const answers = publicEdgeAnswers("ozilab-edge.tail1234.ts.net");
  const edge = publicEdge(
    ["app.example.com", { host: "api.example.org", via: "worker" }],
    ["example.com", "example.org"],
  );
  const { funnel } = edge;
  await recordStack("ozilab", {
    config: {
      publicEdge: {
        ...edge,
        funnel: { ...funnel, backend: { ...funnel.backend, port } },
        originLock: settings,
      },
    },
    preview: false,
    answers: {
      newResource: (resource) => {
        const { type, name } = resource;
        if (type.startsWith("kubernetes:traefik.io/")) objects.push(plain(resource.inputs as object));
        const [, serial] = /^origin-lock-(\d+)$/.exec(name) ?? [];
        if (serial !== undefined) return { id: "-", state: { hex: secrets[Number(serial)] } };
        return answers.newResource?.(resource);
      },
      call: (call) =>
        call.token === "pulumi:pulumi:readStackOutputs"
          ? { name: "-", outputs: { ...(before && { originLock: before }) }, secretOutputNames: [] }
          : answers.call?.(call),
    },
  });
  return objects;
}

/** The rules of the routers among these objects. */
export function rulesOf(objects: readonly LockObject[]): readonly string[] {
  return [...new Set(objects.flatMap(({ spec }) => (spec.routes ?? []).map(({ match }) => match)))];
}

/** The inputs of a resource without the marks of secrets. */
function plain(inputs: object): LockObject {
  const values = Object.entries(inputs).map(([key, value]: [string, unknown]) => [
    key,
    runtime.isRpcSecret(value) ? (runtime.unwrapRpcSecret(value) as unknown) : value,
  ]);
  return Object.fromEntries(values) as LockObject;
}
