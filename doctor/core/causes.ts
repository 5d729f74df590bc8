/** What a cause means, and the one thing to do about it. */
interface CauseText {
  readonly text: string;
  readonly fix: string;
}

/** Every cause that a check can name. A finding has exactly one. */
export const CAUSES = {
  "operator-missing": {
    text: "the operator's Deployment does not exist",
    fix: "run pulumi up --refresh",
  },
  "operator-not-logged-in": {
    text: "no device of the operator is connected to the tailnet",
    fix: "read the log of the operator's pod, and restart it: kubectl rollout restart",
  },
  "funnel-not-allowed": {
    text: "the policy gives no tag of the Funnel's proxy the nodeAttr funnel",
    fix: "run pulumi up --refresh, or add the lines to the policy if the stack only verifies it",
  },
  "name-taken": {
    text: "another device has the name, so this one got a name with a number",
    fix: "delete the other device in the Tailscale console, then the proxy's device: docs/runbook.md",
  },
} as const satisfies Readonly<Record<string, CauseText>>;

/** The identifier of a cause, as reports name it. */
export type Cause = keyof typeof CAUSES;
