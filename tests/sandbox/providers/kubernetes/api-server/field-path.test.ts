import { describe, expect, test } from "vitest";
import {
  pickShape,
  withFields,
  withoutFields,
} from "../../../../../sandbox/providers/kubernetes/api-server/field-path.ts";

const pod = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });
const variable = (name: string, value: string) => ({ name, value });

describe("fields", () => {
  test("are put over those of the item of the same name, and over a list that has no names as a whole", () => {
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

  test("tell ports apart by number and protocol, which is TCP by default", () => {
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

  test("leave a map as it is of which they are an empty one", () => {
    expect(withFields({ data: { a: "1" } }, { data: {} })).toEqual({ data: { a: "1" } });
    expect(withFields({}, { data: {} })).toEqual({ data: {} });
  });

  test("go together with the item and the maps that are empty then", () => {
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

  test("are looked for in a live object, whatever else it has", () => {
    const fields = {
      ...pod({ name: "web", env: [variable("A", "1"), variable("B", "1")] }),
      data: { a: "1" },
    };
    const found = pod({ name: "web", image: "web:1", env: [variable("C", "3"), variable("A", "2")] });
    expect(pickShape(fields, found)).toEqual(pod({ name: "web", env: [variable("A", "2")] }));
  });
});
