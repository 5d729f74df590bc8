import { broken, ok, type Outcome } from "../core/check.ts";

/** A DNS record, as far as it is read. */
export interface LiveRecord {
  readonly type: string;
  readonly content?: string | undefined;
  readonly proxied?: boolean | undefined;
}

/** Record types that decide where a hostname leads. */
const ADDRESS_TYPES = ["A", "AAAA", "CNAME"];

/** Whether a hostname's record is the proxied CNAME to its target. */
export function recordOutcome(records: readonly LiveRecord[], target: string): Outcome {
  const leading = records.filter(({ type }) => ADDRESS_TYPES.includes(type));
  const seen = leading
    .map(
      ({ type, content = "", proxied = false }) =>
        `${type} ${content}, ${proxied ? "proxied" : "not proxied"}`,
    )
    .join("; ");
  if (leading.length === 0) return broken("record-missing", "no A, AAAA or CNAME record");
  if (!leading.every(({ type, content }) => type === "CNAME" && content === target)) {
    return broken("record-elsewhere", `${seen}; expected CNAME ${target}`);
  }
  return leading.every(({ proxied }) => proxied) ? ok(seen) : broken("record-not-proxied", seen);
}
