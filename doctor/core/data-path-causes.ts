/** Causes that connections show: DNS, Cloudflare's edge, the Funnel, Traefik, and private services. */
export const DATA_PATH_CAUSES = {
  "dns-not-propagated": {
    text: "the zone's name servers know the record, and resolvers still have an older answer",
    fix: "wait until the older answer's time to live is over, some minutes up to a day",
  },
  "zone-not-delegated": {
    text: "the zone's name servers are not Cloudflare's",
    fix: "set the name servers that the zone's page shows in Cloudflare, at the domain's registrar",
  },
  "edge-certificate-expired": {
    text: "Cloudflare's certificate for the hostname has expired",
    fix: "look at the certificate's validation in the zone's page Edge Certificates",
  },
  "edge-silent": {
    text: "Cloudflare accepts the request, and does not answer it in time",
    fix: "find out what the application waits for: the Funnel is reached, or Cloudflare would answer with an error",
  },
  "edge-error": {
    text: "Cloudflare answers with an error of its own",
    fix: "look the number up in Cloudflare's list of 1xxx errors",
  },
  "edge-unknown-hostname": {
    text: "Cloudflare's edge does not know the hostname",
    fix: "wait some minutes after the first up; then check that the zone is active",
  },
  "funnel-not-public": {
    text: "the internet does not know the Funnel's ts.net name, so Funnel is off for the device",
    fix: "give the proxy's tag the nodeAttr funnel: run pulumi up in the stack that manages the policy",
  },
  "funnel-not-serving": {
    text: "the Funnel relay has no device for the ts.net name",
    fix: "check that the proxy's pod runs and its device is connected: kubectl get pods -n tailscale",
  },
  "funnel-certificate-not-issued": {
    text: "the device has no certificate for its ts.net name",
    fix: "wait some minutes after the first request; then read the proxy's log: Let's Encrypt has weekly limits",
  },
  "funnel-certificate-expired": {
    text: "the Funnel's certificate has expired",
    fix: "restart the proxy's pod, and read its log for the failed renewal",
  },
  "funnel-certificate-not-renewed": {
    text: "the Funnel's certificate expires soon, although the proxy renews it 30 days before",
    fix: "restart the proxy's pod, and read its log for the failed renewal",
  },
  "funnel-certificate-wrong-name": {
    text: "the certificate at the ts.net name's address is for another name",
    fix: "check what answers at this address: the ts.net name must lead to Tailscale's Funnel",
  },
  "funnel-certificate-staging": {
    text: "the Funnel's certificate is of Let's Encrypt's staging authority, which nobody trusts",
    fix: "turn off useLetsEncryptStagingEnvironment in the Funnel's ProxyClass",
  },
  "hostname-served-directly": {
    text: "the ts.net name's address serves the public hostname, so it is not a Funnel",
    fix: "check what answers at this address: the ts.net name must lead to Tailscale's Funnel",
  },
  "backend-unreachable": {
    text: "the Funnel's proxy has no TLS connection to the ingress controller",
    fix: "check that the backend Service has ready endpoints, and that Traefik's sniStrict is off",
  },
  "router-missing": {
    text: "Traefik has no router for the hostname, so its default router answers",
    fix: "add an Ingress or IngressRoute for this Host, on the entry point that the Funnel reaches",
  },
  "misdirected-request": {
    text: "the router has TLS options of its own, and the Funnel's proxy sends no server name to select them",
    fix: "remove the router's own TLS options, or set them as Traefik's default",
  },
  "application-unavailable": {
    text: "Traefik routes the hostname, and the application behind it does not answer",
    fix: "check that the application's Service has ready endpoints",
  },
  "application-silent": {
    text: "the application accepts the request, and does not answer it in time",
    fix: "find out what the application waits for",
  },
  "application-not-http": {
    text: "the answer through the Funnel is not HTTP",
    fix: "check that the Funnel's backend port is the ingress controller's port for HTTPS",
  },
  "application-error": {
    text: "the path is complete, and the application fails",
    fix: "read the application's log",
  },
  "origin-lock-open": {
    text: "requests that bypass Cloudflare are not refused, although the origin lock is on",
    fix: "run pulumi up --refresh, and check that no other router has a higher priority",
  },
  "origin-lock-refuses-cloudflare": {
    text: "Traefik refuses requests of Cloudflare: the secret is not added, or is another one",
    fix: "run pulumi up --refresh",
  },
  "origin-refused": {
    text: "521: the origin refuses Cloudflare's connections",
    fix: "check that the record leads to the Funnel's ts.net name, and look at Tailscale's status page",
  },
  "origin-timeout": {
    text: "522: the origin does not answer Cloudflare's connections",
    fix: "check that the record leads to the Funnel's ts.net name, and look at Tailscale's status page",
  },
  "origin-unreachable": {
    text: "523: Cloudflare has no route to the origin",
    fix: "check that the record leads to the Funnel's ts.net name",
  },
  "origin-handshake-failed": {
    text: "525: the Funnel rejects Cloudflare's TLS handshake, as it does for any SNI but its own",
    fix: "check the origin rule's SNI; if it is right, the zone does not apply it: set via: worker",
  },
  "origin-certificate-rejected": {
    text: "526: Cloudflare rejects the origin's certificate, which is not for the name that Cloudflare checks",
    fix: "check the origin rule's SNI; if it is right, the zone does not apply it: set via: worker",
  },
  "origin-response-invalid": {
    text: "520: the origin closes the connection after the TLS handshake, or what it answers is not valid HTTP",
    fix: "read the log of the Funnel's proxy, and check that the record leads to the Funnel's ts.net name",
  },
  "origin-unresolved": {
    text: "1016: Cloudflare cannot resolve the record's target",
    fix: "run pulumi up --refresh: the record must lead to the Funnel's assigned ts.net name",
  },
  "record-target-prohibited": {
    text: "Cloudflare does not allow the record's target",
    fix: "check that the record leads to the Funnel's ts.net name",
  },
  "worker-failed": {
    text: "the Worker ended with an error",
    fix: "read the Worker's log in the Cloudflare dashboard, and run pulumi up --refresh",
  },
  "worker-limit-reached": {
    text: "the account's Worker requests of the day are used up",
    fix: "use the paid Workers plan, or via: origin-rule",
  },
  "worker-origin-unreachable": {
    text: "the Worker has no TCP connection to the Funnel",
    fix: "run pulumi up --refresh: the Worker must have the Funnel's assigned ts.net name",
  },
  "worker-origin-tls-failed": {
    text: "the Worker has no TLS connection to the Funnel, or gets a certificate for another name",
    fix: "run pulumi up --refresh: the Worker must have the Funnel's assigned ts.net name",
  },
  "worker-origin-response-invalid": {
    text: "the Worker gets no valid HTTP response through the Funnel",
    fix: "read the Worker's log in the Cloudflare dashboard",
  },
  "private-name-missing": {
    text: "the tailnet does not know the service's ts.net name",
    fix: "check that the proxy's pod runs and its device is connected: kubectl get pods -n tailscale",
  },
  "private-port-closed": {
    text: "the service's device refuses connections",
    fix: "check that the Service has ready endpoints, and that it lists the port",
  },
  "private-port-blocked": {
    text: "the service's device does not answer",
    fix: "check that the device is connected, and that the policy's grant lists the port",
  },
  "private-certificate-invalid": {
    text: "the service's device has no valid certificate for its ts.net name",
    fix: "check that HTTPS is on in the tailnet, and read the proxy's log: Let's Encrypt has weekly limits",
  },
  "private-backend-unreachable": {
    text: "the proxy of the service does not reach the Service behind it",
    fix: "check that the backend Service has ready endpoints, and that backend.port is its port",
  },
  "private-service-public": {
    text: "the internet knows the service's ts.net name: Funnel is on for it",
    fix: "remove tailscale.com/funnel from the object, and the nodeAttr funnel from its tag",
  },
  "legacy-route-open": {
    text: "a route of before the move to the tailnet still answers",
    fix: "delete the legacy object; if it was never adopted, the stack does not know it",
  },
  "node-port-open": {
    text: "every node of the cluster answers for the service, outside the tailnet too",
    fix: "set allocateLoadBalancerNodePorts: false and clear nodePort, or replace the Service",
  },
} as const;
