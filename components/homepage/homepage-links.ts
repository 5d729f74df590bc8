import type { Phase } from "../private-services/service-fields.ts";

/** The hosts that a browser can open a service by. */
export interface ServiceLinks<Host> {
  readonly name: string;
  readonly phase: Phase;
  /** The host of its legacy exposure, if it has one. */
  readonly legacyHost?: string | undefined;
  /** Its ts.net name. Undefined if nothing serves HTTPS there. */
  readonly tailnetHost?: Host | undefined;
}

/** An environment variable of a container. */
export interface EnvironmentVariable<Host> {
  readonly name: string;
  /** The hosts that `render` takes, once they are known. */
  readonly hosts: readonly (Host | string)[];
  readonly render: (hosts: readonly string[]) => string;
}

/**
 * Returns the hosts that a service answers to in its phase; links use the first one. That is the legacy host
 * until phase `tailnet`: users that the tailnet's policy does not allow yet can still open it.
 */
export function reachableHosts<Host>(service: ServiceLinks<Host>): readonly (Host | string)[] {
  const { phase, legacyHost, tailnetHost } = service;
  const legacy = phase !== "tailnet" && legacyHost !== undefined ? [legacyHost] : [];
  const tailnet = phase !== "legacy" && tailnetHost !== undefined ? [tailnetHost] : [];
  return [...legacy, ...tailnet];
}

/**
 * Returns Homepage's environment: the hosts that it accepts, and a link to each service that a browser can open.
 * `services.yaml` uses a link as `{{HOMEPAGE_VAR_GRAFANA_URL}}`.
 *
 * @param self - Homepage's own exposure
 * @param allowedHosts - further hosts that it accepts, such as `$(MY_POD_IP):3000` for its probes
 */
export function homepageEnvironment<Host>(
  self: ServiceLinks<Host>,
  services: readonly ServiceLinks<Host>[],
  allowedHosts: readonly string[],
): readonly EnvironmentVariable<Host>[] {
  const links = services.flatMap((service) => {
    const [host] = reachableHosts(service);
    return host === undefined ? [] : [{ name: linkVariable(service.name), hosts: [host] }];
  });
  return [
    {
      name: "HOMEPAGE_ALLOWED_HOSTS",
      hosts: [...reachableHosts(self), ...allowedHosts],
      render: (hosts) => hosts.join(","),
    },
    ...links.map((link) => ({ ...link, render: ([host]: readonly string[]) => `https://${host ?? ""}` })),
  ];
}

/** Returns the name of the variable that holds a service's link: `HOMEPAGE_VAR_TRAEFIK_DASHBOARD_URL`. */
export function linkVariable(service: string): string {
  return `HOMEPAGE_VAR_${service.toUpperCase().replaceAll("-", "_")}_URL`;
}
