import { DATA_PATH_CAUSES } from "./data-path-causes.ts";

/** What a cause means, and the one thing to do about it. */
interface CauseText {
  readonly text: string;
  readonly fix: string;
}

const UPDATE = "run pulumi up --refresh";
const ROTATE = "rotate the credential: docs/runbook.md#rotate-the-operators-credential";

/** Every cause that a check can name, in the order of the groups. A finding has exactly one. */
export const CAUSES = {
  // Control plane
  "secret-missing": { text: "the operator's Secret does not exist", fix: UPDATE },
  "secret-key-missing": { text: "the operator's Secret lacks a key", fix: UPDATE },
  "secret-has-whitespace": {
    text: "a value of the operator's Secret starts or ends with white space, which the operator does not remove",
    fix: "write the value again without the line break (printf, not echo), and run pulumi up --refresh",
  },
  "credential-revoked": { text: "the operator's credential was revoked or deleted", fix: ROTATE },
  "credential-expired": { text: "the operator's credential has expired", fix: ROTATE },
  "credential-wrong-secret": {
    text: "the operator's credential exists, and its secret is another one",
    fix: ROTATE,
  },
  "credential-refused": { text: "Tailscale refuses the operator's credential", fix: ROTATE },
  "identity-mismatch": {
    text: "the operator's federated identity is for another service account or issuer",
    fix: UPDATE,
  },
  "scope-missing": {
    text: "the operator's credential lacks a scope",
    fix: "create a credential with the scopes auth_keys, devices:core and services: docs/runbook.md#rotate-the-operators-credential",
  },
  "policy-unreadable": {
    text: "the tailnet's policy cannot be parsed",
    fix: "fix the policy on the Access controls page of the Tailscale admin console",
  },
  "tag-without-owner": { text: "the policy lacks an owner of a tag that the operator assigns", fix: UPDATE },
  "funnel-not-allowed": { text: "the policy does not give the proxy's tag the nodeAttr funnel", fix: UPDATE },
  "access-not-granted": { text: "the policy lacks access that the stack declares", fix: UPDATE },
  "policy-tests-fail": {
    text: "the policy contradicts a test that the stack needs",
    fix: "change the policy's rule, or the allowFrom of the service",
  },
  "magicdns-off": { text: "MagicDNS is off, so there are no ts.net names", fix: UPDATE },
  "https-off": { text: "HTTPS certificates are off in the tailnet", fix: UPDATE },
  "operator-missing": { text: "the operator's Deployment does not exist", fix: UPDATE },
  "release-interrupted": {
    text: "an update was killed while Helm ran",
    fix: "docs/runbook.md#the-release-is-stuck-in-pending-install-pending-upgrade-or-pending-rollback",
  },
  "pod-security-refused": {
    text: "Pod Security refuses a pod",
    fix: "run pulumi up --refresh: the stack sets the namespace's level",
  },
  "image-not-pulled": {
    text: "a node cannot pull an image",
    fix: "check that the nodes reach the registry, or set operator.registry to a mirror",
  },
  "no-room-for-pod": {
    text: "no node has room for a pod",
    fix: "make room in the cluster, or lower the operator's resources",
  },
  "operator-not-available": {
    text: "the operator's Deployment has no available pod",
    fix: "run make explain, and read the pod's log",
  },
  "operator-not-logged-in": {
    text: "no device of the operator is connected to the tailnet",
    fix: "read the log of the operator's pod; then restart it with kubectl rollout restart",
  },
  "exposed-object-missing": {
    text: "the Ingress or Service that the stack declares is missing",
    fix: UPDATE,
  },
  "backend-missing": {
    text: "the backend Service does not exist, or has no ClusterIP",
    fix: "create the backend Service with a ClusterIP, or correct its name in the stack",
  },
  "name-not-assigned": {
    text: "the operator has not published the object",
    fix: "run make explain, and read the log of the operator's pod",
  },
  "name-taken": {
    text: "another machine has the name, so the device got a name with a number",
    fix: "remove the other machine on the Machines page of the Tailscale admin console, delete the object, and run pulumi up --refresh",
  },
  "other-tailnet": {
    text: "the device is in another tailnet than the configured one",
    fix: "set tailnet-edge:tailnet.name to that tailnet's DNS name, or use credentials of the configured tailnet",
  },
  "outputs-outdated": { text: "the assigned name differs from the one in the stack's outputs", fix: UPDATE },
  "certificate-expires": {
    text: "the proxy's certificate is not renewed",
    fix: "read the proxy's log: a tailnet gets 50 certificates a week, and 5 of one name",
  },
  // Cloudflare
  "zone-missing": {
    text: "the credential sees no zone of that name",
    fix: "check the name in publicEdge.zones, and that the token may read this zone",
  },
  "zone-paused": { text: "the zone is paused, so Cloudflare does not proxy it", fix: "unpause the zone" },
  "zone-not-active": {
    text: "the zone is not active",
    fix: "set the domain's nameservers to those that Cloudflare names, at its registrar",
  },
  "plan-without-sni-override": {
    text: "the zone's plan has no SNI override",
    fix: "set via: worker for its hostnames, which works on every plan",
  },
  "edge-certificate-missing": {
    text: "no active edge certificate covers the hostname",
    fix: "order an advanced certificate or turn on Total TLS: Universal SSL covers one label below the zone",
  },
  "edge-certificate-pending": {
    text: "the edge certificate of the hostname is not issued yet",
    fix: "wait, at most 24 hours; then read the certificate's status in the Cloudflare dashboard",
  },
  "record-missing": { text: "the hostname has no DNS record in the zone", fix: UPDATE },
  "record-not-proxied": { text: "the hostname's record is not proxied", fix: UPDATE },
  "record-elsewhere": { text: "the hostname's record points at another target", fix: UPDATE },
  "sni-rule-missing": { text: "no origin rule sets the Funnel's name as SNI", fix: UPDATE },
  "sni-overridden": {
    text: "an origin rule sets another SNI for the hostname",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "origin-overridden": {
    text: "an origin rule sends the hostname's requests to another origin or port",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "host-overridden": {
    text: "a rule replaces the Host header, by which Traefik routes",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "tls-not-strict": { text: "Cloudflare does not check the origin's certificate", fix: UPDATE },
  "tls-mode-overridden": {
    text: "a rule sets another TLS mode for the hostname",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "lock-rule-missing": { text: "no transform rule adds the origin lock's secret to requests", fix: UPDATE },
  "lock-header-overridden": {
    text: "a transform rule replaces or removes the origin lock's header",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "redirect-missing": { text: "plain HTTP is not redirected to HTTPS", fix: UPDATE },
  "redirect-elsewhere": {
    text: "a redirect rule sends the hostname's requests elsewhere",
    fix: "exclude the hostname from this rule, or disable the rule",
  },
  "worker-missing": { text: "the account has no Worker of the stack's name", fix: UPDATE },
  "worker-route-missing": { text: "no Worker route covers the hostname", fix: UPDATE },
  "worker-route-elsewhere": {
    text: "a Worker route of the hostname runs another Worker, or none",
    fix: "delete this route, and run pulumi up --refresh",
  },
  ...DATA_PATH_CAUSES,
} as const satisfies Readonly<Record<string, CauseText>>;

/** The identifier of a cause, as reports name it. */
export type Cause = keyof typeof CAUSES;
