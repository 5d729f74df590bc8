import { afterAll, beforeAll, expect, test } from "vitest";
import { cluster } from "../../../sandbox/providers/kubernetes/cluster.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { changeTailnet, credentials, devices } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import {
  all,
  changeCredential,
  changeSecret,
  policyWith,
  SECRET,
  withoutObject,
  type WorldChange,
} from "../world-changes.ts";
import {
  certificate,
  FUNNEL,
  httpsOff,
  INGRESS,
  loseProxy,
  noFunnel,
  podSecurity,
  takeName,
} from "./operator-changes.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
});
afterAll(() => doctor.remove());

const NAME = `name/${FUNNEL}`;
const CERTIFICATE = `certificate/${FUNNEL}`;
const WITHOUT_NAME = `${CERTIFICATE}: because of ${NAME}`;

/** A node drains, for example. */
const restartOperator: WorldChange = (world) => {
  operatorPods(world).delete("tailscale");
};
const registryIsDown: WorldChange = (world) => {
  world.table("kubernetes.cluster").set("-", { ...cluster(world), registryIsDown: true });
};
const revoke: WorldChange = (world) => {
  for (const [id] of [...credentials(world)]) credentials(world).delete(id);
};

/** What is changed, and every check that is then not ok. */
const ALONE: readonly (readonly [string, WorldChange, readonly string[]])[] = [
  ["the Secret is deleted", withoutObject(SECRET), ["secret: secret-missing", ...unknownCredential()]],
  [
    "the Secret lacks a key",
    changeSecret(() => undefined),
    ["secret: secret-key-missing", ...unknownCredential()],
  ],
  [
    "the Secret ends in a line break",
    changeSecret((secret) => `${secret}\n`),
    ["secret: secret-has-whitespace", "credential: because of secret", ...scopes("secret")],
  ],
  ["the credential is revoked", revoke, ["credential: credential-revoked", ...scopes("credential")]],
  [
    "the credential has another secret",
    changeCredential(() => ({ secretHash: "0" })),
    ["credential: credential-wrong-secret", ...scopes("credential")],
  ],
  ...(["auth_keys", "devices:core", "services"] as const).map((scope) => {
    const lacking = changeCredential(({ scopes: all }) => ({ scopes: all.filter((one) => one !== scope) }));
    return [`the credential lacks ${scope}`, lacking, [`scope/${scope}: scope-missing`]] as const;
  }),
  [
    "the policy cannot be parsed",
    (world) => {
      changeTailnet(world, { policy: "{" });
    },
    [
      "policy/syntax: policy-unreadable",
      ...["tag-owners", "funnel", "access", "tests"].map(
        (part) => `policy/${part}: because of policy/syntax`,
      ),
    ],
  ],
  [
    "the operator owns no tag",
    policyWith((policy) => policy.replace(/"tag:k8s":\s*\[\s*"tag:k8s-operator",?\s*\]/, '"tag:k8s": []')),
    ["policy/tag-owners: tag-without-owner"],
  ],
  ["Funnel is not allowed", noFunnel, ["policy/funnel: funnel-not-allowed"]],
  [
    "a grant is missing",
    policyWith((policy) => policy.replaceAll("tcp:443", "tcp:444")),
    ["policy/access: access-not-granted"],
  ],
  [
    "everybody reaches everything",
    policyWith((policy) =>
      policy.replace("{", '{ "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],'),
    ),
    ["policy/tests: policy-tests-fail"],
  ],
  [
    "MagicDNS is off",
    (world) => {
      changeTailnet(world, { magicDns: false });
    },
    ["magicdns: magicdns-off"],
  ],
  ["HTTPS is off", httpsOff, ["https: https-off"]],
  [
    "the operator's Deployment is deleted",
    withoutObject("Deployment tailscale/operator"),
    ["deployment: operator-missing", "login: because of deployment"],
  ],
  [
    "the operator's device is removed",
    (world) => {
      for (const [id, { owner }] of [...devices(world)]) if (owner === "operator") devices(world).delete(id);
    },
    ["login: operator-not-logged-in"],
  ],
  ["the Ingress is deleted", withoutObject(INGRESS), [`${NAME}: exposed-object-missing`, WITHOUT_NAME]],
  ["another machine has the Funnel's name", takeName, [`${NAME}: name-taken`, WITHOUT_NAME]],
  [
    "the devices are in another tailnet",
    (world) => {
      changeTailnet(world, { name: "other.ts.net" });
    },
    [`${NAME}: other-tailnet`, WITHOUT_NAME],
  ],
  [
    "the credential has expired",
    changeCredential(() => ({ expires: "2026-01-01T00:00:00Z" })),
    ["credential: credential-expired", ...scopes("credential")],
  ],
  [
    "the credential is revoked, and still listed",
    changeCredential(() => ({ revoked: "2026-01-01T00:00:00Z" })),
    ["credential: credential-revoked", ...scopes("credential")],
  ],
  [
    "no node can pull the operator's image",
    all(registryIsDown, restartOperator),
    ["deployment: image-not-pulled", "login: because of deployment"],
  ],
  [
    "Pod Security refuses the operator's pod",
    all(podSecurity("restricted"), restartOperator),
    ["deployment: pod-security-refused", "login: because of deployment"],
  ],
  [
    "Pod Security refuses the proxy's pod",
    all(podSecurity("restricted"), loseProxy),
    [`${NAME}: pod-security-refused`, WITHOUT_NAME],
  ],
  ["the certificate is not issued yet", certificate("not issued"), [`${CERTIFICATE}: unknown`]],
  ["the certificate is not renewed", certificate(5.5), [`${CERTIFICATE}: certificate-expires`]],
  ["the certificate has expired", certificate(-1.5), [`${CERTIFICATE}: certificate-expires`]],
];

const REVOKED = ["credential: credential-revoked", ...scopes("credential")];

/** Two changes at once. A cause that another one hides is missing. */
const PAIRS: typeof ALONE = [
  [
    "a revoked credential keeps a restarted operator from starting",
    all(revoke, restartOperator),
    [...REVOKED, "deployment: because of credential", "login: because of credential"],
  ],
  [
    "a revoked credential, and an image that cannot be pulled",
    all(revoke, registryIsDown, restartOperator),
    [...REVOKED, "deployment: image-not-pulled", "login: because of credential"],
  ],
  [
    "a revoked credential, and Pod Security",
    all(revoke, podSecurity("restricted"), restartOperator),
    [...REVOKED, "deployment: pod-security-refused", "login: because of credential"],
  ],
  [
    "a revoked credential, and Funnel is not allowed",
    all(revoke, noFunnel),
    [...REVOKED, "policy/funnel: funnel-not-allowed"],
  ],
  [
    "an expired credential, and a certificate that is not renewed",
    all(
      changeCredential(() => ({ expires: "2026-01-01T00:00:00Z" })),
      certificate(5.5),
    ),
    ["credential: credential-expired", ...scopes("credential"), `${CERTIFICATE}: certificate-expires`],
  ],
  [
    "an image that cannot be pulled, and a certificate that is not renewed",
    all(registryIsDown, restartOperator, certificate(5.5)),
    ["deployment: image-not-pulled", "login: because of deployment", `${CERTIFICATE}: certificate-expires`],
  ],
  [
    "Pod Security refuses the proxy's pod, and Funnel is not allowed",
    all(podSecurity("restricted"), loseProxy, noFunnel),
    ["policy/funnel: funnel-not-allowed", `${NAME}: pod-security-refused`, WITHOUT_NAME],
  ],
  [
    "HTTPS is off, and the proxy has to start again",
    all(httpsOff, loseProxy),
    ["https: https-off", `${NAME}: because of https`, `${CERTIFICATE}: because of https`],
  ],
  [
    "the Secret is deleted, and the operator has to start again",
    all(withoutObject(SECRET), restartOperator),
    [
      "secret: secret-missing",
      ...unknownCredential(),
      "deployment: because of secret",
      "login: because of secret",
    ],
  ],
];

function scopes(root: string): readonly string[] {
  return ["auth_keys", "devices:core", "services"].map((scope) => `scope/${scope}: because of ${root}`);
}

function unknownCredential(): readonly string[] {
  return ["credential: because of secret", ...scopes("secret")];
}

test.each(ALONE)("%s", async (_, change, expected) => {
  expect(notOk(await doctor.diagnose(change))).toEqual(expected);
});

test.each(PAIRS)("tells apart: %s", async (_, change, expected) => {
  expect(notOk(await doctor.diagnose(change))).toEqual(expected);
});
