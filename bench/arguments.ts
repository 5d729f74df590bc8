import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";

/** What `node bench/worker.ts --help` prints. */
export const WORKER_USAGE = `Usage: node bench/worker.ts [options]
       make bench

Measures the Worker on loopback, in some 10 minutes. Writes docs/worker-benchmark.md.

Options:
  -h, --help  print this text
`;

/** What `node bench/worker-pool.ts --help` prints. */
export const WORKER_POOL_USAGE = `Usage: node bench/worker-pool.ts [options]
       make bench

Measures pooled and single connections of the Worker against fetch(), in some 4 minutes. Writes docs/worker-pool-benchmark.md.

Options:
  -h, --help  print this text
`;

/** What `node bench/doctor.ts --help` prints. */
export const DOCTOR_USAGE = `Usage: node bench/doctor.ts [options]
       make bench

Measures the doctor with one hostname and with twenty, in some 3 minutes. Writes docs/doctor-benchmark.md.

Options:
  --rounds=<n>  how often each is measured (default: 7)
  -h, --help    print this text
`;

const DEFAULT_ROUNDS = "3";
const DEFAULT_UP_TO = "1000";

/** What `node bench/sandbox.ts --help` prints. */
export const SANDBOX_USAGE = `Usage: node bench/sandbox.ts [options]
       make bench

Measures the stack on the simulated systems, in some 10 minutes. Writes docs/sandbox-benchmark.md and its chart.

Options:
  --rounds=<n>  how often each size is measured (default: ${DEFAULT_ROUNDS})
  --up-to=<n>   the largest number of hostnames; 100 for a quick look (default: ${DEFAULT_UP_TO})
  -h, --help    print this text
`;

export interface SandboxArguments {
  readonly rounds: number;
  readonly upTo: number;
  readonly help: boolean;
}

/**
 * Reads the command line of the stack's benchmark.
 *
 * @throws UserError for an unknown option, or a number that is not a whole number from 1
 */
export function readSandboxArguments(args: readonly string[]): SandboxArguments {
  const options = parseOptions(args, "--rounds=<n>, --up-to=<n> and --help", {
    rounds: { type: "string", default: DEFAULT_ROUNDS },
    "up-to": { type: "string", default: DEFAULT_UP_TO },
    help: { type: "boolean", short: "h", default: false },
  });
  return {
    rounds: wholeNumber("--rounds", options.rounds),
    upTo: wholeNumber("--up-to", options["up-to"]),
    help: options.help,
  };
}

/**
 * Reads the command line of the doctor's benchmark.
 *
 * @throws UserError for an unknown option, or a number that is not a whole number from 1
 */
export function readDoctorArguments(args: readonly string[]): {
  readonly rounds: number;
  readonly help: boolean;
} {
  const { rounds, help } = parseOptions(args, "--rounds=<n> and --help", {
    rounds: { type: "string", default: "7" },
    help: { type: "boolean", short: "h", default: false },
  });
  return { rounds: wholeNumber("--rounds", rounds), help };
}

/**
 * Reads the command line of a benchmark of the Worker.
 *
 * @throws UserError for an unknown option
 */
export function readWorkerArguments(args: readonly string[]): { readonly help: boolean } {
  return parseOptions(args, "--help", { help: { type: "boolean", short: "h", default: false } });
}

function wholeNumber(path: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError("the command", [
    { path, found: JSON.stringify(value), allowed: "whole numbers from 1", fix: "set one of these" },
  ]);
}
