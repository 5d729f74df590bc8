import { runtime } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { findLeftovers } from "../../../components/private-services/find-leftovers.ts";
import { isExposing, isStored } from "../../../components/private-services/legacy/leftover.ts";
import { exposureOf } from "../../../components/private-services/private-service.ts";
import { readStateOnce } from "../../../components/private-services/stored-resources.ts";
import { annotated, dashboard, database } from "../../support/private-services.ts";
import { recordProgram } from "../../support/recording.ts";

const STATE = "pulumi:pulumi:readStackResourceOutputs";
const FIND = "object-fields:index:findObject";

/** Looks up the services' legacy objects with these answers. */
async function find(services: Parameters<typeof findLeftovers>[0], answers: Record<string, object> = {}) {
  let leftovers: object = {};
  let readsState = false;
  const program = async () => {
    leftovers = Object.fromEntries(await findLeftovers(services, readStateOnce()));
  };
  const { calls } = await recordProgram(program, {
    call: ({ token }) => {
      readsState ||= token === STATE;
      return answers[token] as Record<string, unknown> | undefined;
    },
  });
  return { leftovers, calls, readsState };
}

describe("legacy objects in phase tailnet", () => {
  test("are looked up for services that have one, and in no other phase", async () => {
    const { calls } = await find([
      database,
      { ...dashboard, phase: "coexist" },
      { ...dashboard, phase: "legacy" },
      annotated,
      { ...database, legacy: undefined },
    ]);
    const place = { apiVersion: "v1", kind: "Service", namespace: "tazlab-db", name: "tazlab-db-external" };
    expect(calls).toEqual([{ token: FIND, args: { ...place, stack: "test" } }]);
  });

  test("without an answer, as in the offline plan, say nothing", async () => {
    expect((await find([database, dashboard])).leftovers).toEqual({});
  });

  test("that are absent, or Services of type ClusterIP, are closed, and the state is not read", async () => {
    for (const answer of [{ exists: false }, { exists: true, type: "ClusterIP" }]) {
      const { leftovers, readsState } = await find([database], { [FIND]: answer });
      expect([leftovers, readsState]).toEqual([{}, false]);
    }
  });

  const exists = { exists: true, type: "LoadBalancer" };
  const metadata = { namespace: "tazlab-db", name: "tazlab-db-external" };
  const urn = (name: string) =>
    `urn:pulumi:test::p::tailnet-edge:exposure:X$kubernetes:core/v1:Service::${name}`;

  test("that exist are open unless the stack's state has them", async () => {
    expect((await find([database], { [FIND]: exists, [STATE]: { outputs: {} } })).leftovers).toEqual({
      "tazlab-db": "open",
    });
    const outputs = { [urn("former-name-legacy")]: { outputs: { metadata } } };
    expect((await find([database], { [FIND]: exists, [STATE]: { outputs } })).leftovers).toEqual({});
  });

  test("that cannot be looked up are not checked", async () => {
    const failure = { found: "403", allowed: "get", fix: "grant it" };
    expect((await find([database], { [FIND]: { failure } })).leftovers).toEqual({ "tazlab-db": "unchecked" });
  });

  test("are not checked if the state cannot be read", async () => {
    const { invoke } = runtime;
    const failing = vi
      .spyOn(runtime, "invoke")
      .mockImplementation((token, args) =>
        token === STATE ? Promise.reject(new Error("unknown stack")) : invoke(token, args),
      );
    expect((await find([database], { [FIND]: exists })).leftovers).toEqual({ "tazlab-db": "unchecked" });
    failing.mockRestore();
  });

  test("in the state count only under their own name, namespace, kind and resource", () => {
    const { legacyObject } = exposureOf(database);
    if (legacyObject === undefined) throw new Error("the database has a legacy object");
    const stored = (name: string, changed: object) =>
      isStored(legacyObject, { [name]: { outputs: { metadata: { ...metadata, ...changed } } } });
    expect(stored(urn("tazlab-db-legacy"), {})).toBe(true);
    expect(stored(urn("tazlab-db-legacy"), { name: "other" })).toBe(false);
    expect(stored(urn("tazlab-db-legacy"), { namespace: "other" })).toBe(false);
    expect(stored(urn("tazlab-db-legacy").replace(":Service", ":Ingress"), {})).toBe(false);
    expect(stored(urn("tazlab-db-live"), {})).toBe(false);
  });

  test("of kind Ingress expose whenever they exist", () => {
    expect([{ exists: true }, { exists: false }, { exists: undefined }].map(isExposing)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
