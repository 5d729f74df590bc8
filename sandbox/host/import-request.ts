import provider from "@pulumi/pulumi/proto/provider_pb.js";

type Properties = ReturnType<typeof provider.ReadRequest.prototype.getProperties>;

/** The only part of an empty `Struct` that the SDK's server uses. */
const EMPTY = { toJavaScript: () => ({}) } as unknown as Properties;

/**
 * Lets a served provider import resources. The SDK's server assumes that every read request carries properties. The
 * request of an import carries none, and the server fails with "Cannot read properties of undefined".
 */
export function allowImports(): void {
  const { prototype } = provider.ReadRequest;
  const getter = Object.getOwnPropertyDescriptor(prototype, "getProperties")?.value as () => Properties;
  prototype.getProperties = function getProperties() {
    return getter.call(this) ?? EMPTY;
  };
}
