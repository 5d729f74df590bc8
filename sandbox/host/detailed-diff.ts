import provider from "@pulumi/pulumi/proto/provider_pb.js";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import type { PropertyChange } from "../providers/property-changes.ts";
import type { SimulatedProvider } from "../providers/provider.ts";

/** The parts of the protocol's messages that are used here. The SDK does not publish their types. */
interface DiffResponse {
  setReplacesList: (this: DiffResponse, list: readonly string[]) => void;
  setHasdetaileddiff(has: boolean): void;
  getDetaileddiffMap(): Map<string, unknown>;
}
interface Protocol {
  readonly DiffResponse: { readonly prototype: DiffResponse };
  readonly PropertyDiff: {
    new (): { setKind(kind: number): void; setInputdiff(isInput: boolean): void };
    readonly Kind: Readonly<Record<PropertyChange["kind"], number>>;
  };
}

const { DiffResponse, PropertyDiff } = provider as unknown as Protocol;

/**
 * Lets a provider say which properties differ. The engine needs it for `replaceOnChanges` and for the lines of a
 * preview. The SDK's server passes on no more than the list of replacing properties, so that list carries all changes
 * as JSON.
 */
export function withDetailedDiffs(simulated: SimulatedProvider): Provider {
  const { setReplacesList } = DiffResponse.prototype;
  DiffResponse.prototype.setReplacesList = function setAll(list) {
    const changes = list.map((text) => JSON.parse(text) as PropertyChange);
    this.setHasdetaileddiff(true);
    for (const { path, kind } of changes) {
      const diff = new PropertyDiff();
      diff.setKind(PropertyDiff.Kind[kind]);
      diff.setInputdiff(true);
      this.getDetaileddiffMap().set(path, diff);
    }
    const replacing = changes.filter(({ kind }) => kind.endsWith("_REPLACE"));
    setReplacesList.call(
      this,
      replacing.map(({ path }) => path),
    );
  };
  const diff = simulated.diff.bind(simulated);
  return Object.assign(simulated, {
    async diff(...request: Parameters<SimulatedProvider["diff"]>) {
      const { details, ...result } = await diff(...request);
      return { ...result, replaces: details.map((change) => JSON.stringify(change)) };
    },
  });
}
