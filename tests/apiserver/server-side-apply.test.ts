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
import { refusals, scenarios } from "./apply-scenarios.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

afterAll(async () => {
  await server.stop();
});

test.each(scenarios)(
  "the model and the server agree: $title",
  async ({ applies, conflicts = {}, defaults = {} }) => {
    const [real, model] = [realBackend(server.client), modelBackend()];
    const mentioned = new Map<string, FieldPath>();
    const filledIn: Record<string, unknown> = {};
    for (const [step, apply] of applies.entries()) {
      const { object: live, ...expected } = await real(apply);
      const { object: modelled, ...found } = await model(apply);
      expect(found, `step ${step}`).toEqual(expected);
      expect(found.conflicts, `step ${step}`).toEqual(conflicts[step] ?? []);
      for (const path of fieldPaths(apply.object)) {
        // Of an empty map there is nothing to see in the object: the server leaves it out.
        if (!isDeepStrictEqual(fieldAt(apply.object, path), {})) mentioned.set(pathText(path), path);
      }
      for (const [text, path] of mentioned) {
        const there = fieldAt(live, path);
        if (isOwned(text, expected))
          expect(fieldAt(modelled, path), `${text} at step ${step}`).toEqual(there);
        else {
          expect(fieldAt(modelled, path), `${text} at step ${step}`).toBeUndefined();
          if (there !== undefined) filledIn[text] = there;
        }
      }
    }
    expect(filledIn).toEqual(defaults);
  },
);

test.each(refusals)(
  "the model and the server refuse $title, and keep what was there",
  async ({ before, apply }) => {
    const players = [realBackend(server.client), modelBackend()];
    for (const play of players) {
      const { owned } = await play(before);
      await expect(play(apply)).rejects.toMatchObject({
        status: 422,
        message: expect.stringMatching(/Required value/) as string,
      });
      expect((await play(before)).owned).toEqual(owned);
    }
  },
);

const IDENTITY = [".apiVersion", ".kind", ".metadata.name", ".metadata.namespace"];

function isOwned(path: string, { owned }: Pick<Outcome, "owned">): boolean {
  return IDENTITY.includes(path) || Object.values(owned).some((paths) => paths.includes(path));
}
