import type { Target } from "../../doctor/target/target.ts";

/** The hostnames as if they were published with `via: worker`. */
export function overWorker(target: Target): Target {
  return { ...target, hosts: target.hosts.map((host) => ({ ...host, via: "worker" })) };
}

/** As after an update with `originLock: true`. */
export function locked(target: Target): Target {
  return { ...target, outputs: { ...target.outputs, originLock: { serial: 1, enforced: true } } };
}
