import type { StackOutputs } from "../target/outputs.ts";
import { html, type Html } from "./html.ts";

/** Who reaches what: every client with its addresses. */
export function exposureSection({ exposure }: StackOutputs): Html | undefined {
  if (exposure.length === 0) return undefined;
  const clients = [...new Set(exposure.flatMap(({ allowed }) => allowed))];
  return html`<section aria-labelledby="exposure">
    <h2 id="exposure">Who can reach what</h2>
    <p>
      As the stack declares it. An entry of the tailnet's policy that the stack does not own may allow more.
    </p>
    <div class="columns">
      ${clients.map((client) =>
        clientCard(
          client,
          exposure.filter(({ allowed }) => allowed.includes(client)),
        ),
      )}
    </div>
  </section>`;
}

function clientCard(client: string, rows: StackOutputs["exposure"]): Html {
  return html`<article class="card">
    <h3>${client}</h3>
    <ul class="addresses">
      ${rows.map(({ address, route }) => html`<li>${link(address)} <span class="role">through ${route}</span></li>`)}
    </ul>
  </article>`;
}

/** Only https is linked: a page must not offer another scheme that an output contains. */
function link(address: string): Html {
  return /^https:\/\//.test(address)
    ? html`<a href="${address}" rel="noreferrer">${address.slice("https://".length)}</a>`
    : html`<code>${address}</code>`;
}
