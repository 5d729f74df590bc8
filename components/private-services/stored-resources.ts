import * as pulumi from "@pulumi/pulumi";

/** The resources in a stack's state, by URN, with their outputs. */
export type StoredResources = Readonly<Record<string, { readonly outputs: object }>>;

/** Reads this stack's state as the previous run left it. @returns undefined in a recording, which has no state */
export async function storedResources(): Promise<StoredResources | undefined> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const token = "pulumi:pulumi:readStackResourceOutputs";
  const { outputs } = (await pulumi.runtime.invoke(token, { stackName })) as {
    readonly outputs?: StoredResources;
  };
  return outputs;
}
