import { exposureOf } from "../../components/private-services/private-service.ts";
import type { Target } from "../target/target.ts";
import type { ExposedObject } from "./exposed-object.ts";

/** The objects that the operator publishes for a stack, and whose status shows a name: the Funnel's, then private ones. */
export function exposedObjects({ config, outputs }: Target): readonly ExposedObject[] {
  const { publicEdge, privateServices, tailnet } = config;
  const funnel = publicEdge?.funnel;
  return [
    ...(funnel
      ? [
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "Ingress" as const,
            namespace: funnel.backend.namespace,
            name: funnel.ingressName ?? funnel.hostname,
            expected: `${funnel.hostname}.${tailnet.name}`,
            recorded: outputs.funnel?.actual,
            hasCertificate: true,
          },
        ]
      : []),
    ...privateServices.flatMap((service): readonly ExposedObject[] => {
      const { tailnetObject } = exposureOf(service);
      // The operator writes no name into the status of an annotated Service.
      if (service.phase === "legacy" || tailnetObject.type === "annotations") return [];
      const { type: kind, manifest } = tailnetObject;
      const { namespace, name } = manifest.metadata;
      const apiVersion = kind === "Ingress" ? "networking.k8s.io/v1" : "v1";
      const hasCertificate = kind === "Ingress" && service.proxyGroup === undefined;
      const expected = `${service.hostname}.${tailnet.name}`;
      return [{ apiVersion, kind, namespace, name, expected, hasCertificate }];
    }),
  ];
}
