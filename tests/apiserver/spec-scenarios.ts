import type { Apply } from "./apply-backends.ts";
import type { Scenario } from "./apply-scenarios.ts";
import { deployment, labels, pods, service, web } from "./scenario-objects.ts";

/** Scenarios of specs, whose lists have items with keys. */
export const specScenarios: readonly Scenario[] = [
  {
    title: "a Service's type is one field, its ports merge by number and protocol, its selector is one value",
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
    title: "a Deployment's containers and their variables merge by name, and lists of strings are one value",
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
  /** Makes the object invalid. */
  readonly apply: Apply;
}

export const refusals: readonly Refusal[] = [
  {
    title: "a second port beside an unnamed one",
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
