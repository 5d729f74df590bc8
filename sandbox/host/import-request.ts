import provider from "@pulumi/pulumi/proto/provider_pb.js";

type Properties = ReturnType<typeof provider.ReadRequest.prototype.getProperties>;

/** As much of an empty `Struct` as the SDK's server looks at. */
const NONE = { toJavaScript: () => ({}) } as unknown as Properties;

/**
 * Lets a served provider import resources. The SDK's server takes it for granted that a request to read carries
 * the resource's properties; an import has none yet, and fails with "Cannot read properties of undefined".
 */
export function allowImports(): void {
  const { prototype } = provider.ReadRequest;
  const getter = Object.getOwnPropertyDescriptor(prototype, "getProperties")?.value as () => Properties;
  prototype.getProperties = function getProperties() {
    return getter.call(this) ?? NONE;
  };
}
