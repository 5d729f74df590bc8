import { INGRESS_PORTS } from "../../../components/private-services/kinds/ingress.ts";
import type { Path, ServicePart } from "./rule.ts";

/** What the rules read of a service's kind. As in {@link ServicePart}, each invalid part is null. */
interface KindPart {
  readonly ports: readonly (number | null)[] | null | undefined;
  /** The UDP ports among the ports of a service that may have any. */
  readonly udpPorts: readonly number[];
  readonly servesHttps: boolean;
  /** The object of the previous exposure, which phase `coexist` keeps beside the new one. */
  readonly legacyObject: LegacyObjectPart | null | undefined;
}

interface LegacyObjectPart {
  /** Path of the object's description, from the service. */
  readonly path: Path;
  readonly adopt: boolean | null;
  /** The key in the description that holds the object's name. */
  readonly nameKey: string;
  readonly name: string | null;
}

/** Returns what depends on `kind` for rules that concern every kind. A rule for one kind may test `kind` itself. */
export function kindPart(service: ServicePart): KindPart {
  switch (service.kind) {
    case "loadBalancer": {
      const object = service.legacy?.loadBalancer;
      const path = ["legacy", "loadBalancer"];
      return {
        ports: service.ports
          ?.filter((entry) => entry?.protocol !== "UDP")
          .map((entry) => entry?.port ?? null),
        udpPorts: (service.ports ?? []).flatMap((entry) =>
          entry?.protocol === "UDP" && entry.port !== null ? [entry.port] : [],
        ),
        servesHttps: false,
        legacyObject: object && { path, adopt: object.adopt, nameKey: "service", name: object.service },
      };
    }
    case "ingress": {
      const object = service.legacy?.ingress;
      const path = ["legacy", "ingress"];
      return {
        ports: INGRESS_PORTS,
        udpPorts: [],
        servesHttps: true,
        legacyObject: object && { path, adopt: object.adopt, nameKey: "name", name: object.name },
      };
    }
    case "annotation":
      return { ports: service.ports, udpPorts: [], servesHttps: false, legacyObject: undefined };
    case null:
      return { ports: null, udpPorts: [], servesHttps: false, legacyObject: null };
  }
}
