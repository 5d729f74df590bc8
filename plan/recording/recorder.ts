import { runtime } from "@pulumi/pulumi";
import { type MockAnswers, RecordingMonitor } from "./recording-monitor.ts";
import type { Recording } from "./recording.ts";

export interface RecordArgs {
  readonly program: () => unknown;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Default: no answers, as before a first `up`. */
  readonly answers?: MockAnswers;
  /** `true`: a preview, in which everything without an answer is unknown. `false`: an update. Default: true. */
  readonly preview?: boolean;
}

/**
 * Runs a Pulumi program on the SDK's test runtime and records what it registers.
 *
 * The runtime is global: run one recording at a time in a process.
 *
 * @throws whatever the program threw, from an `apply` too
 */
export async function record(args: RecordArgs): Promise<Recording> {
  const { program, project, stack, config, secretKeys, answers = {}, preview = true } = args;
  const monitor = new RecordingMonitor(answers);
  await runtime.setMocks(monitor.mocks, project, stack, preview);
  // The engine's name for the organization of a stack that has none.
  runtime.setMockOptions(monitor, project, stack, preview, "organization");
  runtime.setAllConfig({ ...config }, [...secretKeys]);

  await failingOnRejection(async () => {
    await runtime.runInPulumiStack(() => Promise.resolve(program()));
    await (runtime as unknown as Internals).waitForRPCs();
  });
  return monitor.recording();
}

/** Functions that the SDK exports but leaves out of its types. */
interface Internals {
  waitForRPCs: () => Promise<void>;
}

/**
 * Throws the first error of a run, unhandled rejections included. An error in an `apply` appears only as an
 * unhandled rejection, and an error of the program itself appears as one a second time.
 */
async function failingOnRejection(run: () => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  const collect = (error: unknown) => errors.push(error);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", collect);
  await run().catch(collect);
  // Rejections are reported once the microtasks that could still handle them have run.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", collect);
  for (const listener of others) process.on("unhandledRejection", listener);
  if (errors.length > 0) throw errors[0] as Error;
}
