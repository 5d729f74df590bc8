import { type ConfigIssue, renderIssue } from "../../components/config-issue.ts";
import { RulesUndone } from "./apply-rules.ts";
import { isUnknown, PERMISSIONS } from "./inputs.ts";
import { isFirstMatchPhase, overlapsOf } from "./overlap.ts";
import { nameOf } from "./owner.ts";
import type { Call } from "./planner.ts";
import { differences, type EntryPoint, type LiveRule, type Phase, type WrittenRule } from "./rule.ts";
import { ApiFailure } from "./rules-api.ts";

/** Where rules are, in messages. */
export interface Place {
  readonly zoneId: string;
  readonly phase: Phase;
}

/** A failed call, or calls that others undo, as the user sees it. Other errors stay as they are. */
export function apiProblem({ zoneId, phase }: Place, failure: unknown, access: "Read" | "Write"): unknown {
  if (!(failure instanceof ApiFailure) && !(failure instanceof RulesUndone)) return failure;
  return new Error(
    renderIssue({
      path: `rules of phase ${phase} in zone ${zoneId}`,
      found: failure.message,
      ...(failure instanceof ApiFailure ? remedy(failure, `${PERMISSIONS[phase]} ${access}`) : ONE_WRITER),
    }),
  );
}

const ONE_WRITER = {
  allowed: "other writers that keep the rules that they do not own",
  fix: "stop the tool that writes the whole phase, such as Terraform's `cloudflare_ruleset`, and run `pulumi up` again",
};

function remedy({ status, message }: ApiFailure, permission: string): Pick<ConfigIssue, "allowed" | "fix"> {
  const allowed = `a token with the permission ${permission} for this zone`;
  if (status === 401)
    return { allowed, fix: "check that the Cloudflare token is the right one, and has not expired" };
  if (status === 403)
    return { allowed, fix: `give the Cloudflare token the permission ${permission} for this zone` };
  if (/maximum number of rules/.test(message)) {
    return {
      allowed: "as many rules in a phase as the zone's plan has; rules of others count too",
      fix: "delete a rule that is not needed, or move the zone to a larger plan, and run `pulumi up` again",
    };
  }
  return { allowed: "a call that succeeds", fix: "run `pulumi up` again; rules of others were not changed" };
}

/** Rules with the stack's `ref`s that the state does not know, and that are not what the stack would create. */
export function refIssues(
  owner: string,
  live: EntryPoint | undefined,
  wanted: readonly WrittenRule[],
): readonly ConfigIssue[] {
  const own = (live?.rules ?? []).filter(({ ref }) => nameOf(owner, ref) !== undefined);
  return own
    .filter((rule) => !isAsWanted(rule, wanted))
    .map((rule) => ({
      path: `rule ${described(rule)}`,
      found: `ref ${rule.ref}, which is this stack's, on a rule that is not in the stack's state`,
      allowed: "refs that only this stack uses",
      fix: [
        "if the rule is this stack's, import it: `pulumi import edge-rules:index:ZoneRules`, as docs/adopting.md shows;",
        "else delete it, or rename the other stack that has this name",
      ].join("\n"),
    }));
}

/** Whether a rule is what an interrupted update of the same configuration left. */
function isAsWanted(rule: LiveRule, wanted: readonly WrittenRule[]): boolean {
  const expected = wanted.find(({ ref }) => ref === rule.ref);
  return (
    expected !== undefined &&
    differences(rule, expected).every(
      (field) => field === "actionParameters" && isUnknown(expected.action_parameters),
    )
  );
}

/** What to know about rules of others that set the same field for the same host. */
export function overlapWarnings(
  { phase }: Place,
  live: EntryPoint | undefined,
  wanted: readonly WrittenRule[],
  owns: (ref: string) => boolean,
): readonly string[] {
  const all = live?.rules ?? [];
  const foreigners = all.filter(({ ref }) => !owns(ref) && !wanted.some((rule) => rule.ref === ref));
  return wanted.flatMap((rule) => {
    const index = all.findIndex(({ ref }) => ref === rule.ref);
    const own = index < 0 ? all.length : index;
    return overlapsOf(rule, foreigners).flatMap(({ foreign, field, host, matches }) => {
      const about = `rule ${described(foreign)} of somebody else sets ${field}`;
      if (matches === "yes") {
        const side = isFirstMatchPhase(phase) ? "before" : "after";
        return [
          `${about} for ${host} too. The stack's rule "${rule.description}" goes ${side} it and overrides it`,
        ];
      }
      const wins = isFirstMatchPhase(phase) ? all.indexOf(foreign) < own : all.indexOf(foreign) > own;
      return wins
        ? [
            `${about}, and possibly for some requests to ${host}: its expression cannot be decided. ` +
              `There it overrides the stack's rule "${rule.description}": ${foreign.expression ?? ""}`,
          ]
        : [];
    });
  });
}

/** What others did to one of the stack's rules, which the call repairs. */
export function driftNote(call: Call, name: string): string {
  switch (call.kind) {
    case "create-entry-point":
      return "the rules were deleted by somebody else; the update creates them again";
    case "create-rule":
      return `rule ${name} was deleted by somebody else; the update creates it again`;
    case "update-rule":
      return call.fields.length > 0
        ? `rule ${name} was changed by somebody else (${call.fields.join(", ")}); the update changes it back`
        : `rule ${name} is overridden by a rule of somebody else; the update moves it`;
    case "delete-rule":
      return `rule ${name} is not in the stack's configuration; the update deletes it`;
  }
}

function described({ ref, description = "" }: LiveRule): string {
  return description === "" ? ref : `"${description}" (${ref})`;
}
