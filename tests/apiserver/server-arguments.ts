import { join } from "node:path";

/** Where one API server keeps its files, and where it listens. */
export interface ServerPlace {
  /** Folder for everything that is stored. */
  readonly folder: string;
  /** Loopback port of the API. */
  readonly port: number;
}

export const tokenFile = ({ folder }: ServerPlace): string => join(folder, "tokens.csv");
export const serviceAccountKeyFile = ({ folder }: ServerPlace): string => join(folder, "service-account.key");
export const serverCertificateFile = ({ folder }: ServerPlace): string => join(folder, "apiserver.crt");
export const serverKeyFile = ({ folder }: ServerPlace): string => join(folder, "apiserver.key");

// Unix sockets: no other user of the machine reaches the store, and there are no ports to collide.
const storeUrl = ({ folder }: ServerPlace): string => `unix://${join(folder, "etcd.sock")}`;

export function etcdArguments(place: ServerPlace): string[] {
  return [
    `--data-dir=${join(place.folder, "etcd")}`,
    `--listen-client-urls=${storeUrl(place)}`,
    `--listen-peer-urls=unix://${join(place.folder, "peer.sock")}`,
    // It must advertise a host and port as well; nobody calls them, there is one member and one client.
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
    // Without a certificate of ours the server makes one for its address and leaves it in this folder.
    `--cert-dir=${place.folder}`,
    `--token-auth-file=${tokenFile(place)}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${serviceAccountKeyFile(place)}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile(place)}`,
    "--service-cluster-ip-range=10.96.0.0/12",
    "--allow-privileged=true",
    // The server's own Endpoints would name a loopback address, which it refuses to store.
    "--endpoint-reconciler-type=none",
    // It waits for a controller that makes the default ServiceAccounts, and none runs here.
    "--disable-admission-plugins=ServiceAccount",
  ];
}
