import { parentPort, workerData } from "node:worker_threads";
import type { Identity } from "../tools/worker-lab/certificates.ts";
import { startFunnel } from "../tools/worker-lab/funnel.ts";

/** The origin in a thread of its own, so that it does not wait for the load generator. Posts its port. */
const block = Buffer.alloc(1024 * 1024, "0123456789abcdef");

const funnel = await startFunnel(workerData as Identity, (request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "https://origin");
  const size = Number(searchParams.get("size"));
  request.resume().on("end", () => {
    if (searchParams.get("framing") !== "chunked") response.setHeader("content-length", size);
    const write = (left: number): void => {
      if (left <= block.length) response.end(block.subarray(0, left));
      else if (response.write(block)) setImmediate(write, left - block.length);
      else
        response.once("drain", () => {
          write(left - block.length);
        });
    };
    write(size);
  });
});
parentPort?.postMessage(funnel.port);
