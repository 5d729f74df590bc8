import type { ConfigIssue } from "../../../components/config-issue.ts";
import { type FileConfig, ozilab } from "../../support/stack-config.ts";
import { COMBINATION_ROWS } from "./bad-configs/combinations.ts";
import { KEY_ROWS } from "./bad-configs/keys.ts";
import type { Row } from "./bad-configs/row.ts";
import { SECRET_ROWS } from "./bad-configs/secrets.ts";
import { VALUE_ROWS } from "./bad-configs/values.ts";

/** A configuration with mistakes, and every issue that the program must report for it. */
export interface BadConfig {
  readonly config: FileConfig;
  readonly issues: readonly ConfigIssue[];
}

/** Mistakes in a single field, which editors see too. */
export const FIELD_MISTAKES = [...KEY_ROWS, ...VALUE_ROWS, ...SECRET_ROWS].map(badConfig);

/** Mistakes that only the program sees: between fields, or between a field and the disk. */
export const CROSS_MISTAKES = COMBINATION_ROWS.map(badConfig);

function badConfig([name, changes, ...issues]: Row): readonly [string, BadConfig] {
  return [
    name,
    {
      config: ozilab(changes),
      issues: issues.map(([path, found, advice]) => ({ path, found, ...advice })),
    },
  ];
}
