/**
 * Whether an expression of Cloudflare's rules language matches requests for a host: `yes`, all of them; `no`, none;
 * `maybe`, some of them, or it cannot be decided.
 */
export type Matches = "yes" | "no" | "maybe";

/** A parsed expression, evaluated for one host. */
export type HostTest = (host: string) => Matches;

/**
 * Parses an expression as far as it depends on `http.host` (Cloudflare, "Rules language: operators"). Everything else,
 * such as a path, is `maybe`; so is an expression that does not parse.
 */
export function hostTest(expression: string): HostTest {
  try {
    const parser = new Parser(tokens(expression));
    const test = parser.disjunction();
    parser.expectEnd();
    return test;
  } catch (error) {
    if (error instanceof NotParsed) return () => "maybe";
    throw error;
  }
}

/** The hosts that an expression names in `http.host eq "…"` and `http.host in {"…"}`. */
export function namedHosts(expression: string): readonly string[] {
  const named = /http\.host\)?\s+(?:in\s*\{([^}]*)\}|(?:eq|==)\s*("[^"]*"))/g;
  return [...expression.matchAll(named)].flatMap(([, list = "", single = ""]) =>
    [...`${list}${single}`.matchAll(/"([^"]*)"/g)].map(([, host = ""]) => host),
  );
}

class NotParsed extends Error {}

const TOKEN =
  /\s*(?:"((?:\\.|[^"\\])*)"|r(#*)"(.*?)"\2|([a-zA-Z_][\w.]*)|(==|!=|<=|>=|&&|\|\||\^\^|[(){},<>!~])|([\w.:/+-]+))/gy;

interface Token {
  readonly kind: "string" | "word" | "symbol" | "other";
  readonly text: string;
}

function tokens(expression: string): readonly Token[] {
  const found: Token[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new NotParsed();
    const [, quoted, , raw, word, symbol, other = ""] = match;
    if (quoted !== undefined) found.push({ kind: "string", text: quoted.replaceAll(/\\(.)/g, "$1") });
    else if (raw !== undefined) found.push({ kind: "string", text: raw });
    else if (word !== undefined) found.push({ kind: "word", text: word });
    else if (symbol !== undefined) found.push({ kind: "symbol", text: symbol });
    else found.push({ kind: "other", text: other });
  }
  return found;
}

/** Recursive descent over `or`, `xor`, `and`, `not` (in that order of precedence) and comparisons. */
class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  disjunction(): HostTest {
    let left = this.#exclusive();
    while (this.#take("or", "||")) {
      const [a, b] = [left, this.#exclusive()];
      left = (host) => not(both(not(a(host)), not(b(host))));
    }
    return left;
  }

  expectEnd(): void {
    if (this.#next < this.#tokens.length) throw new NotParsed();
  }

  #exclusive(): HostTest {
    let left = this.#conjunction();
    while (this.#take("xor", "^^")) {
      const [a, b] = [left, this.#conjunction()];
      left = (host) => {
        const [x, y] = [a(host), b(host)];
        if (x === "maybe" || y === "maybe") return "maybe";
        return x === y ? "no" : "yes";
      };
    }
    return left;
  }

  #conjunction(): HostTest {
    let left = this.#negation();
    while (this.#take("and", "&&")) {
      const [a, b] = [left, this.#negation()];
      left = (host) => both(a(host), b(host));
    }
    return left;
  }

  #negation(): HostTest {
    if (this.#take("not", "!")) {
      const test = this.#negation();
      return (host) => not(test(host));
    }
    if (this.#take("(")) {
      const test = this.disjunction();
      this.#expect(")");
      return test;
    }
    return this.#comparison();
  }

  /** `true`, a boolean field or function, or an operand with an operator and values. */
  #comparison(): HostTest {
    const field = this.#operand();
    if (field === "true" || field === "false") return () => (field === "true" ? "yes" : "no");
    const operator = this.#peek();
    if (operator === undefined || endsComparison(operator)) return booleanTest(field);
    this.#next += 1;
    const word = operator.text === "strict" ? `strict ${this.#operand()}` : operator.text;
    return comparisonTest(field, word, this.#values());
  }

  /** A field or a function call, as normalised text. */
  #operand(): string {
    const token = this.#peek();
    if (token?.kind !== "word") throw new NotParsed();
    this.#next += 1;
    if (!this.#take("(")) return token.text;
    const parts: string[] = [];
    for (let depth = 1; depth > 0;) {
      const part = this.#peek();
      if (part === undefined) throw new NotParsed();
      this.#next += 1;
      if (part.text === "(" && part.kind === "symbol") depth += 1;
      if (part.text === ")" && part.kind === "symbol") depth -= 1;
      if (depth > 0) parts.push(part.kind === "string" ? JSON.stringify(part.text) : part.text);
    }
    return `${token.text}(${parts.join("")})`;
  }

  #values(): readonly string[] {
    if (!this.#take("{")) {
      const value = this.#peek();
      if (value === undefined) throw new NotParsed();
      this.#next += 1;
      return [value.text];
    }
    const values: string[] = [];
    while (!this.#take("}")) {
      const value = this.#peek();
      if (value === undefined) throw new NotParsed();
      this.#next += 1;
      values.push(value.text);
    }
    return values;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(...texts: readonly string[]): boolean {
    const token = this.#peek();
    if (token === undefined || token.kind === "string" || !texts.includes(token.text)) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new NotParsed();
  }
}

function endsComparison({ kind, text }: Token): boolean {
  return kind !== "string" && ["and", "&&", "or", "||", "xor", "^^", ")"].includes(text);
}

function isHost(field: string): boolean {
  return field === "http.host" || field === "lower(http.host)";
}

/** `ends_with(http.host, ".example.com")`, `starts_with(…)`; any other boolean is unknown. */
function booleanTest(field: string): HostTest {
  const [, name, argument] = /^(starts_with|ends_with)\(http\.host,("(?:.*)")\)$/.exec(field) ?? [];
  if (argument === undefined) return () => "maybe";
  const part = JSON.parse(argument) as string;
  return (host) => known(name === "ends_with" ? host.endsWith(part) : host.startsWith(part));
}

function comparisonTest(field: string, operator: string, values: readonly string[]): HostTest {
  if (!isHost(field)) return () => "maybe";
  const [value = ""] = values;
  switch (operator) {
    case "eq":
    case "==":
      return (host) => known(host === value);
    case "ne":
    case "!=":
      return (host) => known(host !== value);
    case "in":
      return (host) => known(values.includes(host));
    case "contains":
      return (host) => known(host.includes(value));
    case "wildcard":
    case "strict wildcard":
      return (host) => known(matchesWildcard(host, value));
    default:
      return () => "maybe";
  }
}

/** `*` stands for any number of characters; hosts are in lower case. */
function matchesWildcard(host: string, pattern: string): boolean {
  const parts = pattern
    .toLowerCase()
    .split("*")
    .map((part) => part.replaceAll(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(host);
}

function known(matches: boolean): Matches {
  return matches ? "yes" : "no";
}

function not(matches: Matches): Matches {
  return matches === "maybe" ? "maybe" : known(matches === "no");
}

function both(a: Matches, b: Matches): Matches {
  if (a === "no" || b === "no") return "no";
  return a === "yes" && b === "yes" ? "yes" : "maybe";
}
