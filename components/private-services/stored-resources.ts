import * as pulumi from "@pulumi/pulumi";

/** The resources in a stack's state, by URN, with their outputs. */
export type StoredResources = Readonly<Record<string, { readonly outputs: object }>>;

/** Reads the state at the first call, and answers every further one with it: it can be large. */
export type ReadState = () => Promise<StoredResources>;

export function readStateOnce(): ReadState {
  let stored: Promise<StoredResources> | undefined;
  return () => (stored ??= storedResources());
}

/** This stack's state as the previous run left it. A recording has none. */
async function storedResources(): Promise<StoredResources> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const token = "pulumi:pulumi:readStackResourceOutputs";
  const { outputs } = (await pulumi.runtime.invoke(token, { stackName })) as {
    readonly outputs?: StoredResources;
  };
  return outputs ?? {};
}
