import { GROUPS } from "../core/check.ts";
import type { Result } from "../core/report.ts";
import { stateOf } from "./hops.ts";
import { html, type Html } from "./html.ts";
import { icon, STATE_TEXT } from "./icon.ts";
import { sentence } from "./sentence.ts";

/** Every check with its evidence, in the groups of the report. */
export function allChecksSection(results: readonly Result[]): Html {
  const titles = new Map(results.map(({ id, subject, title }) => [id, `${subject}: ${title}`]));
  const groups = GROUPS.map((group) => ({ group, own: results.filter((result) => result.group === group) }));
  return html`<section aria-labelledby="checks">
    <h2 id="checks">All checks</h2>
    ${groups
      .filter(({ own }) => own.length > 0)
      .map(
        ({ group, own }) =>
          html`<h3>${sentence(group)}</h3>
            ${checkList(own, { withSubject: true, titles })}`,
      )}
  </section>`;
}

/**
 * @param titles - of the checks that explain others, by ID
 */
export function checkList(
  results: readonly Result[],
  { withSubject, titles }: { readonly withSubject: boolean; readonly titles?: ReadonlyMap<string, string> },
): Html {
  return html`<ul class="checks">
    ${results.map((result) => checkItem(result, withSubject, titles))}
  </ul>`;
}

function checkItem(result: Result, withSubject: boolean, titles?: ReadonlyMap<string, string>): Html {
  const { subject, title, evidence, consequenceOf } = result;
  const state = stateOf([result]);
  const explainedBy = consequenceOf === undefined ? undefined : titles?.get(consequenceOf);
  return html`<li>
    ${icon(state)}
    <p>
      ${withSubject ? html`<b>${subject}</b>: ` : undefined}${title}
      <span class="state">${STATE_TEXT[state]}</span>
    </p>
    <p class="evidence">${evidence}</p>
    ${explainedBy === undefined ? undefined : html`<p class="evidence">because another check fails: ${explainedBy}</p>`}
  </li>`;
}
