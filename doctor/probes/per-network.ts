import type { Network } from "./network.ts";

/** Makes something once for each network that probes use. It is kept as long as the network. */
export function perNetwork<T>(make: (network: Network) => T): (network: Network) => T {
  const made = new WeakMap<Network, { readonly value: T }>();
  return (network) => {
    const { value } = made.get(network) ?? { value: make(network) };
    made.set(network, { value });
    return value;
  };
}
