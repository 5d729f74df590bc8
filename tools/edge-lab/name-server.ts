import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type Answer, decode, encode } from "dns-packet";

/** The records of a name. A name that is not in the table does not exist. */
export interface Records {
  readonly addresses?: readonly string[];
  readonly cname?: string;
  readonly nameServers?: readonly string[];
}

export type Zone = Readonly<Record<string, Records>>;

/** How a server answers: from its table, with an error, or never. */
export type Answers = Zone | "SERVFAIL" | "silent";

export interface RunningNameServer {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

const NXDOMAIN = 3;
const SERVFAIL = 2;
const TTL_SECONDS = 60;

/** Answers DNS queries on a UDP port of loopback. */
export async function startNameServer(answers: Answers): Promise<RunningNameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (message, { address, port }) => {
    if (answers === "silent") return;
    const { id, questions = [] } = decode(message);
    const { name = "", type } = questions[0] ?? {};
    const records = answers === "SERVFAIL" ? undefined : answers[name.toLowerCase()];
    const code = answers === "SERVFAIL" ? SERVFAIL : records === undefined ? NXDOMAIN : 0;
    const response = encode({
      type: "response",
      id: id ?? 0,
      // The low four bits of the flags are the response code; 0x80 says that recursion is available.
      flags: 0x80 | code,
      questions,
      answers: records === undefined ? [] : answersTo(name, type ?? "A", records),
    });
    socket.send(response, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    stop: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** A CNAME comes first, followed by the addresses of its target, as a resolver answers. */
function answersTo(
  name: string,
  type: string,
  { addresses = [], cname, nameServers = [] }: Records,
): Answer[] {
  const common = { ttl: TTL_SECONDS, class: "IN" } as const;
  const owner = cname ?? name;
  const alias: Answer[] = cname === undefined ? [] : [{ ...common, type: "CNAME", name, data: cname }];
  switch (type) {
    case "A":
      return [
        ...alias,
        ...addresses
          .filter((address) => !address.includes(":"))
          .map((data): Answer => ({ ...common, type: "A", name: owner, data })),
      ];
    case "AAAA":
      return [
        ...alias,
        ...addresses
          .filter((address) => address.includes(":"))
          .map((data): Answer => ({ ...common, type: "AAAA", name: owner, data })),
      ];
    case "CNAME":
      return alias;
    case "NS":
      return nameServers.map((data): Answer => ({ ...common, type: "NS", name, data }));
    default:
      return [];
  }
}
