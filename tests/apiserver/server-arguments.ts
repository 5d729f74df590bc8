import { join } from "node:path";

/** Files and port of one API server. */
export interface ServerPlace {
  /** Folder for all its files. */
  readonly folder: string;
  /** Loopback port of the API. */
  readonly port: number;
}

export const tokenFile = ({ folder }: ServerPlace): string => join(folder, "tokens.csv");
export const serviceAccountKeyFile = ({ folder }: ServerPlace): string => join(folder, "service-account.key");
export const serverCertificateFile = ({ folder }: ServerPlace): string => join(folder, "apiserver.crt");
export const serverKeyFile = ({ folder }: ServerPlace): string => join(folder, "apiserver.key");

// Unix sockets: other users of the machine cannot reach the store, and no ports can collide.
const storeUrl = ({ folder }: ServerPlace): string => `unix://${join(folder, "etcd.sock")}`;

export function etcdArguments(place: ServerPlace): string[] {
  return [
    `--data-dir=${join(place.folder, "etcd")}`,
    `--listen-client-urls=${storeUrl(place)}`,
    `--listen-peer-urls=unix://${join(place.folder, "peer.sock")}`,
    // etcd requires a URL with host and port. Nothing calls it: there is one member and one client.
    "--advertise-client-urls=http://localhost:2379",
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

export function apiServerArguments(place: ServerPlace): string[] {
  return [
    `--etcd-servers=${storeUrl(place)}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${place.port}`,
    // Without a given certificate the server creates a self-signed one in this folder.
    `--cert-dir=${place.folder}`,
    `--token-auth-file=${tokenFile(place)}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${serviceAccountKeyFile(place)}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile(place)}`,
    "--service-cluster-ip-range=10.96.0.0/12",
    "--allow-privileged=true",
    // The server's own Endpoints would contain a loopback address, which validation rejects.
    "--endpoint-reconciler-type=none",
    // This plugin waits for the controller that creates default ServiceAccounts. No controller runs here.
    "--disable-admission-plugins=ServiceAccount",
  ];
}
