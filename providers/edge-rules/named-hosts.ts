/** The hosts that an expression names in `http.host eq "…"` and `http.host in {"…"}`. */
export function namedHosts(expression: string): readonly string[] {
  const named = /http\.host\)?\s+(?:in\s*\{([^}]*)\}|(?:eq|==)\s*("[^"]*"))/g;
  return [...expression.matchAll(named)].flatMap(([, list = "", single = ""]) =>
    [...`${list}${single}`.matchAll(/"([^"]*)"/g)].map(([, host = ""]) => host),
  );
}
