import { publicHost } from "../tools/worker-lab/funnel.ts";

/** A Worker that only calls fetch(). */
export const FETCH_SCRIPT = `export default {
  fetch(request, { ORIGIN }) {
    return fetch("https://" + ORIGIN + new URL(request.url).pathname, request);
  },
};`;
/** The least that the runtime takes for a connection which outlives a request: nothing is parsed, checked or passed on. */
export const FLOOR_SCRIPT = `export default {
  fetch: (request, { POOL }) => POOL.get(POOL.idFromName("0")).fetch(request),
};`;
export const FLOOR_POOL_SCRIPT = `import { connect } from "cloudflare:sockets";
export class OriginPool {
  constructor(_state, { ORIGIN }) {
    const [hostname, port] = ORIGIN.split(":");
    const socket = connect({ hostname, port: Number(port) }, { secureTransport: "on", allowHalfOpen: false });
    this.reader = socket.readable.getReader();
    this.writer = socket.writable.getWriter();
  }
  async fetch() {
    this.writer.write(new TextEncoder().encode("GET /1024 HTTP/1.1\\r\\nHost: ${publicHost}\\r\\n\\r\\n"));
    for (let bytes = 0; bytes < 1024; ) bytes += (await this.reader.read()).value.byteLength;
    return new Response("x".repeat(1024));
  }
}
export default {};`;
