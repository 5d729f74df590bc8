import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { ObjectFields } from "../../providers/object-fields/object-fields.ts";
import { throwIfAny } from "../config-issue.ts";
import { assignedFqdn } from "../operator/assigned-fqdn.ts";
import { headlessIssues } from "./headless.ts";
import type { BackingService, LegacyObject, TailnetObject } from "./kinds/service-exposure.ts";
import { legacyOptions } from "./legacy/adoption.ts";
import { backingFields } from "./legacy/metallb.ts";
import type { AnnotationManifest } from "./manifests.ts";
import { exposureOf, type PrivateService } from "./private-service.ts";
import { sourceRangesIssues } from "./source-ranges.ts";

const CONSEQUENCE = "the stack's outputs and Homepage's links use the assigned name";

export interface PrivateExposureArgs {
  readonly service: PrivateService;
  /** The ts.net name that its device should get. */
  readonly expected: string;
}

/**
 * Properties whose change replaces a tailnet object, old object first. The operator then removes the old device before
 * the new one requests its name: a name in use would get the suffix `-1`.
 */
const REPLACING_PROPERTIES = [
  "kind",
  // The status keeps the old name for a while, so an update in place would report it as the assigned one.
  'metadata.annotations["tailscale.com/hostname"]',
  "spec.tls",
  // An object that changes between a proxy of its own and a ProxyGroup keeps a finalizer that nothing removes (tailscale #20836).
  'metadata.annotations["tailscale.com/proxy-group"]',
  // A Service keeps the node ports that it has, even if it must not get new ones.
  "spec.allocateLoadBalancerNodePorts",
];

/** The same for the annotations of a Service that somebody else created. */
const REPLACING_ANNOTATIONS = ['fields.metadata.annotations["tailscale.com/hostname"]'];

/** The operator removes it from a Service after it has removed the proxy and its device (`cmd/k8s-operator/svc.go`). */
const PROXY_FINALIZER = "tailscale.com/finalizer";

/**
 * Fields that the API server sets on a Service. An import records them, and a `clusterIP` that the program does not
 * declare replaces the Service: its device would be offline during the first `up`.
 */
const SERVER_SET_FIELDS = ["spec.clusterIP", "spec.clusterIPs"];

interface TailnetExposure {
  readonly object: pulumi.Resource;
  readonly fqdn?: pulumi.Output<string>;
}

/**
 * The exposure of one private service in its phase: legacy, on the tailnet, or both.
 *
 * Each object keeps its name in all phases, so a change of phase creates or deletes whole objects and replaces
 * none. Pulumi deletes only after every other operation has succeeded: the new object has its name in its status
 * before the old one is deleted, in both directions.
 */
export class PrivateExposure extends pulumi.ComponentResource {
  /**
   * Its full ts.net name, from the object's status. Undefined in phase `legacy` and for a patched Service, whose
   * status does not show it.
   */
  readonly fqdn: pulumi.Output<string> | undefined;

  readonly #service: PrivateService;
  #live: Service | undefined;

  /**
   * @param name - must never change during the service's life
   * @param opts - `dependsOn` the tailnet and the operator; only the tailnet exposure waits for them
   */
  constructor(
    name: string,
    { service, expected }: PrivateExposureArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:exposure:PrivateExposure", name, {}, opts);
    this.#service = service;

    const { phase } = service;
    const { tailnetObject, legacyObject, backing } = exposureOf(service);
    const tailnet =
      phase === "legacy"
        ? undefined
        : this.#exposeOnTailnet(name, tailnetObject, expected, {
            parent: this,
            ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
          });
    if (legacyObject && phase !== "tailnet") this.#createLegacy(`${name}-legacy`, legacyObject);
    if (backing) this.#patchBacking(`${name}-backing`, backing, tailnet?.object);
    this.fqdn = tailnet?.fqdn;
    this.registerOutputs();
  }

  #exposeOnTailnet(
    name: string,
    { type, manifest }: TailnetObject,
    expected: string,
    opts: pulumi.CustomResourceOptions,
  ): TailnetExposure {
    const replaced = { ...opts, deleteBeforeReplace: true, replaceOnChanges: REPLACING_PROPERTIES };
    switch (type) {
      case "Service": {
        // A service that changes between the two kinds is one resource to the engine, so that it is replaced.
        const aliases = [{ type: "kubernetes:networking.k8s.io/v1:Ingress" }];
        const object = new Service(name, manifest, {
          ...replaced,
          aliases,
          ignoreChanges: SERVER_SET_FIELDS,
        });
        return { object, fqdn: assignedFqdn(object, expected, CONSEQUENCE) };
      }
      case "Ingress": {
        const aliases = [{ type: "kubernetes:core/v1:Service" }];
        const object = new Ingress(name, manifest, { ...replaced, aliases });
        return { object, fqdn: assignedFqdn(object, expected, CONSEQUENCE) };
      }
      case "annotations":
        return { object: this.#annotate(name, manifest, opts) };
    }
  }

  #annotate(name: string, manifest: AnnotationManifest, opts: pulumi.CustomResourceOptions): ObjectFields {
    const { metadata } = manifest;
    const live = this.#read(metadata.name);
    const annotations = live.spec.clusterIP.apply((clusterIP) => {
      throwIfAny("the private services", headlessIssues(this.#service, manifest, clusterIP));
      return metadata.annotations;
    });
    return new ObjectFields(
      name,
      {
        ...serviceNamed(metadata.namespace, metadata.name),
        fields: { metadata: { annotations } },
        onDelete: "release",
        awaitedFinalizer: PROXY_FINALIZER,
      },
      { ...opts, deleteBeforeReplace: true, replaceOnChanges: REPLACING_ANNOTATIONS },
    );
  }

  #createLegacy(name: string, legacy: LegacyObject): void {
    const opts = legacyOptions(this, legacy);
    switch (legacy.type) {
      case "Service":
        new Service(name, legacy.manifest, opts);
        break;
      case "Ingress":
        new Ingress(name, legacy.manifest, opts);
    }
  }

  #patchBacking(
    name: string,
    { service, legacy }: BackingService,
    tailnetObject: pulumi.Resource | undefined,
  ): void {
    if (legacy === undefined) return;
    const { namespace, phase } = this.#service;
    const checked = this.#checkSourceRanges(service);
    new ObjectFields(
      name,
      {
        ...serviceNamed(namespace, service),
        fields: backingFields(phase, legacy),
        // Whoever created the Service owns its type.
        force: true,
        // Giving the type up would remove the legacy exposure when a stack in phase `legacy` is destroyed.
        onDelete: "keep",
      },
      {
        parent: this,
        // The check comes first: an up without a preview would write the type beside it.
        ...(phase === "tailnet" && { dependsOn: [checked, ...(tailnetObject ? [tailnetObject] : [])] }),
      },
    );
  }

  /** An error in phase `tailnet`, a warning in the phases before. Returns the checked Service. */
  #checkSourceRanges(backing: string): pulumi.Output<pulumi.Resource> {
    const { phase } = this.#service;
    const live = this.#read(backing);
    return pulumi.all([live.spec, live.metadata]).apply(([spec, metadata]) => {
      // A recording has no metadata.
      const { annotations } = (metadata as typeof metadata | undefined) ?? {};
      const issues = sourceRangesIssues(this.#service, backing, { spec, annotations });
      if (phase === "tailnet") throwIfAny("the private services", issues);
      for (const { found, allowed, fix } of issues) {
        void pulumi.log.warn(
          `phase tailnet will be refused\nfound: ${found}\nallowed: ${allowed}\nfix: ${fix}`,
          this,
        );
      }
      return live;
    });
  }

  /** Reads the Service that the proxy forwards to. A service has no more than one. */
  #read(service: string): Service {
    const { name, namespace } = this.#service;
    this.#live ??= Service.get(`${name}-live`, `${namespace}/${service}`, { parent: this });
    return this.#live;
  }
}

function serviceNamed(namespace: string, name: string) {
  return { apiVersion: "v1", kind: "Service", namespace, name };
}
