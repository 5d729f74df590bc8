import { expect, test } from "vitest";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { connectionError } from "../../../live/live-error.ts";
import { findObjectFunction } from "../../../providers/object-fields/find-object-function.ts";

const place = { apiVersion: "v1", kind: "Service", namespace: "db", name: "db-external" };
const inputs = { ...place, stack: "tazlab" };

/** Looks an object up in a cluster that answers as given. @returns the answer, and what was read */
async function find(answer: LiveObject | undefined | Error) {
  const asked: unknown[] = [];
  const lookUp = findObjectFunction((stack) =>
    Promise.resolve({
      apply: () => Promise.reject(new Error("a lookup writes nothing")),
      read: (...read: unknown[]) => {
        asked.push([stack, ...read]);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    }),
  );
  return { answer: await lookUp(inputs), asked };
}

test("finds an object of the stack's cluster, with its type", async () => {
  const { name, namespace } = place;
  const live = { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { type: "LoadBalancer" } };
  expect(await find(live)).toEqual({
    answer: { exists: true, type: "LoadBalancer" },
    asked: [["tazlab", "v1", "Service", { namespace, name }]],
  });
  expect((await find({ ...live, spec: {} })).answer).toEqual({ exists: true });
  expect((await find(undefined)).answer).toEqual({ exists: false });
});

test("answers with the reason if the cluster cannot be read, and throws any other error", async () => {
  const failure = connectionError(
    { subject: "Service db/db-external", permission: "get" },
    "https://k",
    "off",
  );
  const { found, allowed, fix } = failure.issue;
  expect((await find(failure)).answer).toEqual({ failure: { found, allowed, fix } });
  await expect(find(new Error("a bug"))).rejects.toThrow("a bug");
});
