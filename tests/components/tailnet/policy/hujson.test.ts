import { describe, expect, test } from "vitest";
import { appendToHuJson, parseHuJson, renderHuJson } from "../../../../components/tailnet/policy/hujson.ts";

describe("parseHuJson", () => {
  test("accepts comments and trailing commas", () => {
    const text = '// head\n{ /* a */ "a": [1, 2, ], // b\n "b": {"c": null,}, }\n// tail\n';
    expect(parseHuJson(text, "p.hujson")).toEqual({ value: { a: [1, 2], b: { c: null } }, issues: [] });
  });

  test("reports the line and column of every syntax issue", () => {
    expect(parseHuJson('{\n\t"a": [,],\n\t"b": yes\n}', "p.hujson")).toEqual({
      value: undefined,
      issues: [
        syntaxIssue("p.hujson:2:8", "ValueExpected"),
        syntaxIssue("p.hujson:3:7", "InvalidSymbol"),
        syntaxIssue("p.hujson:4:1", "ValueExpected"),
      ],
    });
  });

  test("reports an empty text as an issue", () => {
    expect(parseHuJson("", "p.hujson").issues).toEqual([syntaxIssue("p.hujson:1:1", "ValueExpected")]);
  });

  test("rejects duplicate keys at any depth", () => {
    const text = '{\n\t"a": {"b": 1, "b": 2},\n\t"c": [{"d": 1, "d": 1, "d": 1}],\n\t"a": 3\n}';
    expect(parseHuJson(text, "p.hujson").issues).toEqual([
      duplicate("p.hujson:4:2", "a"),
      duplicate("p.hujson:2:16", "a.b"),
      duplicate("p.hujson:3:17", "c.0.d"),
      duplicate("p.hujson:3:25", "c.0.d"),
    ]);
  });

  test("accepts the same key in two objects", () => {
    expect(parseHuJson('{"a": {"x": 1}, "b": {"x": 1}}', "p.hujson").issues).toEqual([]);
  });
});

describe("appendToHuJson", () => {
  test.each([
    ["an empty array", '{"a": []}', '{"a": ["x"]}'],
    ["a spaced array", '{"a": [ "w" ]}', '{"a": [ "w", "x" ]}'],
    ["a trailing comma", '{"a": ["w",]}', '{"a": ["w", "x"]}'],
    ["a comment after the last", '{"a": ["w" /* w, */]}', '{"a": ["w", /* w, */ "x"]}'],
    ["a comment before the comma", '{"a": ["w" /* w */ ,]}', '{"a": ["w" /* w */ , "x"]}'],
    ["only a comment", '{"a": [/* none */]}', '{"a": [/* none */"x"]}'],
    ["a line comment after the last", '{"a": [\n\t"w" // w\n]}', '{"a": [\n\t"w", // w\n\t\t"x"\n]}'],
    ["a line comment after the comma", '{"a": [\n\t"w", // w\n]}', '{"a": [\n\t"w", // w\n\t\t"x"\n]}'],
    ["only a line comment", '{"a": [\n\t// none\n]}', '{"a": [\n\t// none\n\t\t"x"\n]}'],
    ["blank lines before the bracket", '{"a": ["w"\n\n\n]}', '{"a": ["w",\n\t\t"x"\n\n\n]}'],
    ["Windows line ends", '{"a": [\r\n\t"w"\r\n\t]}', '{"a": [\r\n\t"w",\n\t\t"x"\r\n\t]}'],
    ["a comma in a comment and none outside", '{"a": ["w" // ,\n]}', '{"a": ["w", // ,\n\t\t"x"\n]}'],
  ])("adds a string to %s", (_, text, expected) => {
    expect(appendToHuJson(text, [{ path: ["a"], value: "x" }])).toBe(expected);
    expect(parseHuJson(expected, "p.hujson").issues).toEqual([]);
  });

  test("adds members with the text's indentation, and later ones to earlier ones", () => {
    const text = '{\n  "a": {\n    "b": 1\n  }\n}\n';
    const additions = [
      { path: ["a"], key: "c", value: ["tag:x"] },
      { path: [], key: "d", value: [] },
      { path: ["d"], value: { e: "f" } },
    ];
    expect(appendToHuJson(text, additions)).toBe(
      '{\n  "a": {\n    "b": 1,\n    "c": ["tag:x"]\n  },\n  "d": [\n    {"e": "f"}\n  ]\n}\n',
    );
  });

  test("wraps a value that is too long for a line", () => {
    const words = Array.from({ length: 4 }, (_, index) => `group:with-a-long-name-${index}@example.com`);
    const lines = words.map((word) => `\t\t\t"${word}"`).join(",\n");
    expect(appendToHuJson('{"a": []}', [{ path: ["a"], value: words }])).toBe(
      `{"a": [\n\t\t[\n${lines}\n\t\t]\n\t]}`,
    );
  });

  test("returns the text unchanged without additions", () => {
    const text = '{ "a" : [ ] , } // end';
    expect(appendToHuJson(text, [])).toBe(text);
  });

  test("rejects a path that does not exist", () => {
    expect(() => appendToHuJson("{}", [{ path: ["a", 1], value: "x" }])).toThrow(
      "there is nothing at a.1 to add to",
    );
  });
});

test("renderHuJson writes short lists on one line and indents everything else with tabs", () => {
  const wide = { one: "1".repeat(40), two: "2".repeat(40), three: ["3"] };
  expect(renderHuJson({ wide, short: { a: [1, 2] } })).toBe(
    `{\n\t"wide": {\n\t\t"one": "${wide.one}",\n\t\t"two": "${wide.two}",\n\t\t"three": ["3"]\n\t},\n\t"short": {"a": [1, 2]}\n}`,
  );
});

function syntaxIssue(path: string, found: string) {
  return {
    path,
    found,
    allowed: "HuJSON: JSON with // and /* */ comments and trailing commas",
    fix: "fix the syntax there",
  };
}

function duplicate(path: string, key: string) {
  return {
    path,
    found: `a second key ${key}`,
    allowed: "each key once: the later one would silently replace the earlier one",
    fix: "merge the two entries into one",
  };
}
