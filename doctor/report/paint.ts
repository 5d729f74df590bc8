import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "red" | "yellow";

/** Adds a style to a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colour for a terminal, unless NO_COLOR is set to anything but an empty text (no-color.org). */
export function paintFor(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR: noColour }: NodeJS.ProcessEnv,
): Paint {
  if (isTTY !== true || (noColour !== undefined && noColour !== "")) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}
