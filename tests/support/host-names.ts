import fc from "fast-check";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const ALNUM = `${LOWER}0123456789`;
const one = (characters: string) => fc.constantFrom(...Array.from(characters));
const some = (characters: string, maxLength: number) => fc.string({ unit: one(characters), maxLength });

/** Labels of hostnames, with 1 to 63 characters. */
export const label = fc
  .tuple(one(ALNUM), fc.option(fc.tuple(some(`${ALNUM}-`, 61), one(ALNUM))))
  .map(([first, rest]) => first + (rest?.join("") ?? ""));

const topLevel = fc.tuple(one(LOWER), some(LOWER, 10)).map((parts) => parts.join(""));

/** Full hostnames, except ts.net names. */
export const hostName = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), topLevel)
  .map(([labels, top]) => [...labels, top].join("."))
  .filter((name) => !/(^|\.)ts\.net$/.test(name));

/** Distinct names in one zone, the same ones on every call: `<a>-<n>.example.com`. */
export function hostsOfOneZone(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${LOWER[index % 26] ?? ""}-${index}.example.com`);
}
