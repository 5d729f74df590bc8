import { z } from "zod";
import { text, type TextRule } from "./text-field.ts";

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

const OBJECT_NAME = "^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$";
const OBJECT_NAME_RULE: TextRule = {
  holds: (value) => value.length <= 253 && new RegExp(OBJECT_NAME).test(value),
  allowed: "1 to 253 lowercase letters, digits, hyphens and dots; a letter or a digit at either end",
  fix: "write it as kubectl get prints it",
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

/** Name of a Helm release. */
export function releaseName(description: string) {
  const pattern = "^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$";
  return text({ description, pattern, maxLength: 53 }, [
    {
      holds: (value) => value.length <= 53 && new RegExp(pattern).test(value),
      allowed: "1 to 53 lowercase letters, digits, hyphens and dots; a letter or a digit at either end",
      fix: "write it as helm list -A prints it",
    },
  ]);
}

/** Name of an object that is not a DNS label: a Secret, an Ingress. */
export function objectName(description: string) {
  return text({ description, pattern: OBJECT_NAME, maxLength: 253 }, [OBJECT_NAME_RULE]);
}

/** Names of objects, such as the Secrets to pull an image with. */
export function objectNames(description: string) {
  return z.array(objectName("Name of a Secret.")).meta({ description });
}

/** Name of a PriorityClass; empty for none, as in a pod. */
export function priorityClass(description: string) {
  const { holds, allowed, fix } = OBJECT_NAME_RULE;
  return text({ description, pattern: `^$|${OBJECT_NAME}`, maxLength: 253 }, [
    { holds: (value) => value === "" || holds(value), allowed: `${allowed}; or empty for none`, fix },
  ]);
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

/** A Funnel's full name in its tailnet. */
export function funnelName(description: string) {
  const pattern = `^${LABEL}\\.${LABEL}\\.ts\\.net$`;
  return text({ description, pattern, maxLength: 253 }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: "a Funnel's full ts.net name, such as other-edge.tail1234.ts.net",
      fix: "copy funnel.actual from the outputs of the other cluster's stack",
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
