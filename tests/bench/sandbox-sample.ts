import type { Calls, Life, SizeFigures } from "../../bench/sandbox-figures.ts";

/** A life whose steps all take as long, and whose first up makes the calls. */
export function life(seconds: number, calls: Calls = {}): Life {
  const idle = { seconds, calls: {}, changes: [] };
  return { preview: idle, up: { seconds, calls, changes: ["create DnsRecord a.example"] }, "no-op up": idle };
}

/** @param rounds - seconds of ozilab and of flat */
export function sizeOf(
  hostnames: number,
  zones: number,
  rounds: readonly (readonly [ozilab: number, flat: number])[],
  calls: { readonly ozilab?: Calls; readonly flat?: Calls } = {},
): SizeFigures {
  return {
    hostnames,
    zones,
    rounds: rounds.map(([ozilab, flat]) => ({
      ozilab: life(ozilab, calls.ozilab),
      flat: life(flat, calls.flat),
    })),
  };
}
