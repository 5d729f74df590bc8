/** A part of an expression of Cloudflare's Rules language. */
export type Token =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "sign"; readonly value: string };

// In this order: a raw string's quotes may hold anything, and a word may have an index such as headers["host"][0].
const TOKEN =
  /\s+|(r(#*)"([\s\S]*?)"\2)|"((?:[^"\\]|\\.)*)"|([\w.$:/-]+(?:\[(?:"[^"]*"|\*|\d+)\])*)|(==|!=|<=|>=|&&|\|\||\^\^|[<>~!(){},])/gy;

const ALIASES: Readonly<Record<string, string>> = {
  "==": "eq",
  "!=": "ne",
  "&&": "and",
  "||": "or",
  "^^": "xor",
  "!": "not",
  "~": "matches",
};

/**
 * Splits an expression (Cloudflare, "Rules language: expressions and operators"). Operators get their English names.
 *
 * @returns undefined for a text that is not an expression
 */
export function tokens(expression: string): readonly Token[] | undefined {
  const found: Token[] = [];
  let end = 0;
  for (const match of expression.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [, raw, , rawText, quoted, word, sign] = match;
    if (raw !== undefined) found.push({ kind: "text", value: rawText ?? "" });
    else if (quoted !== undefined) found.push({ kind: "text", value: quoted.replaceAll(/\\(.)/g, "$1") });
    else if (word !== undefined) found.push({ kind: "word", value: word });
    else if (sign !== undefined) {
      const name = ALIASES[sign];
      found.push(name === undefined ? { kind: "sign", value: sign } : { kind: "word", value: name });
    }
  }
  return end === expression.length ? found : undefined;
}
