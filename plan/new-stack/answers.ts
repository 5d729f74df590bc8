import { createInterface } from "node:readline";
import { UserError } from "../../components/config-issue.ts";
import { parseOptions } from "../parse-options.ts";

/** What a new stack's file needs. */
export interface Answers {
  readonly name: string;
  readonly tailnet: string;
  readonly policy: string;
  /** Context of the kubeconfig; empty for the current one. */
  readonly context: string;
  /** Public hostnames; empty for a stack without a public edge. */
  readonly hostnames: readonly string[];
  readonly zones: readonly string[];
  /** `namespace/service:port` of the ingress controller. */
  readonly backend: string;
}

interface Question {
  readonly option: keyof Answers;
  readonly text: string;
  /** Default; undefined if an answer is required. */
  readonly fallback?: string;
  /** Whether the question depends on public hostnames. */
  readonly ofEdge?: true;
}

const QUESTIONS: readonly Question[] = [
  { option: "name", text: "Name of the cluster" },
  { option: "tailnet", text: "DNS name of the tailnet, such as tail1234.ts.net" },
  {
    option: "policy",
    text: "Does this stack write the tailnet's policy (managed, or verified)?",
    fallback: "managed",
  },
  { option: "context", text: "Context of the kubeconfig; empty for the current one", fallback: "" },
  { option: "hostnames", text: "Public hostnames, with commas; empty for none", fallback: "" },
  { option: "zones", text: "Their Cloudflare zones, with commas", ofEdge: true },
  {
    option: "backend",
    text: "Ingress controller, as namespace/service:port",
    fallback: "traefik/traefik:443",
    ofEdge: true,
  },
];

export const USAGE = `Usage: node plan/new-stack/main.ts [options]
       make stack NAME=<cluster> [ANSWERS="<options>"]

Writes Pulumi.<cluster>.yaml, and the base policy of a stack that writes the tailnet's policy.
On a terminal it asks for what the options leave out.

Options:
  --name=<cluster>                     the stack's name
  --tailnet=<name>                     DNS name of the tailnet
  --policy=<managed|verified>          whether this stack writes the tailnet's policy (default: managed)
  --context=<context>                  context of the kubeconfig (default: the current one)
  --hostnames=<host,host>              public hostnames (default: none)
  --zones=<zone,zone>                  their Cloudflare zones
  --backend=<namespace/service:port>   the ingress controller (default: traefik/traefik:443)
  -h, --help                           print this text
`;

/**
 * Reads the options, and asks for the others if somebody can answer.
 *
 * @param interactive - whether standard input is a terminal
 * @returns undefined if the options ask for help
 * @throws UserError with every missing answer
 */
export async function readAnswers(
  args: readonly string[],
  interactive: boolean,
): Promise<Answers | undefined> {
  const allowed = `${QUESTIONS.map(({ option }) => `--${option}=<…>`).join(", ")} and --help`;
  const { help, ...given } = parseOptions(args, allowed, {
    ...Object.fromEntries(QUESTIONS.map(({ option }) => [option, { type: "string" as const }])),
    help: { type: "boolean", short: "h", default: false },
  });
  if (help) return undefined;
  const answers = new Map(
    Object.entries(given).filter(([, value]) => typeof value === "string" && value !== "") as [
      string,
      string,
    ][],
  );
  if (interactive) await ask(answers);
  const missing = asked(answers).filter(({ fallback }) => fallback === undefined);
  if (missing.length > 0) throw missingAnswers(missing);
  const text = (option: keyof Answers) =>
    answers.get(option) ?? QUESTIONS.find((question) => question.option === option)?.fallback ?? "";
  const list = (option: keyof Answers) =>
    text(option)
      .split(/[\s,]+/)
      .filter((part) => part !== "");
  return {
    name: text("name"),
    tailnet: text("tailnet"),
    policy: text("policy"),
    context: text("context"),
    hostnames: list("hostnames"),
    zones: list("zones"),
    backend: text("backend"),
  };
}

/** The questions that have no answer yet. */
function asked(answers: ReadonlyMap<string, string>): readonly Question[] {
  return QUESTIONS.filter(
    ({ option, ofEdge }) => !answers.has(option) && (ofEdge === undefined || answers.has("hostnames")),
  );
}

async function ask(answers: Map<string, string>): Promise<void> {
  const terminal = createInterface({ input: process.stdin });
  // The iterator keeps lines that were typed or pasted ahead of their question.
  const lines = terminal[Symbol.asyncIterator]();
  for (const question of QUESTIONS) {
    if (!asked(answers).includes(question)) continue;
    const { option, text, fallback } = question;
    process.stderr.write(`${text}${fallback ? ` [${fallback}]` : ""}: `);
    const { value = "" } = (await lines.next()) as { value?: string };
    const answer = value.trim();
    if (answer !== "") answers.set(option, answer);
  }
  terminal.close();
}

function missingAnswers(missing: readonly Question[]): UserError {
  return new UserError(
    "the command",
    missing.map(({ option, text }) => ({
      path: `--${option}`,
      found: "nothing",
      allowed: text,
      fix: `add --${option}=<…>, or run the command on a terminal, where it asks`,
    })),
  );
}
