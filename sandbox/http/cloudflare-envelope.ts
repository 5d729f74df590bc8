/** A successful answer. */
export function envelope(result: unknown, status = 200): Response {
  return Response.json({ success: true, errors: [], messages: [], result }, { status });
}

/** One page of a list. @param perPage - default of the endpoint */
export function page(request: Request, items: readonly unknown[], perPage: number): Response {
  const { searchParams } = new URL(request.url);
  const size = Number(searchParams.get("per_page") ?? perPage);
  const number = Number(searchParams.get("page") ?? 1);
  const result = items.slice((number - 1) * size, number * size);
  const result_info = {
    page: number,
    per_page: size,
    count: result.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / size),
  };
  return Response.json({ success: true, errors: [], messages: [], result, result_info });
}

/**
 * A refusal in Cloudflare's form.
 *
 * @param text - as Cloudflare's client prints it: `400 Bad Request: 81058 An identical record already exists.`
 */
export function refusal(status: number, text: string): Response {
  const detail = text.replace(/^\d{3} [A-Z][A-Za-z ]*: /, "");
  const [, code, message] = /^(\d{4,}) (.*)$/s.exec(detail) ?? [];
  const error = { code: Number(code ?? 10_000), message: message ?? detail };
  return Response.json({ success: false, errors: [error], messages: [], result: null }, { status });
}
