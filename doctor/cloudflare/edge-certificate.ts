import { broken, ok, type Outcome } from "../core/check.ts";

/** An edge certificate, as far as it is read. */
export interface CertificatePack {
  readonly hosts: readonly string[];
  readonly status: string;
  readonly type: string;
}

/** Whether an active edge certificate covers a hostname. A wildcard covers exactly one label. */
export function edgeCertificateOutcome(packs: readonly CertificatePack[], host: string): Outcome {
  const wildcard = `*.${host.slice(host.indexOf(".") + 1)}`;
  const covering = packs.filter(({ hosts }) => hosts.includes(host) || hosts.includes(wildcard));
  const active = covering.find(({ status }) => status === "active");
  if (active) return ok(`${active.type} certificate for ${active.hosts.join(", ")}`);
  const [pending] = covering;
  if (pending) return broken("edge-certificate-pending", `${pending.type} certificate is ${pending.status}`);
  const seen = packs.flatMap(({ hosts }) => hosts).join(", ");
  return broken("edge-certificate-missing", `certificates only for ${seen === "" ? "no name" : seen}`);
}
