import type { Result } from "../core/report.ts";
import type { StackOutputs } from "../target/outputs.ts";
import { checkList } from "./check-list.ts";
import { stateOf } from "./hops.ts";
import { html, type Html } from "./html.ts";
import { icon, STATE_TEXT } from "./icon.ts";

/** A card for each private service, with its checks and how far its move to the tailnet is; nothing without one. */
export function privateServicesSection(results: readonly Result[], outputs: StackOutputs): Html | undefined {
  const own = results.filter(({ group }) => group === "private services");
  const names = new Set(own.map(({ subject }) => subject));
  if (names.size === 0) return undefined;
  return html`<section aria-labelledby="private">
    <h2 id="private">Private services</h2>
    <div class="columns">
      ${[...names].map((name) => {
        const ids = tailnetNames(name, outputs).flatMap((fqdn) => [`name/${fqdn}`, `certificate/${fqdn}`]);
        const checks = results.filter(({ id }) => ids.includes(id));
        return serviceCard(name, [...checks, ...own.filter(({ subject }) => subject === name)], outputs);
      })}
    </div>
  </section>`;
}

/** The ts.net names of a service, from addresses such as `https://home.tail1234.ts.net` and `db.tail1234.ts.net:5432`. */
function tailnetNames(service: string, { exposure }: StackOutputs): readonly string[] {
  return exposure
    .filter(({ name, route }) => name === service && route === "tailnet")
    .flatMap(({ requested }) => /^(?:https:\/\/)?([^:/]+)/.exec(requested)?.[1] ?? []);
}

function serviceCard(name: string, checks: readonly Result[], { migration = [] }: StackOutputs): Html {
  const state = stateOf(checks);
  const move = migration.find(({ service }) => service === name);
  return html`<article class="card ${state}">
    <h3>${icon(state)} ${name}</h3>
    <p>
      ${STATE_TEXT[state]}${move && html`, in phase <code>${move.phase}</code>: ${move.before} to ${move.after}`}
    </p>
    ${checkList(checks, { withSubject: false })}
  </article>`;
}
