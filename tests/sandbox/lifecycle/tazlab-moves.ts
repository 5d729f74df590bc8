import { expect } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { afterEachCall } from "./after-each-call.ts";
import { RealProject } from "./real-project.ts";
import { routesOf } from "./service-routes.ts";
import { type ServiceEntry, type TazlabChanges, tazlabConfig, tazlabServices } from "./tazlab-config.ts";

export const LINKS = "update ObjectFields homepage-links";

/** How a service changes its phase: `back` is from `tailnet` to `coexist`. */
export type PhaseChange = "coexist" | "tailnet" | "back";

/** The stack tazlab, whose services move between phases. Each move starts where the previous one ended. */
export class TazlabMoves {
  readonly project: RealProject<TazlabChanges>;
  #phases: Readonly<Record<string, Phase>> = {};

  private constructor(project: RealProject<TazlabChanges>) {
    this.project = project;
  }

  static async create(): Promise<TazlabMoves> {
    return new TazlabMoves(await RealProject.create({ configOf: tazlabConfig }));
  }

  get phases(): Readonly<Record<string, Phase>> {
    return this.#phases;
  }

  /** How each service can be reached now. */
  routes(): Readonly<Record<string, string>> {
    return this.project.withWorld((world) =>
      Object.fromEntries(tazlabServices.map((entry) => [entry.name, routesOf(world, entry).join(" and ")])),
    );
  }

  /** Moves services to other phases, and checks after every call that each service can be reached. */
  async move(changed: Readonly<Record<string, Phase>>): Promise<string[]> {
    this.#phases = { ...this.#phases, ...changed };
    const { phases } = this;
    return await afterEachCall(
      this.project,
      async () => (await this.project.upInOrder({ phases })).filter((step) => !step.startsWith("read ")),
      ({ world, operation }) => {
        for (const entry of tazlabServices) {
          expect(routesOf(world, entry), `routes of ${entry.name} after ${operation}`).not.toEqual([]);
        }
      },
    );
  }
}

/** The steps that a change of one service's phase takes, by its kind and legacy objects. */
export function expectedSteps({ name, kind, legacy }: ServiceEntry, change: PhaseChange): string[] {
  const type = { loadBalancer: "Service", ingress: "Ingress", annotation: "ObjectFields" }[kind];
  const legacyObject = kind === "annotation" ? [] : [`${type} ${name}-legacy`];
  const backing = legacy.backing ? [`update ObjectFields ${name}-backing`] : [];
  // Only an Ingress can be opened in a browser. Homepage answers to its new name from phase `coexist` on.
  const links = kind === "ingress" ? [LINKS] : [];
  switch (change) {
    case "coexist":
      return [`create ${type} ${name}`, ...(name === "homepage" ? links : [])];
    case "tailnet":
      return [...backing, ...links, ...legacyObject.map((object) => `delete ${object}`)];
    case "back":
      return [...backing, ...links, ...legacyObject.map((object) => `create ${object}`)];
  }
}
