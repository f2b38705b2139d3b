/** One line of the plot: what it shows, and its value at each number of feeds. */
type Series = { readonly name: string; readonly color: string; readonly values: readonly number[] };

type Sized = {
  readonly feeds: number;
  readonly ready: number;
  readonly memory: number;
  readonly cpu: number;
};

const WIDTH = 640;
const HEIGHT = 320;
const EDGE = 48;

/** Growth from the smallest to the largest number of feeds, as multiples of the smallest, on logarithmic axes, as SVG. */
export function growthPlot(rows: readonly Sized[]): string {
  const series: readonly Series[] = [
    { name: "start to ready", color: "#b45309", values: rows.map(({ ready }) => ready) },
    { name: "memory", color: "#1d4ed8", values: rows.map(({ memory }) => memory) },
    { name: "CPU of a check", color: "#047857", values: rows.map(({ cpu }) => cpu) },
  ];
  const most = Math.max(...rows.map(({ feeds }) => feeds)) / (rows[0]?.feeds ?? 1);
  const place = (value: number, size: number): number =>
    (Math.log(value) / Math.log(most)) * (size - 2 * EDGE);
  const x = (times: number): string => (EDGE + place(times, WIDTH)).toFixed(1);
  const y = (times: number): string => (HEIGHT - EDGE - place(Math.max(times, 1), HEIGHT)).toFixed(1);
  const first = rows[0]?.feeds ?? 1;
  const ticks = rows.map(
    ({ feeds }) =>
      `<text x="${x(feeds / first)}" y="${HEIGHT - 24}" text-anchor="middle">${feeds.toLocaleString("en")}</text>`,
  );
  const levels = [1, 10, 100].map(
    (times) =>
      `<path d="M${EDGE} ${y(times)}H${WIDTH - EDGE}" stroke="#8886"/><text x="${EDGE - 6}" y="${y(times)}" text-anchor="end">${times}x</text>`,
  );
  const lines = series.map(({ name, color, values }, i) => {
    const points = values.map(
      (value, at) => `${x((rows[at]?.feeds ?? 1) / first)},${y(value / (values[0] ?? 1))}`,
    );
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2"/><text x="${EDGE + 12}" y="${EDGE + 18 * i}" fill="${color}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#777">
<text x="${EDGE}" y="20">Growth with the number of feeds, as a multiple of 1,000 feeds' figure</text>
${[...ticks, ...levels, ...lines].join("\n")}
</svg>
`;
}
