import type { HopState } from "./hops.ts";
import { html, type Html } from "./html.ts";

/** What a state is called, in text beside every icon. */
export const STATE_TEXT: Readonly<Record<HopState, string>> = {
  ok: "OK",
  broken: "Broken",
  consequence: "Fails as a consequence",
  unknown: "Not known",
  skipped: "Skipped",
};

/** A picture of a state. Its outline differs too, so that it is clear without colour. */
export function icon(state: HopState): Html {
  return html`<svg class="icon ${state}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${SHAPES[state]}
  </svg>`;
}

const SHAPES: Readonly<Record<HopState, Html>> = {
  ok: html`<circle cx="12" cy="12" r="10" /><path d="M7 12.5l3.5 3.5L17 9" />`,
  broken: html`<path class="outline" d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" /><path d="M8 8l8 8M16 8l-8 8" />`,
  consequence: html`<path class="outline" d="M12 2.5L22.5 21h-21z" /><path d="M12 9v6M12 17.6v.4" />`,
  unknown: html`<circle cx="12" cy="12" r="10" stroke-dasharray="3 2.2" />
    <path d="M9 9.5a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7M12 17v.4" />`,
  skipped: html`<circle cx="12" cy="12" r="10" stroke-dasharray="3 2.2" /><path d="M7 12h10" />`,
};
