import type { Check } from "../core/check.ts";
import type { Report, Result } from "../core/report.ts";
import type { Paint } from "./paint.ts";
import { groupHeading, resultLine, summary } from "./render-text.ts";

/** Where a report is printed. */
export interface ReportOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const CLEAR_LINE = "\r\u001B[K";

/** Prints results as they come. On a terminal, the last line names the check that is waited for. */
export class Printer {
  readonly #output: ReportOutput;
  readonly #paint: Paint;
  #group: string | undefined;

  constructor(output: ReportOutput, paint: Paint) {
    this.#output = output;
    this.#paint = paint;
  }

  print(result: Result): void {
    this.#clear();
    if (result.group !== this.#group) this.#line(groupHeading(result, this.#paint));
    this.#group = result.group;
    this.#line(resultLine(result, this.#paint));
  }

  /** Shows on a terminal what is waited for. */
  wait(next: Check | undefined): void {
    if (this.#output.isTTY !== true || next === undefined) return;
    this.#output.write(`${CLEAR_LINE}  … ${next.subject}: ${next.title}`);
  }

  end(report: Report): void {
    this.#clear();
    this.#line(summary(report, this.#paint));
    this.#group = undefined;
  }

  note(text: string): void {
    this.#clear();
    this.#line(text);
  }

  #clear(): void {
    if (this.#output.isTTY === true) this.#output.write(CLEAR_LINE);
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`);
  }
}
