/** Where progress is shown: standard error, except in tests. */
export interface ProgressOutput {
  /** A terminal shows one line that changes; anything else gets a line every few seconds. */
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Reports how far a step is, such as `12 of 40 packages`. */
export type Report = (detail: string) => void;

/** A step that ends sooner is not shown. */
const SHOW_AFTER_MS = 500;
const TERMINAL_INTERVAL_MS = 1_000;
const PLAIN_INTERVAL_MS = 10_000;
/** Returns to the start of the terminal's line and clears it. */
const CLEAR_LINE = "\r\u001B[K";

/**
 * Runs a step that may take minutes, and shows what it does, how far it is and for how long it has run.
 *
 * @param step - what the step does, such as `Building the engine`
 */
export async function withProgress<T>(
  step: string,
  work: (report: Report) => Promise<T>,
  output: ProgressOutput = process.stderr,
): Promise<T> {
  const start = performance.now();
  let detail = "";
  let timer: NodeJS.Timeout | undefined;
  const show = (state: string, end: "" | "\n") => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const text = `${step}: ${state}, ${seconds} s`;
    output.write(output.isTTY === true ? `${CLEAR_LINE}${text}${end}` : `${text}\n`);
  };
  const showRepeatedly = () => {
    const state = detail === "" ? "running" : detail;
    show(state, "");
    timer = setTimeout(showRepeatedly, output.isTTY === true ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  };
  const first = setTimeout(showRepeatedly, SHOW_AFTER_MS);
  try {
    const result = await work((latest) => {
      detail = latest;
    });
    if (timer !== undefined) show("done", "\n");
    return result;
  } catch (error) {
    if (timer !== undefined) show("failed", "\n");
    throw error;
  } finally {
    clearTimeout(first);
    clearTimeout(timer);
  }
}
