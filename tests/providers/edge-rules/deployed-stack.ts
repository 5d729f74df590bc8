import { ownerOf } from "../../../providers/edge-rules/owner.ts";
import { foreignRule, inputsOf, sniRule, ZoneApi } from "./zone-api.ts";

export const A = sniRule("a.example.com");
export const B = sniRule("b.example.com");
/** What the program of the stack `ozilab` declares. */
export const WANTED = inputsOf({ sni_0: A, sni_1: B });
export const OWNER = ownerOf({ project: "tailnet-edge", stack: "ozilab" });
/** What the stack's state has after that. */
export const STATE = { ...WANTED, owner: OWNER };
/** A rule of somebody else. */
export const THEIRS = foreignRule("theirs");

/** A zone with a rule of somebody else on each side of the stack's rules. */
export async function deployed() {
  const zone = new ZoneApi();
  zone.add(THEIRS);
  const stack = zone.stack();
  await stack.create(WANTED);
  zone.add(foreignRule("last"));
  return { zone, stack };
}
