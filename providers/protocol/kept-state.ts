import type { Props } from "./local-resource.ts";

/**
 * The answer of a refresh that keeps the state: the next diff compares it with the live system, and names what others
 * have changed.
 *
 * @param computed - the output that is no input
 */
export function keptState(id: string, outputs: Props, computed: string) {
  const inputs = Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== computed));
  return { id, inputs, outputs };
}
