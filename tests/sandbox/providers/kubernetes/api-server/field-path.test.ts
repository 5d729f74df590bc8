import { describe, expect, test } from "vitest";
import {
  withFields,
  withoutFields,
} from "../../../../../sandbox/providers/kubernetes/api-server/field-path.ts";

const pod = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });
const variable = (name: string, value: string) => ({ name, value });

describe("fields", () => {
  test("merge into the item of the same name, and replace a list whose items have no names", () => {
    const web = {
      name: "web",
      image: "web:1",
      args: ["a", "b"],
      env: [variable("A", "1"), variable("B", "1")],
    };
    const other = { name: "other", image: "other:1" };
    const fields = pod({ name: "web", args: ["c"], env: [variable("B", "2"), variable("C", "2")] });
    expect(withFields(pod(web, other), fields)).toEqual(
      pod({ ...web, args: ["c"], env: [variable("A", "1"), variable("B", "2"), variable("C", "2")] }, other),
    );
  });

  test("of ports merge by number and protocol, which defaults to TCP", () => {
    const ports = (...items: object[]) => ({ spec: { ports: items } });
    expect(
      withFields(
        ports({ port: 53, name: "tcp" }, { port: 53, protocol: "UDP", name: "udp" }),
        ports({ port: 53, protocol: "TCP", targetPort: 5353 }),
      ),
    ).toEqual(
      ports(
        { port: 53, protocol: "TCP", name: "tcp", targetPort: 5353 },
        { port: 53, protocol: "UDP", name: "udp" },
      ),
    );
  });

  test("that are an empty map leave the live map unchanged", () => {
    expect(withFields({ data: { a: "1" } }, { data: {} })).toEqual({ data: { a: "1" } });
    expect(withFields({}, { data: {} })).toEqual({ data: {} });
  });

  test("are removed with the items and maps that become empty", () => {
    const env = ["spec", "template", "spec", "containers", '[name="web"]', "env", '[name="A"]'];
    const object = pod({ name: "web", env: [variable("A", "1")] });
    expect(
      withoutFields(object, [
        [...env, "name"],
        [...env, "value"],
      ]),
    ).toEqual(pod({ name: "web" }));
    expect(withoutFields({ data: { a: "1" }, kind: "ConfigMap" }, [["data", "a"]])).toEqual({
      kind: "ConfigMap",
    });
    expect(withoutFields({ data: { a: "1" } }, [["data", "a"]])).toBeUndefined();
    expect(withoutFields({ data: { a: "1" } }, [["data", "b"]])).toEqual({ data: { a: "1" } });
  });
});
