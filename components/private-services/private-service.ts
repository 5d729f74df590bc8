import { annotationExposure, type AnnotationService } from "./kinds/annotation.ts";
import { ingressExposure, type IngressService } from "./kinds/ingress.ts";
import { loadBalancerExposure, type LoadBalancerService } from "./kinds/load-balancer.ts";
import type { ServiceExposure } from "./kinds/service-exposure.ts";

/** A service that is exposed on the tailnet only, or is being moved there. */
export type PrivateService = LoadBalancerService | IngressService | AnnotationService;

/** Returns everything that depends on a service's `kind`. Code that has a whole service tests `kind` nowhere else. */
export function exposureOf(service: PrivateService): ServiceExposure {
  switch (service.kind) {
    case "loadBalancer":
      return loadBalancerExposure(service);
    case "ingress":
      return ingressExposure(service);
    case "annotation":
      return annotationExposure(service);
  }
}
