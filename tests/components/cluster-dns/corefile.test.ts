import { describe, expect, test } from "vitest";
import { corefileIssues, stubZone, withStubZone } from "../../../components/cluster-dns/corefile.ts";

const KUBEADM = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
    }
    # forward to the nodes' own
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    reload
}
`;

test("the stub zone forwards ts.net to the nameserver", () => {
  expect(stubZone("10.43.0.53")).toBe(`ts.net:53 {
    errors
    cache 30
    forward . 10.43.0.53
}
`);
});

describe("a Corefile with the stub zone", () => {
  const added = `# tailnet-edge: the tailnet's names, begin
${stubZone("10.43.0.53")}# tailnet-edge: the tailnet's names, end
`;

  test("keeps every byte of the original", () => {
    expect(withStubZone(KUBEADM, "10.43.0.53")).toBe(KUBEADM + added);
    expect(withStubZone(KUBEADM.trimEnd(), "10.43.0.53")).toBe(KUBEADM + added);
  });

  test("does not change when the stub zone is added again", () => {
    const once = withStubZone(KUBEADM, "10.43.0.53");
    expect(withStubZone(once, "10.43.0.53")).toBe(once);
  });

  test("gets the new address instead of the old one, and keeps what was added after the block", () => {
    const more = "example.org:53 {\n    forward . 9.9.9.9\n}\n";
    expect(withStubZone(withStubZone(KUBEADM, "10.43.0.9") + more, "10.43.0.53")).toBe(
      KUBEADM + more + added,
    );
  });
});

test("rejects an empty Corefile: the stub zone would be the cluster's only DNS zone", () => {
  expect(corefileIssues("\n", "kube-system/coredns: Corefile")).toEqual([
    {
      path: "kube-system/coredns: Corefile",
      found: "no Corefile",
      allowed: "the Corefile that the cluster's CoreDNS runs with",
      fix: "this cluster keeps its Corefile elsewhere: remove clusterDns and add the stub zone there by hand",
    },
  ]);
});

describe("server blocks that already serve ts.net names", () => {
  const found = (corefile: string) =>
    corefileIssues(corefile, "kube-system/coredns").map((issue) => issue.found);

  test("are rejected, each with its key", () => {
    const others = "ts.net {\n  forward . 1.1.1.1\n}\nexample.org, dns://Tail1234.ts.net.:53 {\n}\n";
    expect(found(KUBEADM + others)).toEqual([
      "a server block ts.net",
      "a server block dns://Tail1234.ts.net.:53",
    ]);
    expect(corefileIssues(`ts.net { }`, "kube-system/coredns: Corefile")).toEqual([
      {
        path: "kube-system/coredns: Corefile",
        found: "a server block ts.net",
        allowed: "no other server block for ts.net or its subdomains: the stack adds its own",
        fix: "remove that block from the Corefile, or clusterDns from the stack's configuration",
      },
    ]);
  });

  test("do not include the stack's own block, comments, imports, directives and similar names", () => {
    const harmless = `${KUBEADM}# ts.net {
import custom.ts.net
bets.net:53 {
    rewrite name ts.net example.org
    template "ts.net {" ANY
}
`;
    expect(found(withStubZone(harmless, "10.43.0.53"))).toEqual([]);
  });
});
