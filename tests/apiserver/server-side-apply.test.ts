import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  fieldAt,
  type FieldPath,
  fieldPaths,
  pathText,
} from "../../sandbox/providers/kubernetes/api-server/field-path.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { modelBackend, type Outcome, realBackend } from "./apply-backends.ts";
import { dataScenarios } from "./apply-scenarios.ts";
import { refusals, specScenarios } from "./spec-scenarios.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

afterAll(async () => {
  await server.stop();
});

test.each([...dataScenarios, ...specScenarios])(
  "the model and the server agree: $title",
  async ({ applies, conflicts = {}, defaults = {} }) => {
    const [real, model] = [realBackend(server.client), modelBackend()];
    const applied = new Map<string, FieldPath>();
    const defaulted: Record<string, unknown> = {};
    for (const [step, apply] of applies.entries()) {
      const { object: live, ...expected } = await real(apply);
      const { object: modelled, ...found } = await model(apply);
      expect(found, `step ${step}`).toEqual(expected);
      expect(found.conflicts, `step ${step}`).toEqual(conflicts[step] ?? []);
      for (const path of fieldPaths(apply.object)) {
        // The server omits empty maps.
        if (!isDeepStrictEqual(fieldAt(apply.object, path), {})) applied.set(pathText(path), path);
      }
      for (const [text, path] of applied) {
        const value = fieldAt(live, path);
        if (isOwned(text, expected))
          expect(fieldAt(modelled, path), `${text} at step ${step}`).toEqual(value);
        else {
          expect(fieldAt(modelled, path), `${text} at step ${step}`).toBeUndefined();
          if (value !== undefined) defaulted[text] = value;
        }
      }
    }
    expect(defaulted).toEqual(defaults);
  },
);

test.each(refusals)(
  "the model and the server refuse $title, and keep the stored object",
  async ({ before, apply }) => {
    for (const execute of [realBackend(server.client), modelBackend()]) {
      const { owned } = await execute(before);
      await expect(execute(apply)).rejects.toMatchObject({
        status: 422,
        message: expect.stringMatching(/Required value/) as string,
      });
      expect((await execute(before)).owned).toEqual(owned);
    }
  },
);

const IDENTITY = [".apiVersion", ".kind", ".metadata.name", ".metadata.namespace"];

function isOwned(path: string, { owned }: Pick<Outcome, "owned">): boolean {
  return IDENTITY.includes(path) || Object.values(owned).some((paths) => paths.includes(path));
}
