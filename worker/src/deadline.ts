/**
 * Returns the result of `work`, or throws the error that `late` creates if `work` takes longer than `milliseconds`,
 * counted from when `start` settles (default: now). `work` itself continues; the caller closes what it holds.
 */
export async function within<T>(
  milliseconds: number,
  work: Promise<T>,
  late: () => Error,
  start: Promise<unknown> = Promise.resolve(),
): Promise<T> {
  let timer: number | null = null;
  let done = false;
  const alarm = new Promise<never>((_resolve, reject) => {
    const arm = () => {
      // `start` may settle after the work is done; a timer set then would keep the request open.
      if (!done)
        timer = setTimeout(() => {
          reject(late());
        }, milliseconds);
    };
    start.then(arm, arm);
  });
  try {
    return await Promise.race([work, alarm]);
  } finally {
    done = true;
    clearTimeout(timer);
  }
}
