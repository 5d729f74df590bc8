import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServicePatch } from "@pulumi/kubernetes/core/v1/servicePatch.js";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../config-issue.ts";
import { assignedFqdn } from "../operator/assigned-fqdn.ts";
import { headlessIssues } from "./headless.ts";
import { legacyOptions } from "./legacy-options.ts";
import { backingPatch, legacyIngressManifest, legacyServiceManifest } from "./legacy-manifest.ts";
import { exposePatch, ingressManifest, loadBalancerManifest } from "./private-manifest.ts";
import { type AnnotationService, type PrivateService, backingService } from "./private-service.ts";

const CONSEQUENCE = "the stack's outputs and Homepage's links follow the given name";

export interface PrivateExposureArgs {
  readonly service: PrivateService;
  /** The ts.net name that its device should get. */
  readonly expected: string;
}

/**
 * One service on its way from its legacy exposure to the tailnet, and back.
 *
 * Each object keeps its name through all phases, so a change of phase makes or deletes whole objects and
 * replaces none. Pulumi deletes only after everything else has succeeded: the new way is there, with its name
 * in its status, before the old one goes, and the other way round.
 */
export class PrivateExposure extends pulumi.ComponentResource {
  /**
   * Its full ts.net name, from the object's status. Undefined where nothing tells it: in phase `legacy`, and
   * for a Service that is only annotated.
   */
  readonly fqdn: pulumi.Output<string> | undefined;

  /**
   * @param name - stable for the service's life
   * @param opts - `dependsOn` the tailnet and the operator, which only the tailnet's side waits for
   */
  constructor(
    name: string,
    { service, expected }: PrivateExposureArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:exposure:PrivateExposure", name, {}, opts);

    const exposed =
      service.phase === "legacy"
        ? undefined
        : this.exposed(name, service, expected, {
            parent: this,
            ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
          });
    if (service.phase !== "tailnet") this.legacyObjects(name, service);
    this.backing(name, service, exposed?.object);
    this.fqdn = exposed?.fqdn;
    this.registerOutputs();
  }

  private exposed(
    name: string,
    service: PrivateService,
    expected: string,
    opts: pulumi.CustomResourceOptions,
  ): { readonly object: pulumi.Resource; readonly fqdn?: pulumi.Output<string> } {
    switch (service.kind) {
      case "loadBalancer": {
        const object = new Service(name, loadBalancerManifest(service), opts);
        return { object, fqdn: assignedFqdn(object, expected, CONSEQUENCE) };
      }
      case "ingress": {
        const object = new Ingress(name, ingressManifest(service), opts);
        return { object, fqdn: assignedFqdn(object, expected, CONSEQUENCE) };
      }
      case "annotation":
        return { object: this.annotated(name, service, opts) };
    }
  }

  private annotated(
    name: string,
    service: AnnotationService,
    opts: pulumi.CustomResourceOptions,
  ): ServicePatch {
    const { metadata } = exposePatch(service);
    const live = Service.get(`${name}-live`, `${metadata.namespace}/${metadata.name}`, { parent: this });
    const annotations = live.spec.clusterIP.apply((clusterIP) => {
      throwIfAny("the private services", headlessIssues(service, clusterIP));
      return metadata.annotations;
    });
    return new ServicePatch(name, { metadata: { ...metadata, annotations } }, opts);
  }

  private legacyObjects(name: string, service: PrivateService): void {
    const { kind, namespace, legacy } = service;
    if (kind === "loadBalancer" && legacy) {
      new Service(
        `${name}-legacy`,
        legacyServiceManifest(namespace, legacy.loadBalancer),
        legacyOptions(
          this,
          "Service",
          `${namespace}/${legacy.loadBalancer.service}`,
          legacy.loadBalancer.adopt,
        ),
      );
    }
    if (kind === "ingress" && legacy?.ingress) {
      new Ingress(
        `${name}-legacy`,
        legacyIngressManifest(namespace, legacy.ingress, service.backend),
        legacyOptions(this, "Ingress", `${namespace}/${legacy.ingress.name}`, legacy.ingress.adopt),
      );
    }
  }

  private backing(name: string, service: PrivateService, exposed: pulumi.Resource | undefined): void {
    const patched = backingService(service);
    const legacy = service.kind === "loadBalancer" ? undefined : service.legacy?.backing;
    if (patched === undefined || legacy === undefined) return;
    const last = service.phase === "tailnet" && exposed ? { dependsOn: exposed } : {};
    new ServicePatch(
      `${name}-backing`,
      backingPatch(service.namespace, patched, service.phase, legacy),
      // Taken off, it would close the legacy way of a stack that is destroyed in phase legacy.
      { parent: this, retainOnDelete: true, ...last },
    );
  }
}
