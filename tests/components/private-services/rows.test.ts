import { describe, expect, test } from "vitest";
import { privateRows } from "../../../components/private-services/exposure-rows.ts";
import { migrationRows } from "../../../components/private-services/migration-rows.ts";
import { annotated, dashboard, database } from "../../support/private-services.ts";

describe("the exposure table", () => {
  const metalLb = { name: "tazlab-db", address: "192.168.1.241:5432", route: "MetalLB" };
  const local = ["everybody on the local network"];
  const tailnet = { name: "tazlab-db", address: "db.ts.net:5432", allowed: ["tag:tazpod"], route: "tailnet" };
  test.each([
    ["legacy", [{ ...metalLb, allowed: local }]],
    ["coexist", [{ ...metalLb, allowed: local }, tailnet]],
    ["tailnet", [tailnet]],
  ] as const)("lists a database in phase %s", (phase, rows) => {
    expect(privateRows({ ...database, phase }, "db.ts.net")).toEqual(rows);
  });

  test.each([
    ["open", "MetalLB (still open)"],
    ["unchecked", "MetalLB (not checked)"],
  ] as const)(
    "lists a legacy Service that is %s in phase tailnet, and before it nothing more",
    (left, route) => {
      const still = { ...metalLb, allowed: local, route };
      expect(privateRows(database, "db.ts.net", left)).toEqual([still, tailnet]);
      expect(privateRows({ ...database, phase: "coexist" }, "db.ts.net", left)).toEqual([
        { ...metalLb, allowed: local },
        tailnet,
      ]);
    },
  );

  test("lists a legacy Ingress that is open, and not the MetalLB address that the stack itself took away", () => {
    expect(privateRows(dashboard, "pga.ts.net", "open").map(({ route }) => route)).toEqual([
      "Traefik, auth-oauth2-proxy@kubernetescrd, default-headers@kubernetescrd (still open)",
      "tailnet",
    ]);
  });

  test("lists the three routes to a dashboard with a legacy Ingress and a MetalLB address", () => {
    expect(privateRows({ ...dashboard, phase: "coexist" }, "pga.ts.net")).toEqual([
      {
        name: "pgadmin",
        address: "https://pgadmin.tazlab.net",
        allowed: ["everybody who reaches Traefik"],
        route: "Traefik, auth-oauth2-proxy@kubernetescrd, default-headers@kubernetescrd",
      },
      { name: "pgadmin", address: "192.168.1.242:8001", allowed: local, route: "MetalLB" },
      {
        name: "pgadmin",
        address: "https://pga.ts.net",
        allowed: ["tag:tazpod", "group:dba"],
        route: "tailnet",
      },
    ]);
  });

  test("lists the UDP ports of a service and of its legacy exposure", () => {
    const ports = [
      { port: 53, targetPort: 53 },
      { port: 53, targetPort: 53, protocol: "UDP" as const },
    ];
    const legacy = { loadBalancer: { ...database.legacy.loadBalancer, ports } };
    const rows = privateRows({ ...database, phase: "coexist", ports, legacy }, "dns.ts.net");
    expect(rows.map(({ address }) => address)).toEqual([
      "192.168.1.241:53",
      "192.168.1.241:53/udp",
      "dns.ts.net:53",
      "dns.ts.net:53/udp",
    ]);
  });

  test("lists an annotated Service port by port", () => {
    expect(privateRows(annotated, "git.ts.net").map(({ address }) => address)).toEqual([
      "git.ts.net:22",
      "git.ts.net:80",
    ]);
  });
});

describe("the migration table", () => {
  test("shows the same addresses in every phase", () => {
    for (const phase of ["legacy", "coexist", "tailnet"] as const) {
      const services = [database, dashboard, annotated].map((service) => ({ ...service, phase }));
      expect(migrationRows(services, "tail1234.ts.net")).toEqual([
        {
          service: "tazlab-db",
          before: "MetalLB 192.168.1.241:5432",
          after: "tazlab-db.tail1234.ts.net:5432",
          phase,
        },
        {
          service: "pgadmin",
          before: "Traefik pgadmin.tazlab.net",
          after: "pga.tail1234.ts.net",
          phase,
        },
        {
          service: "git-ssh",
          before: "MetalLB address from MetalLB:22, MetalLB address from MetalLB:80",
          after: "git.tail1234.ts.net:22, git.tail1234.ts.net:80",
          phase,
        },
      ]);
    }
  });

  test("omits services without a legacy exposure", () => {
    expect(migrationRows([{ ...database, legacy: undefined }], "tail1234.ts.net")).toEqual([]);
  });
});
