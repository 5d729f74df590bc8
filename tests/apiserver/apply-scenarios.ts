import type { Apply } from "./apply-backends.ts";
import { configMap } from "./scenario-objects.ts";

/** Applies to one object by several managers, in order. Each scenario has an object of its own. */
export interface Scenario {
  readonly title: string;
  readonly applies: readonly Apply[];
  /** Conflicts by the index of the apply. An apply without an entry succeeds. */
  readonly conflicts?: Readonly<Record<number, readonly string[]>>;
  /** Defaults that the server sets for fields without an owner. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** Scenarios of data and metadata. */
export const dataScenarios: readonly Scenario[] = [
  {
    title: "two managers of different keys do not conflict, and each removes its own keys",
    applies: [
      { fieldManager: "flux", object: configMap("keys", { data: { a: "1", b: "2" } }) },
      { fieldManager: "pulumi", object: configMap("keys", { data: { c: "3" } }) },
      { fieldManager: "flux", object: configMap("keys", { data: { b: "2" } }) },
      { fieldManager: "pulumi", object: configMap("keys", {}) },
      { fieldManager: "flux", object: configMap("keys", {}) },
    ],
  },
  {
    title: "a different value is a conflict, and force takes over the field",
    applies: [
      { fieldManager: "flux", object: configMap("force", { data: { a: "1", b: "2", c: "3" } }) },
      { fieldManager: "pulumi", object: configMap("force", { data: { a: "9" } }) },
      { fieldManager: "pulumi", object: configMap("force", { data: { a: "9", b: "8", c: "3" } }) },
      { fieldManager: "pulumi", object: configMap("force", { data: { a: "9", b: "8" } }), force: true },
      { fieldManager: "flux", object: configMap("force", { data: { a: "1", b: "8" } }) },
      { fieldManager: "pulumi", object: configMap("force", {}) },
    ],
    conflicts: { 1: ["flux .data.a"], 2: ["flux .data.a", "flux .data.b"], 4: ["pulumi .data.a"] },
  },
  {
    title: "managers share a field of equal value, which stays until its last owner gives it up",
    applies: [
      { fieldManager: "flux", object: configMap("shared", { data: { a: "1" } }) },
      { fieldManager: "pulumi", object: configMap("shared", { data: { a: "1" } }) },
      { fieldManager: "helm", object: configMap("shared", { data: { a: "2" } }) },
      { fieldManager: "flux", object: configMap("shared", {}) },
      { fieldManager: "pulumi", object: configMap("shared", { data: { a: "2" } }) },
      { fieldManager: "pulumi", object: configMap("shared", {}) },
    ],
    conflicts: { 2: ["flux .data.a", "pulumi .data.a"] },
  },
  {
    title: "a missing object is created with the applied fields alone, even with none",
    applies: [
      { fieldManager: "pulumi", object: configMap("alone", {}) },
      { fieldManager: "pulumi", object: configMap("alone", { data: { a: "1" } }) },
    ],
  },
  {
    title: "an empty map does not remove the keys of others",
    applies: [
      { fieldManager: "flux", object: configMap("empty", { data: { a: "1" } }) },
      { fieldManager: "pulumi", object: configMap("empty", { data: {} }) },
      { fieldManager: "helm", object: configMap("empty", { data: {} }) },
      { fieldManager: "flux", object: configMap("empty", { data: {} }) },
      { fieldManager: "pulumi", object: configMap("empty", {}) },
      { fieldManager: "helm", object: configMap("empty", { data: { b: "2" } }) },
      { fieldManager: "helm", object: configMap("empty", { data: { b: "2" } }), force: true },
      { fieldManager: "flux", object: configMap("empty", { data: {} }) },
      { fieldManager: "pulumi", object: configMap("empty", { data: { c: "3" } }) },
    ],
    conflicts: { 5: ["flux .data"] },
  },
  {
    title: "annotations with dots and slashes, labels and finalizers are fields of their own",
    applies: [
      {
        fieldManager: "flux",
        object: configMap(
          "meta",
          {},
          {
            annotations: { "example.com/owner": "flux", "example.com/a.b": "1" },
            labels: { "app.kubernetes.io/name": "meta" },
            finalizers: ["example.com/flux"],
          },
        ),
      },
      {
        fieldManager: "pulumi",
        object: configMap(
          "meta",
          {},
          {
            annotations: { "tailscale.com/expose": "true", "example.com/a.b": "2" },
            finalizers: ["example.com/pulumi"],
          },
        ),
      },
      {
        fieldManager: "pulumi",
        object: configMap(
          "meta",
          {},
          {
            annotations: { "tailscale.com/expose": "true" },
            finalizers: ["example.com/pulumi", "example.com/flux"],
          },
        ),
      },
      {
        fieldManager: "flux",
        object: configMap("meta", {}, { annotations: { "example.com/owner": "flux" } }),
      },
      { fieldManager: "pulumi", object: configMap("meta", {}) },
    ],
    conflicts: { 1: ["flux .metadata.annotations.example.com/a.b"] },
  },
];
