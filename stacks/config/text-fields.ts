import { isIP } from "node:net";
import { z } from "zod";
import { text } from "./text-field.ts";

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

/** Tags of a device, at least one. */
export function tags(description: string) {
  return z.array(tag("A tag of the policy.")).min(1).meta({ description });
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

/** An amount of a resource, as Kubernetes writes it. */
export function quantity(description: string) {
  const pattern = "^\\d+(?:\\.\\d+)?(?:m|k|[MGTPE]|[KMGTPE]i)?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "a Kubernetes quantity as text, such as 100m, 0.5 or 64Mi",
      fix: "write a number and a unit, in quotes if there is no unit",
    },
  ]);
}

/** Environment variables that the operator does not set itself. */
export function variables(description: string) {
  const pattern = "^(?!TS_|EXPERIMENTAL_)[A-Za-z_][A-Za-z0-9_]*$";
  return z
    .record(z.string(), z.string())
    .superRefine((values, context) => {
      for (const name of Object.keys(values).filter((key) => !new RegExp(pattern).test(key))) {
        const params = {
          found: JSON.stringify(name),
          allowed: "letters, digits and underscores, not starting with a digit, TS_ or EXPERIMENTAL_",
          fix: "rename or remove it; the operator sets Tailscale's own variables",
        };
        context.addIssue({ code: "custom", path: [name], params });
      }
    })
    .meta({ description, propertyNames: { pattern } });
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

/** The checksum of a policy, as the program prints it. */
export function policyChecksum(description: string) {
  const pattern = "^sha256:[0-9a-f]{16}$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "sha256: and 16 hexadecimal digits",
      fix: "copy it from the error that lists what would be lost, or remove the key",
    },
  ]);
}
