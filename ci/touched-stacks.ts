/** A stack, and the files of its own besides `Pulumi.<stack>.yaml`. */
export interface StackFiles {
  readonly stack: string;
  /** `tailnet.basePolicy`, if it has one. */
  readonly basePolicy?: string | undefined;
  /** Whether `tailnet.policy` is `managed`: other stacks verify what this one writes. */
  readonly managesPolicy: boolean;
}

/** The names of stacks in the order of deployment: those that write a policy before those that verify it. */
export function deploymentOrder(stacks: readonly StackFiles[]): readonly string[] {
  return stacks
    .toSorted(
      (one, other) =>
        Number(other.managesPolicy) - Number(one.managesPolicy) || (one.stack < other.stack ? -1 : 1),
    )
    .map(({ stack }) => stack);
}

/** What every stack runs. A change in it can change each of them. */
const PROGRAM =
  /^(index\.ts|Pulumi\.yaml|package(-lock)?\.json|(components|live|providers|stacks|worker)\/.*)$/;
const STACK_FILE = /^Pulumi\.([\w.-]+)\.yaml$/;

/**
 * The stacks that a change touches, sorted. A stack whose file is removed is one of them.
 *
 * @param files - paths of the changed files, relative to the project's folder
 * @param stacks - the stacks before and after the change
 */
export function touchedStacks(files: readonly string[], stacks: readonly StackFiles[]): readonly string[] {
  const policies = new Set(stacks.flatMap(({ basePolicy }) => basePolicy ?? []));
  const touchesAll = files.some(
    (file) => PROGRAM.test(file) && !policies.has(file) && file !== "stacks/schema.json",
  );
  const touched = stacks.filter(
    ({ stack, basePolicy = "" }) =>
      touchesAll || files.includes(`Pulumi.${stack}.yaml`) || files.includes(basePolicy),
  );
  const named = files.flatMap((file) => STACK_FILE.exec(file)?.[1] ?? []);
  return [...new Set([...touched.map(({ stack }) => stack), ...named])].toSorted();
}
