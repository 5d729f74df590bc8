import type { Input, Resource } from "@pulumi/pulumi";
import { ProxyClass } from "../components/operator/proxy-class.ts";
import type { StackConfig } from "./config/parse.ts";

/** Returns what a proxy must wait for, by the ProxyClass that it names. Without one it has the operator's. */
export type ProxyClassOf = (name: string | undefined) => readonly Resource[];

/**
 * Declares the stack's ProxyClasses.
 *
 * @param ready - the operator, whose chart defines the kind
 */
export function deployProxyClasses(
  { operator, proxyClasses }: StackConfig,
  ready: Input<Resource>[],
): ProxyClassOf {
  const classes = new Map(
    proxyClasses.map(({ name: className, ...settings }) => [
      className,
      new ProxyClass(`proxy-class-${className}`, { className, ...settings }, { dependsOn: ready }).ready,
    ]),
  );
  return (name = operator.proxyClass) => {
    const found = name === undefined ? undefined : classes.get(name);
    return found ? [found] : [];
  };
}
