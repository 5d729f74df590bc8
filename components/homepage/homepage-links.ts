import type { Phase } from "../private-services/service-fields.ts";

/** Where a service can be opened in a browser. */
export interface ServiceLinks<Name> {
  readonly name: string;
  readonly phase: Phase;
  /** Its public host, as long as its legacy exposure has one. */
  readonly legacyHost?: string | undefined;
  /** Its ts.net name; undefined where nothing serves HTTPS by it. */
  readonly tailnetHost?: Name | undefined;
}

/** An entry of a container's environment. */
export interface Variable<Name> {
  readonly name: string;
  /** Hosts by which the value is built. */
  readonly hosts: readonly (Name | string)[];
  readonly render: (hosts: readonly string[]) => string;
}

/**
 * The names by which a service can be reached in its phase. The first is the one to link to: until the
 * tailnet has taken over the legacy host, which everybody can reach whom the tailnet's policy does not let in yet.
 */
export function reachableHosts<Name>(service: ServiceLinks<Name>): readonly (Name | string)[] {
  const { phase, legacyHost, tailnetHost } = service;
  const legacy = phase !== "tailnet" && legacyHost !== undefined ? [legacyHost] : [];
  const tailnet = phase !== "legacy" && tailnetHost !== undefined ? [tailnetHost] : [];
  return [...legacy, ...tailnet];
}

/**
 * The environment by which Homepage follows the services: the names that it may be called by, and a link to
 * each service that a browser can open, for `services.yaml` to name as `{{HOMEPAGE_VAR_GRAFANA_URL}}`.
 *
 * @param self - Homepage's own exposure
 * @param allowedHosts - other names that it answers to, such as `$(MY_POD_IP):3000` for its probes
 */
export function homepageEnvironment<Name>(
  self: ServiceLinks<Name>,
  services: readonly ServiceLinks<Name>[],
  allowedHosts: readonly string[],
): readonly Variable<Name>[] {
  const allowed = { name: "HOMEPAGE_ALLOWED_HOSTS", hosts: [...reachableHosts(self), ...allowedHosts] };
  const links = services.flatMap((service) => {
    const [host] = reachableHosts(service);
    return host === undefined ? [] : [{ name: linkVariable(service.name), hosts: [host] }];
  });
  return [
    { ...allowed, render: (hosts) => hosts.join(",") },
    ...links.map((link) => ({ ...link, render: ([host]: readonly string[]) => `https://${host ?? ""}` })),
  ];
}

/** The variable that holds a service's link: `HOMEPAGE_VAR_TRAEFIK_DASHBOARD_URL`. */
export function linkVariable(service: string): string {
  return `HOMEPAGE_VAR_${service.toUpperCase().replaceAll("-", "_")}_URL`;
}
