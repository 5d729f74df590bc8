import type { Manifest } from "../support/manifest.ts";
import type { Apply } from "./apply-backends.ts";

/** What managers do to one object, one after the other. */
export interface Scenario {
  /** What it shows; each story is about an object of its own. */
  readonly title: string;
  readonly applies: readonly Apply[];
  /** Conflicts of each apply that has some, by its place. */
  readonly conflicts?: Readonly<Record<number, readonly string[]>>;
  /** What the server puts in place of a field that nobody owns any more. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

const configMap = (name: string, rest: object, metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", ...metadata },
  ...rest,
});

const service = (name: string, rest: object, metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default", ...metadata },
  ...rest,
});

const deployment = (spec?: object): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  ...(spec && { spec }),
});

const labels = { app: "web" };
const pods = (containers: readonly object[], rest: object = {}) => ({
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers, ...rest } },
});
const web = { name: "web", image: "web:1" };

export const scenarios: readonly Scenario[] = [
  {
    title: "two managers of different keys leave each other alone, and each takes its own away",
    applies: [
      { fieldManager: "flux", object: configMap("keys", { data: { a: "1", b: "2" } }) },
      { fieldManager: "pulumi", object: configMap("keys", { data: { c: "3" } }) },
      { fieldManager: "flux", object: configMap("keys", { data: { b: "2" } }) },
      { fieldManager: "pulumi", object: configMap("keys", {}) },
      { fieldManager: "flux", object: configMap("keys", {}) },
    ],
  },
  {
    title: "another value is a conflict, and force takes the field over",
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
    title: "a field of one value is shared, and stays until the last owner gives it up",
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
    title: "an object that is not there is made of the fields alone, even of none",
    applies: [
      { fieldManager: "pulumi", object: configMap("alone", {}) },
      { fieldManager: "pulumi", object: configMap("alone", { data: { a: "1" } }) },
    ],
  },
  {
    title: "an empty map says nothing of what others have put into it",
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
    title: "annotations with dots and slashes, labels and finalizers are told apart",
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
  {
    title: "a Service's type and ports, each port by number and protocol, its selector as a whole",
    applies: [
      {
        fieldManager: "flux",
        object: service("web", {
          spec: { type: "ClusterIP", selector: labels, ports: [{ name: "web", port: 80, targetPort: 8080 }] },
        }),
      },
      { fieldManager: "pulumi", object: service("web", { spec: { type: "LoadBalancer" } }) },
      { fieldManager: "pulumi", object: service("web", { spec: { type: "LoadBalancer" } }), force: true },
      {
        fieldManager: "pulumi",
        object: service("web", {
          spec: {
            ports: [
              { name: "tls", port: 443 },
              { port: 80, protocol: "TCP", targetPort: 8081 },
            ],
          },
        }),
      },
      {
        fieldManager: "pulumi",
        object: service("web", {
          spec: {
            ports: [
              { name: "tls", port: 443 },
              { name: "dns", port: 80, protocol: "UDP" },
            ],
          },
        }),
      },
      { fieldManager: "pulumi", object: service("web", { spec: { selector: { role: "master" } } }) },
      { fieldManager: "pulumi", object: service("web", {}) },
    ],
    conflicts: {
      1: ["flux .spec.type"],
      3: ['flux .spec.ports[port=80,protocol="TCP"].targetPort'],
      5: ["flux .spec.selector"],
    },
    defaults: { ".spec.type": "ClusterIP", '.spec.ports[port=80,protocol="TCP"].protocol': "TCP" },
  },
  {
    title: "a Deployment's containers and their variables by name, lists of texts as a whole",
    applies: [
      {
        fieldManager: "flux",
        object: deployment(
          pods(
            [
              {
                ...web,
                args: ["--one"],
                env: [
                  { name: "IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
                  { name: "HOSTS", value: "a" },
                ],
                ports: [{ containerPort: 80 }],
              },
            ],
            { volumes: [{ name: "tmp", emptyDir: {} }] },
          ),
        ),
      },
      {
        fieldManager: "pulumi",
        object: deployment({
          template: { spec: { containers: [{ name: "web", env: [{ name: "URL", value: "x" }] }] } },
        }),
      },
      {
        fieldManager: "pulumi",
        object: deployment({
          template: {
            spec: { containers: [{ name: "web", args: ["--two"], env: [{ name: "HOSTS", value: "b" }] }] },
          },
        }),
      },
      {
        fieldManager: "pulumi",
        object: deployment({
          template: { spec: { containers: [{ name: "web", env: [{ name: "HOSTS", value: "b" }] }] } },
        }),
        force: true,
      },
      {
        fieldManager: "flux",
        object: deployment(
          pods([
            {
              ...web,
              args: ["--one"],
              env: [{ name: "HOSTS", value: "b" }],
              ports: [{ containerPort: 443 }],
            },
          ]),
        ),
      },
      { fieldManager: "flux", object: deployment(pods([{ ...web, env: [] }])) },
      { fieldManager: "pulumi", object: deployment() },
    ],
    conflicts: {
      2: [
        'flux .spec.template.spec.containers[name="web"].args',
        'flux .spec.template.spec.containers[name="web"].env[name="HOSTS"].value',
      ],
    },
  },
];

interface Refusal {
  readonly title: string;
  readonly before: Apply;
  /** What the object would be after this one is none that the server takes. */
  readonly apply: Apply;
}

export const refusals: readonly Refusal[] = [
  {
    title: "a second port beside one that has no name",
    before: { fieldManager: "flux", object: service("ports", { spec: { ports: [{ port: 5433 }] } }) },
    apply: { fieldManager: "pulumi", object: service("ports", { spec: { ports: [{ port: 5432 }] } }) },
  },
  {
    title: "a container without an image",
    before: { fieldManager: "flux", object: deployment(pods([web])) },
    apply: {
      fieldManager: "pulumi",
      object: deployment({
        template: { spec: { containers: [{ name: "wob", env: [{ name: "A", value: "1" }] }] } },
      }),
    },
  },
];
