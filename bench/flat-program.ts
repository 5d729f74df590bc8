import { createHash } from "node:crypto";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { getZoneOutput } from "@pulumi/cloudflare/getZone.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { Acl } from "@pulumi/tailscale/acl.js";
import { DnsPreferences } from "@pulumi/tailscale/dnsPreferences.js";
import { OauthClient } from "@pulumi/tailscale/oauthClient.js";
import { TailnetSettings } from "@pulumi/tailscale/tailnetSettings.js";
import { CHART_VERSION } from "../components/operator/chart-version.ts";
import { type ZoneRule, ZoneRules } from "../providers/edge-rules/zone-rules.ts";

/** One zone, with the text that a hand-written program contains literally. */
export interface FlatZone {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Expressions of the rules, by slot. */
  readonly expressions: readonly { readonly slot: number; readonly expression: string }[];
  /** Expressions of the redirect rules, by slot. */
  readonly redirects: readonly { readonly slot: number; readonly expression: string }[];
}

/** The resources and outputs of the ozilab stack, one after the other: no component, no configuration, no check. */
export function flatProgram(acl: string, zones: readonly FlatZone[]): object {
  const dns = new DnsPreferences("dns", { magicDns: true }, { retainOnDelete: true });
  const settings = new TailnetSettings(
    "settings",
    { httpsEnabled: true },
    { retainOnDelete: true, dependsOn: dns },
  );
  const policy = new Acl("policy", { acl, overwriteExistingContent: true }, { retainOnDelete: true });
  const dependsOn = [dns, settings, policy];
  const client = new OauthClient(
    "client",
    {
      description: "ozilab-operator",
      scopes: ["auth_keys", "devices:core", "services"],
      tags: ["tag:k8s-operator"],
    },
    { dependsOn },
  );
  const namespace = new Namespace(
    "namespace",
    { metadata: { name: "tailscale", labels: { "pod-security.kubernetes.io/enforce": "baseline" } } },
    { dependsOn },
  );
  const key = pulumi.secret(client.key);
  const login = new Secret("login", {
    metadata: {
      name: "operator-oauth",
      namespace: namespace.metadata.name,
      annotations: { "helm.sh/resource-policy": "keep", "pulumi.com/patchForce": "true" },
    },
    stringData: { client_id: client.id, client_secret: key },
  });
  const digest = pulumi
    .all([client.id, key])
    .apply((parts) => createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16));
  const release = new Release(
    "release",
    {
      chart: "tailscale-operator",
      repositoryOpts: { repo: "https://pkgs.tailscale.com/helmcharts" },
      name: "tailscale-operator",
      version: CHART_VERSION,
      namespace: namespace.metadata.name,
      description: "flat",
      postrender: "./components/operator/post-render",
      values: {
        operatorConfig: {
          defaultTags: ["tag:k8s-operator"],
          hostname: "ozilab-operator",
          podAnnotations: { "tailnet-edge/credential-fingerprint": digest },
        },
        proxyConfig: { defaultTags: "tag:k8s" },
      },
    },
    { dependsOn: login },
  );
  const ingress = new Ingress(
    "funnel",
    {
      metadata: {
        name: "ozilab-edge",
        namespace: "traefik",
        annotations: { "tailscale.com/funnel": "true", "tailscale.com/tags": "tag:k8s" },
      },
      spec: {
        ingressClassName: "tailscale",
        defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
        tls: [{ hosts: ["ozilab-edge"] }],
      },
    },
    { dependsOn: [...dependsOn, release], deleteBeforeReplace: true, replaceOnChanges: ["spec.tls"] },
  );
  const funnel = ingress.status.apply(({ loadBalancer }) => loadBalancer.ingress[0]?.hostname ?? "");
  for (const zone of zones) publishZone(zone, funnel);
  return outputs(zones, funnel);
}

function outputs(zones: readonly FlatZone[], funnel: pulumi.Output<string>): object {
  const expected = "ozilab-edge.tail1234.ts.net";
  const device = {
    name: "ozilab-edge",
    requested: `https://${expected}`,
    address: pulumi.interpolate`https://${funnel}`,
  };
  const anybody = ["everybody on the internet"];
  const hostnames = zones.flatMap(({ name, hosts }) => hosts.map((host) => ({ host, zone: name })));
  return {
    funnel: { expected, actual: funnel },
    hostnames: Object.fromEntries(
      hostnames.map(({ host, zone }) => [
        host,
        { url: `https://${host}`, target: funnel, zone, via: "origin-rule", reason: "requested" },
      ]),
    ),
    exposure: [
      ...hostnames.map(({ host }) => ({
        name: host,
        requested: `https://${host}`,
        address: `https://${host}`,
        allowed: anybody,
        route: "Cloudflare, Funnel",
      })),
      { ...device, allowed: anybody, route: "Funnel" },
      { ...device, allowed: ["autogroup:member"], route: "tailnet" },
    ],
  };
}

function publishZone({ name, hosts, expressions, redirects }: FlatZone, funnel: pulumi.Output<string>): void {
  const { zoneId } = getZoneOutput({ filter: { name } });
  const https = new ZoneRules(`${name}-https`, {
    zoneId,
    phase: "http_request_dynamic_redirect",
    rules: bySlot("https", redirects, {
      description: "HTTP to HTTPS",
      action: "redirect",
      actionParameters: {
        from_value: {
          status_code: 308,
          target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' },
          preserve_query_string: true,
        },
      },
    }),
  });
  const strict = new ZoneRules(`${name}-strict`, {
    zoneId,
    phase: "http_config_settings",
    rules: bySlot("strict_tls", expressions, {
      description: "TLS Full (strict) to the origin",
      action: "set_config",
      actionParameters: { ssl: "strict" },
    }),
  });
  const sni = new ZoneRules(`${name}-sni`, {
    zoneId,
    phase: "http_request_origin",
    rules: bySlot("sni", expressions, {
      description: "SNI of the Funnel, Host kept",
      action: "route",
      actionParameters: { sni: { value: funnel } },
    }),
  });
  for (const host of hosts) {
    new DnsRecord(
      host,
      { zoneId, name: host, type: "CNAME", content: funnel, proxied: true, ttl: 1 },
      { dependsOn: [https, strict, sni], deleteBeforeReplace: true },
    );
  }
}

function bySlot(
  name: string,
  expressions: FlatZone["expressions"],
  rule: Omit<ZoneRule, "expression">,
): Record<string, ZoneRule> {
  return Object.fromEntries(
    expressions.map(({ slot, expression }) => [`${name}_${slot}`, { ...rule, expression }]),
  );
}
