import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

/** A resource of `pulumi stack export`, as far as it is read here. */
export interface ExportedResource {
  readonly type: string;
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** A resource of an import file. */
export interface ImportEntry {
  readonly type: string;
  readonly name: string;
  /** The name in the program, if the file needs another one. */
  readonly logicalName?: string;
  readonly component?: boolean;
  readonly id?: string;
}

/** The forms of import IDs by resource type, from the table in docs/adopting.md. Types that need no import are left out. */
function documentedForms(): ReadonlyMap<string, string> {
  const page = readFileSync(join(PROJECT_FOLDER, "docs/adopting.md"), "utf8");
  const rows = [...page.matchAll(/^\| (`.*?`) +\| (.*?) +\|$/gm)];
  return new Map(
    rows.flatMap(([, resources = "", cell = ""]) => {
      const form = cell.startsWith("any word") ? "any" : /^`(.*)`$/.exec(cell)?.[1];
      if (form === undefined || cell.includes("needs [no import]")) return [];
      return typesOf(resources).map((type) => [type, form] as const);
    }),
  );
}

/** Further kinds of a row share the group of its first type: `kubernetes:core/v1:Secret`, `ConfigMap`. */
function typesOf(cell: string): readonly string[] {
  const [first = "", ...kinds] = [...cell.matchAll(/`(.*?)`/g)].map(([, text = ""]) => text);
  return [first, ...kinds.map((kind) => first.replace(/[^:]*$/, kind))];
}

const FORMS = documentedForms();

/** The entry with the documented ID of an existing resource; undefined if its type needs no import. */
export function withImportId(
  entry: ImportEntry,
  existing: readonly ExportedResource[],
): ImportEntry | undefined {
  if (entry.component) return entry;
  const name = entry.logicalName ?? entry.name;
  const resource = existing.find(({ type, urn }) => type === entry.type && urn.endsWith(`::${name}`));
  const form = FORMS.get(entry.type);
  if (resource === undefined || form === undefined) return undefined;
  return { ...entry, id: form.replaceAll(/<(.*?)>/g, (_, part: string) => partOf(resource, part)) };
}

/** The value of a placeholder such as `<zone ID>`. */
function partOf({ id = "", inputs = {} }: ExportedResource, part: string): string {
  const metadata = (inputs["metadata"] ?? inputs) as Readonly<Record<string, unknown>>;
  switch (part) {
    case "name":
    case "release":
      return String(metadata["name"]);
    case "namespace":
      return String(metadata["namespace"]);
    case "zone ID":
      return String(inputs["zoneId"]);
    case "phase":
      return String(inputs["phase"]);
    case "account ID":
      return String(inputs["accountId"]);
    case "script name":
      return String(inputs["scriptName"]);
    default:
      return id;
  }
}
