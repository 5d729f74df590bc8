import type { Result } from "../core/report.ts";
import { html, type Html } from "./html.ts";
import { icon } from "./icon.ts";
import { sentence } from "./sentence.ts";

/** The same cause at one or more places, with one fix. */
interface Problem {
  readonly text: string;
  readonly fix: string;
  readonly results: readonly Result[];
}

/** Every cause with its fix, first of all; nothing without a finding. */
export function findingsSection(results: readonly Result[]): Html | undefined {
  const problems = problemsOf(results);
  if (problems.length === 0) return undefined;
  return html`<section aria-labelledby="fix">
    <h2 id="fix">What to fix</h2>
    <ol class="cards">
      ${problems.map((problem) => problemCard(problem, results))}
    </ol>
  </section>`;
}

/** What could not be checked, and why; nothing if everything could. */
export function unknownSection(results: readonly Result[]): Html | undefined {
  const unknown = results.filter(({ status }) => status === "unknown");
  if (unknown.length === 0) return undefined;
  return html`<section aria-labelledby="unknown">
    <h2 id="unknown">What could not be checked</h2>
    <ul class="checks">
      ${unknown.map(
        ({ subject, title, evidence }) =>
          html`<li>
            ${icon("unknown")}
            <p><b>${subject}</b>: ${title}</p>
            <p class="evidence">${evidence}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function problemsOf(results: readonly Result[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const result of results) {
    if (result.finding === undefined) continue;
    const { cause, text, fix } = result.finding;
    const key = JSON.stringify([cause, fix]);
    problems.set(key, { text, fix, results: [...(problems.get(key)?.results ?? []), result] });
  }
  return [...problems.values()];
}

function problemCard({ text, fix, results: places }: Problem, all: readonly Result[]): Html {
  const ids = places.map(({ id }) => id);
  const explained = all.filter(
    ({ consequenceOf }) => consequenceOf !== undefined && ids.includes(consequenceOf),
  );
  return html`<li class="card broken">
    <h3>${icon("broken")} ${sentence(text)}</h3>
    <dl>
      <dt>Fix</dt>
      <dd class="fix">${fix}</dd>
      <dt>Found</dt>
      ${places.map(({ subject, evidence }) => html`<dd><b>${subject}</b>: ${evidence}</dd>`)}
      ${explained.length > 0 ? html`<dt>Explains</dt>` : undefined}
      ${explained.map(({ subject, title }) => html`<dd>${subject}: ${title}</dd>`)}
    </dl>
  </li>`;
}
