import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Result, Verdict } from "../core/report.ts";
import type { StackOutputs } from "../target/outputs.ts";
import { allChecksSection } from "./check-list.ts";
import { exposureSection } from "./exposure.ts";
import { findingsSection, unknownSection } from "./findings.ts";
import { hostnamesSection } from "./hop-picture.ts";
import { type HopState, hostnameHops, stateOf } from "./hops.ts";
import { html, Html } from "./html.ts";
import { icon } from "./icon.ts";
import { privateServicesSection } from "./private-services.ts";

const STYLE = readFileSync(join(import.meta.dirname, "style.css"), "utf8");
/** Without any space that a template's formatting adds: the policy has the checksum of the exact text. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
/** The page runs no script, and loads nothing. Only its own style has an effect. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const VERDICTS: Readonly<Record<Verdict, { readonly state: HopState; readonly text: string }>> = {
  healthy: { state: "ok", text: "Healthy" },
  broken: { state: "broken", text: "Broken" },
  unknown: { state: "unknown", text: "Not known" },
};

/** Renders a report as one page that needs nothing else: no script, no request, for screens of all sizes and paper. */
export function renderPage(report: Report, outputs: StackOutputs): string {
  const { stack, results, verdict } = report;
  const { state, text } = VERDICTS[verdict];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${stack}: ${text.toLowerCase()}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>${stack}</h1>
          <p class="verdict ${state}">${icon(state)} ${text}</p>
          <p>${counts(results)}. ${checkedAt(report)}</p>
        </header>
        <main>
          ${findingsSection(results)} ${unknownSection(results)}
          ${hostnamesSection(hostnameHops(results, outputs))} ${privateServicesSection(results, outputs)}
          ${exposureSection(outputs)} ${allChecksSection(results)}
        </main>
      </body>
    </html> `;
  return page.text.trimStart();
}

const COUNTED: Readonly<Record<HopState, string>> = {
  ok: "OK",
  broken: "broken",
  consequence: "failing as a consequence",
  unknown: "not known",
  skipped: "skipped",
};

function counts(results: readonly Result[]): string {
  const states = results.map((result) => stateOf([result]));
  const parts = Object.entries(COUNTED).flatMap(([state, text]) => {
    const count = states.filter((other) => other === state).length;
    return count === 0 ? [] : [`${count} ${text}`];
  });
  return `${results.length} checks: ${parts.join(", ")}`;
}

function checkedAt({ startedAt, finishedAt }: Report): Html {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  const shown = finishedAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");
  return html`Checked at <time datetime="${finishedAt}">${shown}</time>, in ${seconds} seconds.`;
}
