import { isIP } from "node:net";
import { valid as isExactVersion } from "semver";
import { z } from "zod";
import { CHART_VERSION, nameserverImage } from "../../components/operator/chart-version.ts";

/** A rule that a text must keep: how it is told, and what it tells the user to do instead. */
interface TextRule {
  readonly holds: (value: string) => boolean;
  readonly allowed: string;
  readonly fix: string;
}

/** What an editor can check of a field; goes into the JSON Schema beside the field. */
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
  allowed: "a full host name: lower-case letters, digits and hyphens, 63 characters a label, 253 in all",
  fix: "write it as browsers send it, such as app.example.com: no scheme, port, path or trailing dot",
};

/** A name that the public knows: a published hostname, a zone. Never a wildcard, never a ts.net name. */
export function publicName(description: string) {
  return text({ description, pattern: PUBLIC_NAME, maxLength: 253 }, [
    {
      holds: (value) => !value.includes("*"),
      allowed: "one exact name: only what is listed is published",
      fix: "list each hostname on a line of its own",
    },
    {
      holds: (value) => !/(?:^|\.)ts\.net$/.test(value),
      allowed: "a name in a Cloudflare zone; ts.net names are Tailscale's own",
      fix: "give the public hostname here; the Funnel's ts.net name is read from the cluster",
    },
    HOST_NAME_RULE,
  ]);
}

/** One label of a name: a device's hostname, a namespace, a Service. */
export function dnsLabel(description: string) {
  return text({ description, pattern: `^${LABEL}$`, maxLength: 63 }, [
    {
      holds: (value) => new RegExp(`^${LABEL}$`).test(value),
      allowed: "1 to 63 lower-case letters, digits and hyphens; no hyphen at either end, no dot",
      fix: "give the first label only, such as ozilab-edge",
    },
  ]);
}

/** The tailnet's DNS name. */
export function tailnetName(description: string) {
  const pattern = `^${LABEL}\\.ts\\.net$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "the tailnet's DNS name: tail1234.ts.net, or the fun name that was chosen for it",
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
      allowed: "tag: and a name that starts with a letter: letters, digits, hyphens",
      fix: "write it as the policy does, such as tag:k8s",
    },
  ]);
}

/** A selector of people or machines, as the policy's `src` has it. */
export function source(description: string) {
  const autogroups = "autogroup:(?:member|admin|owner|it-admin|network-admin|billing-admin|auditor|shared)";
  const pattern = `^(?:${autogroups}|group:[A-Za-z0-9._-]+(?:@[A-Za-z0-9.-]+)?|tag:[A-Za-z][A-Za-z0-9-]*|[^\\s@:*]+@[^\\s@:*]+)$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "a user (alice@example.com), group:<name>, tag:<name>, or an autogroup of people (autogroup:member)",
      fix: "name who may get in; * and autogroup:tagged would let in the proxies that face the internet",
    },
  ]);
}

/** An IP address without a port or mask. */
export function ipAddress(description: string) {
  return text({ description, pattern: "^[0-9a-fA-F.:]+$" }, [
    {
      holds: (value) => isIP(value) !== 0,
      allowed: "one IP address, IPv4 or IPv6",
      fix: "give the address alone, without a port or a mask",
    },
  ]);
}

/** A container image with its version. */
export function pinnedImage(description: string) {
  const pattern = "^[^\\s@]+:v?\\d[\\w.-]*(?:@sha256:[0-9a-f]{64})?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: `an image with the tag of one version, such as ${nameserverImage(CHART_VERSION)}`,
      fix: "pin the version that the operator has: stable, latest and unstable change under a running cluster",
    },
  ]);
}

/** Some text in one line that is not empty. */
export function line(description: string) {
  const pattern = "^\\S(?:.*\\S)?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "one line of text, without spaces at its ends",
      fix: "fill it in, or take the entry out",
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
        allowed: `one exact version, such as ${CHART_VERSION}: no v in front, no range`,
        fix: "pin a release of the chart tailscale-operator",
      },
    ],
  );
}

/** An https URL. */
export function httpsUrl(description: string) {
  // No user and password: they would stand in the stack's file and in its state in plain text.
  const pattern = "^https://[^/:\\s@]+(?::\\d+)?(?:/[^\\s]*)?$";
  return text({ description, pattern, format: "uri" }, [
    {
      holds: (value) => new RegExp(pattern).test(value) && URL.canParse(value),
      allowed: "a URL that starts with https:// and holds no user name or password",
      fix: "give the whole URL",
    },
  ]);
}

/** A path on the machine that runs the program. */
export function path(description: string) {
  return text({ description, pattern: "\\S" }, [
    {
      holds: (value) => value.trim() !== "",
      allowed: "a path that is not empty",
      fix: "fill it in, or take the key out",
    },
  ]);
}

/** Where a chart comes from: a Helm repository, a registry, or a copy on disk. */
export function chartSource(description: string) {
  const host = "[^/:\\s@]+(?::\\d+)?";
  const pattern = `^(?:https://${host}(?:/\\S*)?|oci://${host}/\\S+|[^\\s:]+)$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "https://<repository>, oci://<registry>/<chart>, or the path of a chart's folder or archive; no password in it",
      fix: "give one of these; the version stands in operator.chartVersion, a registry's login in Helm's own configuration",
    },
  ]);
}

/** Reports the first rule that a text breaks; `params` carries what the issue is told with. */
function text(editor: EditorRule, rules: readonly TextRule[]) {
  return z
    .string()
    .superRefine((value, context) => {
      const broken = rules.find(({ holds }) => !holds(value));
      if (broken) context.addIssue({ code: "custom", params: { allowed: broken.allowed, fix: broken.fix } });
    })
    .meta({ ...editor });
}
