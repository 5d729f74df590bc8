import type { Result } from "../core/report.ts";
import { type Hop, HOPS, type HostnameHops, stateOf } from "./hops.ts";
import { html, type Html } from "./html.ts";
import { icon, STATE_TEXT } from "./icon.ts";
import { sentence } from "./sentence.ts";

/** A picture for each public hostname: its hops in the order of a request; nothing without a public hostname. */
export function hostnamesSection(hostnames: readonly HostnameHops[]): Html | undefined {
  if (hostnames.length === 0) return undefined;
  return html`<section aria-labelledby="hostnames">
    <h2 id="hostnames">Public hostnames</h2>
    ${hostnames.map(hostnameCard)}
  </section>`;
}

function hostnameCard({ host, hops }: HostnameHops): Html {
  return html`<article class="card ${stateOf(hops.flatMap(({ results }) => results))}">
    <h3>${host}</h3>
    <p>${summary(hops)}</p>
    <ol class="hops" aria-label="Hops of a request to ${host}">
      ${hops.map(hopItem)}
    </ol>
  </article>`;
}

/** What the picture shows, as a sentence. */
function summary(hops: readonly Hop[]): string {
  const broken = hops.filter(({ state }) => state === "broken").map(({ name }) => name);
  if (broken.length > 0) return `Broken at ${broken.join(" and ")}.`;
  const consequences = hops.filter(({ state }) => state === "consequence").map(({ name }) => name);
  if (consequences.length > 0) return `Fails at ${consequences.join(" and ")}, because of another cause.`;
  const unknown = hops.filter(({ state }) => state === "unknown").map(({ name }) => name);
  return unknown.length > 0 ? `Not fully checked: ${unknown.join(" and ")}.` : "Every hop is OK.";
}

function hopItem({ name, state, results }: Hop): Html {
  const good = results.filter(({ status }) => status === "ok").length;
  return html`<li class="hop ${state}">
    ${icon(state)}
    <p class="name"><b>${name}</b> <span class="role">${HOPS[name]}</span></p>
    <p class="state">${state === "broken" ? "Broken here" : STATE_TEXT[state]}</p>
    ${results.filter(({ status }) => status !== "ok").map((result) => html`<p class="failed">${problemOf(result)}</p>`)}
    <p class="count">${good} of ${results.length} ${results.length === 1 ? "check" : "checks"} OK</p>
  </li>`;
}

/** A check's title says what is true of a healthy system, so a failed one needs a word before it. */
function problemOf({ finding, status, title }: Result): string {
  if (finding !== undefined) return sentence(finding.text);
  return `${status === "unknown" ? "Not known" : "Not true"}: ${title}`;
}
