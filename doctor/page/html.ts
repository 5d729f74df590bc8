/** Markup that is safe to insert as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may insert. Texts are escaped, lists are joined, and undefined inserts nothing. */
export type Inserted = Html | string | number | undefined | readonly Inserted[];

/** Builds markup from a template. Everything inserted is escaped, except what another template has built. */
export function html(parts: TemplateStringsArray, ...inserted: readonly Inserted[]): Html {
  return new Html(parts.reduce((text, part, index) => `${text}${markup(inserted[index - 1])}${part}`));
}

function markup(value: Inserted): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(markup).join("");
  return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
