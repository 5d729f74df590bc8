/** A text of a check or a cause, which starts with a small letter, at the start of a line. */
export function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
