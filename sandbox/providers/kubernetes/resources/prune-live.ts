import { isRecord, type Props } from "../../values.ts";
import type { KubernetesObject } from "../api-server/objects.ts";

/**
 * The part of a live object that has the shape of some inputs. The provider compares it with the new inputs, and a
 * refresh stores it as the inputs (Pulumi Kubernetes v4.33, `provider/pkg/provider/util.go`: pruneMap, pruneSlice).
 *
 * Items of a list are paired by their index, whatever their keys: where somebody else's item comes first in a
 * container's `env`, every diff finds a change.
 */
export function pruneLive(live: KubernetesObject, inputs: Props): Props {
  return pruneMap(withTexts(live, inputs), inputs);
}

/** The provider compares the `stringData` of a Secret with its `data`. */
function withTexts(live: KubernetesObject, inputs: Props): Props {
  if (!("stringData" in inputs)) return { ...live };
  const decoded = Object.entries(live.data ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString("utf8"),
  ]);
  return { ...live, stringData: Object.fromEntries(decoded) as Props };
}

function pruneMap(live: Props, inputs: Props): Props {
  const kept = Object.entries(live).filter(([key]) => key in inputs);
  return Object.fromEntries(kept.map(([key, value]) => [key, prune(value, inputs[key])]));
}

function prune(live: unknown, input: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(input)) return pruneList(live, input);
  return isRecord(live) && isRecord(input) ? pruneMap(live, input) : live;
}

function pruneList(live: readonly unknown[], inputs: readonly unknown[]): readonly unknown[] {
  if (isRecord(live[0]) !== isRecord(inputs[0])) return inputs.length === 0 ? [] : live;
  return live.slice(0, inputs.length).map((value, index) => prune(value, inputs[index]));
}
