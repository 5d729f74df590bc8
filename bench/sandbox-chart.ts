import { type Round, seconds, type SizeFigures } from "./sandbox-figures.ts";

interface Line {
  readonly name: string;
  /** Attributes of its markers. */
  readonly stroke: string;
  /** More attributes, of the line itself. */
  readonly dashes: string;
  readonly points: readonly (readonly [hostnames: number, seconds: number])[];
}

const [WIDTH, HEIGHT] = [720, 440];
const PLOT = { left: 64, right: 696, top: 40, bottom: 380 };

const COLORS = ["#c0392b", "#1f618d"];

/** Seconds of a first up by hostnames, both on logarithmic axes, a line for each program and number of zones. */
export function sandboxChart(sizes: readonly SizeFigures[]): string {
  const lines = linesOf(sizes);
  const points = lines.flatMap((line) => line.points);
  const x = logAxis(
    points.map(([hostnames]) => hostnames),
    [1],
    PLOT.left,
    PLOT.right,
  );
  const y = logAxis(
    points.map(([, time]) => time),
    [1, 2, 5],
    PLOT.bottom,
    PLOT.top,
  );
  const parts = [
    text(PLOT.left, 24, "start", "First up: seconds (logarithmic)"),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 14, "middle", "hostnames (logarithmic)"),
    ...x.ticks.flatMap((tick) => [
      rule(x.at(tick), PLOT.bottom, x.at(tick), PLOT.top),
      text(x.at(tick), PLOT.bottom + 20, "middle", `${tick}`),
    ]),
    ...y.ticks.flatMap((tick) => [
      rule(PLOT.left, y.at(tick), PLOT.right, y.at(tick)),
      text(PLOT.left - 8, y.at(tick) + 4, "end", `${tick} s`),
    ]),
    ...lines.flatMap(({ stroke, dashes, points }) => {
      const places = points.map(([hostnames, time]) => [round(x.at(hostnames)), round(y.at(time))] as const);
      return [
        `<polyline fill="none" ${stroke}${dashes} points="${places.map((place) => place.join(",")).join(" ")}"/>`,
        ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="white" ${stroke}/>`),
      ];
    }),
    ...legend(lines),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${parts.join("\n")}
</svg>
`;
}

function linesOf(sizes: readonly SizeFigures[]): readonly Line[] {
  const byZones = [...Map.groupBy(sizes, ({ zones }) => zones)];
  return byZones.flatMap(([zones, members], index) => {
    const line = (name: keyof Round, dashes: string): Line => ({
      name: `${name}, ${zones} ${zones === 1 ? "zone" : "zones"}`,
      stroke: `stroke="${COLORS[index % COLORS.length] ?? ""}" stroke-width="2"`,
      dashes,
      points: members.map((size) => [size.hostnames, seconds(size, name, "up")]),
    });
    return [line("ozilab", ""), line("flat", ' stroke-dasharray="6 4"')];
  });
}

/** At the top left: lines that rise to the right do not reach it. */
function legend(lines: readonly Line[]): readonly string[] {
  const [left, top, height] = [PLOT.left + 14, PLOT.top + 12, 20];
  return [
    `<rect x="${left}" y="${top}" width="176" height="${lines.length * height + 8}" fill="white" stroke="#bbb"/>`,
    ...lines.flatMap(({ name, stroke, dashes }, index) => {
      const middle = top + 4 + (index + 0.5) * height;
      return [
        `<line x1="${left + 8}" y1="${middle}" x2="${left + 38}" y2="${middle}" ${stroke}${dashes}/>`,
        text(left + 46, middle + 4, "start", name),
      ];
    }),
  ];
}

/**
 * A logarithmic axis from a round number below all values to one above.
 *
 * @param steps - the round numbers of each decade
 */
function logAxis(values: readonly number[], steps: readonly number[], from: number, to: number) {
  const decades = Array.from({ length: 13 }, (_, index) => index - 6);
  const candidates = decades.flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)));
  const low = candidates.findLast((tick) => tick <= Math.min(...values)) ?? NaN;
  const high = candidates.find((tick) => tick > low && tick >= Math.max(...values)) ?? NaN;
  const at = (value: number) => from + (Math.log(value / low) / Math.log(high / low)) * (to - from);
  return { at, ticks: candidates.filter((tick) => tick >= low && tick <= high) };
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
