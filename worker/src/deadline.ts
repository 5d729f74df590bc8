/**
 * The result of `work`, or the failure that `late` makes when it takes longer than `milliseconds`, counted
 * from the moment `start` settles (default: at once). `work` itself goes on; the caller closes what it holds.
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
      // The start may come after the work is done: a timer set then would hold the request open.
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
