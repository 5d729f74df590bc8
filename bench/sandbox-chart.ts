/** One line of the chart: points of hostnames and seconds, both above 0. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [hostnames: number, seconds: number])[];
}

const [WIDTH, HEIGHT, MARGIN] = [640, 360, 56];

/** Seconds by hostnames, both on logarithmic axes, as an SVG. */
export function sandboxChart(lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = axis(
    points.map(([hostnames]) => hostnames),
    MARGIN,
    WIDTH - MARGIN,
  );
  const y = axis(
    points.map(([, seconds]) => seconds),
    HEIGHT - MARGIN,
    MARGIN / 2,
  );
  const parts = [
    ...x.ticks.flatMap((tick) => [
      rule(x.at(tick), y.from, x.at(tick), y.to),
      text(x.at(tick), HEIGHT - MARGIN + 18, "middle", `${tick}`),
    ]),
    ...y.ticks.flatMap((tick) => [
      rule(x.from, y.at(tick), x.to, y.at(tick)),
      text(MARGIN - 8, y.at(tick) + 4, "end", `${tick}`),
    ]),
    text(WIDTH / 2, HEIGHT - 12, "middle", "hostnames"),
    text(MARGIN, 16, "start", "seconds of a first up"),
    ...lines.flatMap(({ name, color, points }, index) => [
      `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.map(([a, b]) => `${round(x.at(a))},${round(y.at(b))}`).join(" ")}"/>`,
      `<rect x="${MARGIN + 12}" y="${MARGIN + index * 18 - 20}" width="12" height="4" fill="${color}"/>`,
      text(MARGIN + 30, MARGIN + index * 18 - 14, "start", name),
    ]),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${parts.join("\n")}
</svg>
`;
}

/** A logarithmic axis over whole decades. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`));
  return { from, to, at, ticks };
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#ddd"/>`;
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
