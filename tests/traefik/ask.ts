import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { originName } from "../../tools/worker-lab/funnel.ts";
import { APPS } from "./cluster.ts";

export interface Ask {
  /** Default: the first application. */
  readonly host?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
}

/**
 * Sends a request byte by byte as written.
 *
 * @param port - on loopback
 * @returns the status, and for 200 the body: the name of the application that answered
 */
export async function ask(
  port: number,
  protocol: "http" | "https",
  { host = APPS[0], path = "/", headers = [] }: Ask = {},
): Promise<string> {
  const socket =
    protocol === "http"
      ? connect(port, "127.0.0.1")
      : connectTls({ host: "127.0.0.1", port, servername: originName, rejectUnauthorized: false });
  const close = headers.some((line) => /^connection:/i.test(line)) ? [] : ["Connection: close"];
  return await answer(socket, [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...close, ...headers]);
}

/** Sends a request, and reads until the answer is complete. @returns as {@link ask} */
export async function answer(socket: Socket, lines: readonly string[]): Promise<string> {
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    const [, status = "", length] =
      /^HTTP\/1\.1 (\d+)[^]*?\r\nContent-Length: (\d+)[^]*?\r\n\r\n/i.exec(text) ?? [];
    const body = text.split("\r\n\r\n").slice(1).join("");
    if (length !== undefined && body.length >= Number(length)) {
      socket.destroy();
      return status === "200" ? body : status;
    }
  }
  const [, status = "no answer"] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
  const chunked = /\r\n\r\n[0-9a-f]+\r\n([^]*?)\r\n0\r\n/i.exec(text)?.[1] ?? "";
  return status === "200" ? chunked : status;
}
