import { isIP } from "node:net";
import { valid as isExactVersion } from "semver";
import { z } from "zod";
import { CHART_VERSION, nameserverImage } from "../../components/operator/chart-version.ts";

/** A rule for a text, and what its issue says. */
interface TextRule {
  readonly holds: (value: string) => boolean;
  readonly allowed: string;
  readonly fix: string;
}

/** What an editor can check; part of the JSON Schema. */
interface EditorRule {
  readonly description: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly format?: string;
}

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
// Neither a ts.net name nor an IP address.
const PUBLIC_NAME = `^(?!(?:.*\\.)?ts\\.net$)(?!.*\\.[0-9]+$)(?:${LABEL}\\.)+${LABEL}$`;
const HOST_NAME_RULE: TextRule = {
  holds: (value) => value.length <= 253 && new RegExp(PUBLIC_NAME).test(value),
  allowed:
    "a full hostname: lowercase letters, digits and hyphens; at most 63 characters per label, 253 in total",
  fix: "write it as browsers send it, such as app.example.com: no scheme, port, path or trailing dot",
};
const LABEL_RULE: TextRule = {
  holds: (value) => new RegExp(`^${LABEL}$`).test(value),
  allowed: "1 to 63 lowercase letters, digits and hyphens; no hyphen at either end, no dot",
  fix: "use only the first label, such as ozilab-edge",
};

/** A public DNS name, of a hostname or a zone. Never a wildcard or a ts.net name. */
export function publicName(description: string) {
  return text({ description, pattern: PUBLIC_NAME, maxLength: 253 }, [
    {
      holds: (value) => !value.includes("*"),
      allowed: "one exact name: only listed hostnames are published",
      fix: "list each hostname separately",
    },
    {
      holds: (value) => !/(?:^|\.)ts\.net$/.test(value),
      allowed: "a name in a Cloudflare zone; ts.net names belong to Tailscale",
      fix: "use the public hostname; the stack reads the Funnel's ts.net name from the cluster",
    },
    HOST_NAME_RULE,
  ]);
}

/** One DNS label: a device's hostname, a namespace, a Service. */
export function dnsLabel(description: string) {
  return text({ description, pattern: `^${LABEL}$`, maxLength: 63 }, [LABEL_RULE]);
}

/** A namespace that no cluster has by itself. */
export function operatorNamespace(description: string) {
  return text({ description, pattern: `^(?!(?:default|kube-.*)$)${LABEL}$`, maxLength: 63 }, [
    LABEL_RULE,
    {
      holds: (value) => !/^(?:default|kube-.*)$/.test(value),
      allowed:
        "a namespace for the operator alone: the stack creates it, and deletes it with everything in it. Every cluster needs default and kube-*",
      fix: "choose an unused name, such as tailscale",
    },
  ]);
}

/** The tailnet's DNS name. */
export function tailnetName(description: string) {
  const pattern = `^${LABEL}\\.ts\\.net$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "the tailnet's DNS name, such as tail1234.ts.net or yak-bebop.ts.net",
      fix: "copy it from the DNS page of the Tailscale admin console",
    },
  ]);
}

/** A tag of the policy. */
export function tag(description: string) {
  const pattern = "^tag:[A-Za-z][A-Za-z0-9-]*$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "tag:<name>, where the name starts with a letter and has only letters, digits and hyphens",
      fix: "write it as in the policy, such as tag:k8s",
    },
  ]);
}

/** A selector of people or machines, as in the policy's `src`. */
export function source(description: string) {
  const autogroups = "autogroup:(?:member|admin|owner|it-admin|network-admin|billing-admin|auditor|shared)";
  const pattern = `^(?:${autogroups}|group:[A-Za-z0-9._-]+(?:@[A-Za-z0-9.-]+)?|tag:[A-Za-z][A-Za-z0-9-]*|[^\\s@:*]+@[^\\s@:*]+)$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "a user (alice@example.com), group:<name>, tag:<name>, or an autogroup of people (autogroup:member)",
      fix: "name who needs access; * and autogroup:tagged would admit the proxies that face the internet",
    },
  ]);
}

/** An IP address without a port or mask. */
export function ipAddress(description: string) {
  return text({ description, pattern: "^[0-9a-fA-F.:]+$" }, [
    {
      holds: (value) => isIP(value) !== 0,
      allowed: "one IP address, IPv4 or IPv6",
      fix: "write only the address, without a port or a mask",
    },
  ]);
}

/** A container image with an exact version. */
export function pinnedImage(description: string) {
  const pattern = "^[^\\s@]+:v?\\d[\\w.-]*(?:@sha256:[0-9a-f]{64})?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: `an image with the tag of one version, such as ${nameserverImage(CHART_VERSION)}`,
      fix: "pin the operator's version: stable, latest and unstable change in a running cluster",
    },
  ]);
}

/** One line of text that is not empty. */
export function line(description: string) {
  const pattern = "^\\S(?:.*\\S)?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "one line of text, without leading or trailing spaces",
      fix: "set it, or remove the entry",
    },
  ]);
}

/** The exact version of a chart. */
export function chartVersion(description: string) {
  return text(
    { description, pattern: "^(?:0|[1-9]\\d*)(?:\\.(?:0|[1-9]\\d*)){2}(?:[-+][0-9A-Za-z.+-]+)?$" },
    [
      {
        holds: (value) => isExactVersion(value) === value.replace(/\+.*$/, ""),
        allowed: `one exact version, such as ${CHART_VERSION}: no leading v, no range`,
        fix: "pin a release of the chart tailscale-operator",
      },
    ],
  );
}

/** An https URL. */
export function httpsUrl(description: string) {
  // No user and password: the stack's file and its state would hold them in plain text.
  const pattern = "^https://[^/:\\s@]+(?::\\d+)?(?:/[^\\s]*)?$";
  return text({ description, pattern, format: "uri" }, [
    {
      holds: (value) => new RegExp(pattern).test(value) && URL.canParse(value),
      allowed: "a URL that starts with https:// and has no user name or password",
      fix: "write the whole URL",
    },
  ]);
}

/** A path on the machine that runs the program. */
export function path(description: string) {
  return text({ description, pattern: "\\S" }, [
    {
      holds: (value) => value.trim() !== "",
      allowed: "a path that is not empty",
      fix: "set it, or remove the key",
    },
  ]);
}

/** The source of a chart: a Helm repository, a registry, or a copy on disk. */
export function chartSource(description: string) {
  const host = "[^/:\\s@]+(?::\\d+)?";
  const pattern = `^(?:https://${host}(?:/\\S*)?|oci://${host}/\\S+|[^\\s:]+)$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "https://<repository>, oci://<registry>/<chart>, or the path of a chart's folder or archive; no password in it",
      fix: "use one of these; the version belongs in operator.chartVersion, a registry's credentials in Helm's own configuration",
    },
  ]);
}

/** Reports the first rule that a text breaks. `params` holds the texts of the issue. */
function text(editor: EditorRule, rules: readonly TextRule[]) {
  return z
    .string()
    .superRefine((value, context) => {
      const broken = rules.find(({ holds }) => !holds(value));
      if (broken) context.addIssue({ code: "custom", params: { allowed: broken.allowed, fix: broken.fix } });
    })
    .meta({ ...editor });
}
