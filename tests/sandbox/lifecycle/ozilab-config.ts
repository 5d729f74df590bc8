import { CHART_VERSION } from "../../../components/operator/chart-version.ts";
import { publicEdge } from "../../support/record-stack.ts";

/** A hostname as in a stack's file: its name alone, or with its `via`. */
type Hostname = string | { readonly host: string; readonly via: unknown };

/** A test's changes to the ozilab stack. */
export interface OzilabChanges {
  readonly basePolicy?: string | undefined;
  readonly replacePolicy?: string;
  readonly namespace?: string;
  readonly releaseName?: string;
  readonly secretName?: string;
  readonly ingressName?: string;
  readonly chartVersion?: string;
  readonly serial?: number;
  readonly zones?: readonly string[];
  readonly hostnames?: readonly Hostname[];
  /** The via of hostnames without one of their own. */
  readonly via?: unknown;
  readonly originLock?: unknown;
  readonly worker?: unknown;
}

/** The ozilab stack with one zone and one hostname, and with a test's changes. */
export function ozilabConfig({
  replacePolicy,
  namespace,
  releaseName,
  secretName,
  ingressName,
  chartVersion = CHART_VERSION,
  serial = 1,
  zones = ["example.com"],
  hostnames = ["app.example.com"],
  via,
  originLock,
  worker,
  ...changes
}: OzilabChanges) {
  const { basePolicy } = { basePolicy: "stacks/ozilab.policy.hujson", ...changes };
  const edge = publicEdge(hostnames, zones);
  return {
    "tailnet-edge:tailnet": {
      name: "tail1234.ts.net",
      policy: "managed",
      ...(basePolicy !== undefined && { basePolicy }),
      ...(replacePolicy !== undefined && { replacePolicy }),
    },
    "tailnet-edge:operator": {
      chartVersion,
      ...(namespace !== undefined && { namespace }),
      ...(releaseName !== undefined && { releaseName }),
      ...(secretName !== undefined && { secretName }),
      hostname: "ozilab-operator",
      credential: { kind: "oauth", serial },
    },
    "tailnet-edge:publicEdge": {
      ...edge,
      ...(ingressName !== undefined && { funnel: { ...edge.funnel, ingressName } }),
      ...(via !== undefined && { via }),
      ...(originLock !== undefined && { originLock }),
      ...(worker !== undefined && { worker }),
    },
  };
}
