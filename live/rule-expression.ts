import { type Token, tokens } from "./rule-tokens.ts";

/** Whether an expression is true of a request: `maybe` depends on what is not known of it. */
export type Match = "yes" | "no" | "maybe";

/** What is known of a request, by the field's name: `http.host`, `ssl`. */
export type KnownFields = Readonly<Record<string, string | boolean>>;

type Value = string | boolean | undefined;

/**
 * Reads a rule's expression, to evaluate it for requests whose fields are known in part (Cloudflare, "Rules language").
 *
 * It knows `and`, `or`, `xor`, `not`, groups, the comparisons of texts and booleans, and the functions `lower`,
 * `starts_with` and `ends_with`. Everything else makes its comparison `maybe`, and an expression that cannot be read
 * is `maybe` as a whole.
 */
export function ruleExpression(expression: string): (known: KnownFields) => Match {
  const all = tokens(expression);
  return (known) => (all === undefined ? "maybe" : evaluate(all, known));
}

function evaluate(all: readonly Token[], known: KnownFields): Match {
  try {
    const reader = new Reader(all, known);
    const match = reader.or();
    return reader.isAtEnd ? match : "maybe";
  } catch (error) {
    if (error instanceof Unreadable) return "maybe";
    throw error;
  }
}

class Unreadable extends Error {}

const COMPARISONS = ["eq", "ne", "in", "contains", "matches", "wildcard", "lt", "le", "gt", "ge"];

/** Reads and evaluates at once. Both sides of an operator are read, whatever the first one is. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #known: KnownFields;
  #next = 0;

  constructor(all: readonly Token[], known: KnownFields) {
    this.#tokens = all;
    this.#known = known;
  }

  get isAtEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  or(): Match {
    let match = this.#xor();
    while (this.#take("word", "or")) match = negated(both(negated(match), negated(this.#xor())));
    return match;
  }

  #xor(): Match {
    let match = this.#and();
    while (this.#take("word", "xor")) match = different(match, this.#and());
    return match;
  }

  #and(): Match {
    let match = this.#not();
    while (this.#take("word", "and")) match = both(match, this.#not());
    return match;
  }

  #not(): Match {
    if (this.#take("word", "not")) return negated(this.#not());
    if (!this.#take("sign", "(")) return this.#comparison();
    const match = this.or();
    this.#require(")");
    return match;
  }

  #comparison(): Match {
    const field = this.#tokens[this.#next]?.value;
    const left = this.#operand();
    const strict = this.#take("word", "strict");
    const operator = COMPARISONS.find((name) => this.#take("word", name));
    if (operator === undefined) return left === undefined ? "maybe" : asMatch(left === true);
    if (operator === "in") return this.#membership(left);
    const right = this.#operand();
    if (field === "http.request.full_uri" && typeof right === "string") return this.#inUri(operator, right);
    if (left === undefined || right === undefined) return "maybe";
    return compare(operator, left, right, strict);
  }

  /** Of a URL only the host is known, so a pattern with another host cannot match, and any other may. */
  #inUri(operator: string, pattern: string): Match {
    const host = this.#known["http.host"];
    const authority = /^[^/]*:\/\/([^/]*)/.exec(pattern)?.[1];
    if (typeof host !== "string" || authority === undefined) return "maybe";
    if (operator !== "wildcard" && operator !== "eq") return "maybe";
    return compare("wildcard", host, authority, false) === "no" ? "no" : "maybe";
  }

  #membership(left: Value): Match {
    // A named list, such as $office.
    if (!this.#take("sign", "{")) {
      this.#advance();
      return "maybe";
    }
    const members: Value[] = [];
    while (!this.#take("sign", "}")) members.push(this.#operand());
    if (left === undefined) return "maybe";
    if (members.includes(left)) return "yes";
    return members.includes(undefined) ? "maybe" : "no";
  }

  #operand(): Value {
    const token = this.#advance();
    if (token.kind === "text") return token.value;
    if (token.kind === "sign") throw new Unreadable();
    if (token.value === "true" || token.value === "false") return token.value === "true";
    if (this.#take("sign", "(")) return this.#call(token.value);
    return Object.hasOwn(this.#known, token.value) ? this.#known[token.value] : undefined;
  }

  #call(name: string): Value {
    const given: Value[] = [];
    while (!this.#take("sign", ")")) {
      given.push(this.#operand());
      this.#take("sign", ",");
    }
    const [text, part] = given;
    if (typeof text !== "string") return undefined;
    if (name === "lower") return text.toLowerCase();
    if (typeof part !== "string") return undefined;
    if (name === "starts_with") return text.startsWith(part);
    return name === "ends_with" ? text.endsWith(part) : undefined;
  }

  #take(kind: Token["kind"], value: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind || token.value !== value) return false;
    this.#next += 1;
    return true;
  }

  #require(sign: string): void {
    if (!this.#take("sign", sign)) throw new Unreadable();
  }

  #advance(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Unreadable();
    this.#next += 1;
    return token;
  }
}

function compare(operator: string, left: string | boolean, right: string | boolean, strict: boolean): Match {
  if (operator === "eq") return asMatch(left === right);
  if (operator === "ne") return asMatch(left !== right);
  if (typeof left !== "string" || typeof right !== "string") return "maybe";
  switch (operator) {
    case "contains":
      return asMatch(left.includes(right));
    case "matches":
      return matchesPattern(left, right, "");
    case "wildcard": {
      const pattern = right.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&").replaceAll("*", ".*");
      return matchesPattern(left, `^${pattern}$`, strict ? "s" : "is");
    }
    default:
      return "maybe";
  }
}

/** Cloudflare's regular expressions are Rust's; one that JavaScript does not read is not decided here. */
function matchesPattern(text: string, pattern: string, flags: string): Match {
  try {
    return asMatch(new RegExp(pattern, flags).test(text));
  } catch {
    return "maybe";
  }
}

function asMatch(isTrue: boolean): Match {
  return isTrue ? "yes" : "no";
}

function negated(match: Match): Match {
  return match === "maybe" ? "maybe" : asMatch(match === "no");
}

function both(one: Match, other: Match): Match {
  if (one === "no" || other === "no") return "no";
  return one === "yes" && other === "yes" ? "yes" : "maybe";
}

function different(one: Match, other: Match): Match {
  return one === "maybe" || other === "maybe" ? "maybe" : asMatch(one !== other);
}
