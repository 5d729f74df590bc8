import { z } from "zod";

/** A rule for a text, and what its issue says. */
export interface TextRule {
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

/** Reports the first rule that a text breaks. `params` holds the texts of the issue. */
export function text(editor: EditorRule, rules: readonly TextRule[]) {
  return z
    .string()
    .superRefine((value, context) => {
      const broken = rules.find(({ holds }) => !holds(value));
      if (broken) context.addIssue({ code: "custom", params: { allowed: broken.allowed, fix: broken.fix } });
    })
    .meta({ ...editor });
}
