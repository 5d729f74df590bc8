import type { AnnotationService } from "../../components/private-services/kinds/annotation.ts";
import type { IngressService } from "../../components/private-services/kinds/ingress.ts";
import type { LoadBalancerService } from "../../components/private-services/kinds/load-balancer.ts";

// One service of each kind, with every legacy exposure that the kind allows.

export const database = {
  kind: "loadBalancer",
  name: "tazlab-db",
  hostname: "tazlab-db",
  namespace: "tazlab-db",
  tags: ["tag:k8s"],
  allowFrom: ["tag:tazpod"],
  phase: "tailnet",
  ports: [{ port: 5432, targetPort: 5432 }],
  selector: { cluster: "tazlab-db", role: "master" },
  legacy: {
    loadBalancer: {
      service: "tazlab-db-external",
      address: "192.168.1.241",
      annotationPrefix: "metallb.io",
      ports: [{ port: 5432, targetPort: 5432 }],
      selector: { cluster: "tazlab-db", role: "master" },
      annotations: {},
      labels: { app: "db" },
      adopt: false,
    },
  },
} as const satisfies LoadBalancerService;

export const dashboard = {
  kind: "ingress",
  name: "pgadmin",
  hostname: "pga",
  namespace: "db-tools",
  tags: ["tag:internal-apps", "tag:web"],
  allowFrom: ["tag:tazpod", "group:dba"],
  phase: "tailnet",
  backend: { service: "pgadmin", port: 8001 },
  legacy: {
    ingress: {
      name: "pgadmin-public",
      host: "pgadmin.tazlab.net",
      tlsSecret: "wildcard-tls",
      middlewares: ["auth-oauth2-proxy@kubernetescrd", "default-headers@kubernetescrd"],
      entryPoints: ["websecure"],
      ingressClass: "traefik",
      annotations: { "example.com/kept": "yes" },
      labels: {},
      adopt: false,
    },
    backing: { address: "192.168.1.242", annotationPrefix: "metallb.io" },
  },
} as const satisfies IngressService;

export const annotated = {
  kind: "annotation",
  name: "git-ssh",
  hostname: "git",
  namespace: "git",
  tags: ["tag:git"],
  allowFrom: ["autogroup:member"],
  phase: "tailnet",
  service: "git-ssh",
  ports: [22, 80],
  legacy: { backing: { annotationPrefix: "metallb.io" } },
} as const satisfies AnnotationService;
