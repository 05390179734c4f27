/* Charts drawn from the tables on the page.

   <div class="chart" data-chart="columns|stacked" data-chart-label="…"><details open>…<table>…
   A column whose head has data-series="bar" or "line" is drawn; the first cell of a row names it. The
   table folds behind its summary and stays for everybody who prefers it. */

/* Chart.js is a classic script: it is loaded here so that only pages with charts load it. */
import "../vendor/chart/chart.umd.min.js";

const { Chart } = globalThis;
const LATE = 1;

/** Return the colours that dashboard.css gives: of the theme, of forced colours, of paper. */
function inksOf(chart) {
  const ask = (name) => getComputedStyle(chart.querySelector(`.chart__ink--${name}`));
  const first = ask("first");
  return {
    series: [first.color, ask("second").color],
    line: ask("line").color,
    card: first.backgroundColor,
    grid: first.borderTopColor,
    text: ask("line").color,
  };
}

function seriesOf(table) {
  const heads = [...table.querySelectorAll("thead th")];
  const rows = [...table.querySelectorAll("tbody tr")];
  const labels = rows.map((row) => row.cells[0].textContent.trim());
  const series = heads
    .map((head, place) => ({ head, place }))
    .filter(({ head }) => head.dataset.series)
    .map(({ head, place }) => ({
      label: head.textContent.trim(),
      type: head.dataset.series,
      data: rows.map((row) => Number(row.cells[place].dataset.value ?? 0)),
      links: rows.map((row) => row.cells[place].querySelector("a")?.href),
    }));
  return { labels, series };
}

/** What is open and not late, below what is late: the two together are what the table calls open. */
function stacked(series, labels) {
  const [all, late] = series;
  return [
    { ...late, label: labels.late },
    { ...all, label: labels.rest, data: all.data.map((value, place) => value - late.data[place]) },
  ];
}

function datasetsOf(series, inks) {
  let bars = 0;
  return series.map((one) => {
    if (one.type === "line") {
      return { ...one, order: 0, borderColor: inks.line, backgroundColor: inks.card, pointBackgroundColor: inks.card, borderWidth: 2, borderDash: [6, 4], pointRadius: 3, tension: 0 };
    }
    const ink = inks.series[one.ink ?? bars];
    bars += 1;
    return { ...one, order: 1, backgroundColor: ink, hoverBackgroundColor: ink, borderColor: inks.card, borderWidth: 1, maxBarThickness: 56 };
  });
}

function optionsOf(kind, inks) {
  const axis = { ticks: { color: inks.text, font: { size: 13 } }, grid: { color: inks.grid }, border: { color: inks.grid } };
  const isStacked = kind === "stacked";
  const values = { ...axis, stacked: isStacked, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } };
  const names = { ...axis, stacked: isStacked, grid: { display: false } };
  return {
    indexAxis: isStacked ? "y" : "x",
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    scales: isStacked ? { x: values, y: names } : { x: names, y: values },
    plugins: { legend: { position: "bottom", labels: { color: inks.text, boxWidth: 14, font: { size: 13 } } } },
    onClick: (_event, [hit], chart) => {
      const link = hit && chart.data.datasets[hit.datasetIndex].links?.[hit.index];
      if (link) globalThis.location.assign(link);
    },
  };
}

function draw(chart) {
  const table = chart.querySelector("table");
  const inks = inksOf(chart);
  let { labels, series } = seriesOf(table);
  const kind = chart.dataset.chart;
  if (kind === "stacked") {
    const [rest, late] = [chart.dataset.chartRest, series[LATE].label];
    series = stacked(series, { rest, late }).map((one, place) => ({ ...one, ink: place === 0 ? LATE : 0 }));
  }
  const canvas = chart.querySelector("canvas");
  Chart.getChart(canvas)?.destroy();
  new Chart(canvas, { type: "bar", data: { labels, datasets: datasetsOf(series, inks) }, options: optionsOf(kind, inks) });
}

function prepare(chart) {
  const box = document.createElement("div");
  box.className = "chart__canvas";
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", chart.dataset.chartLabel);
  box.append(canvas);
  const inks = ["first", "second", "line"].map((name) => {
    const ink = document.createElement("span");
    ink.className = `chart__ink chart__ink--${name}`;
    return ink;
  });
  chart.prepend(box, ...inks);
  chart.querySelector("details").open = false;
}

const charts = [...document.querySelectorAll("[data-chart]")];
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

charts.forEach(prepare);
charts.forEach(draw);

for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"]) {
  matchMedia(query).addEventListener("change", () => charts.forEach(draw));
}

/* On paper the table is read too. */
const folds = charts.map((chart) => chart.querySelector("details"));
let wereOpen = [];
addEventListener("beforeprint", () => {
  wereOpen = folds.map((fold) => fold.open);
  for (const fold of folds) fold.open = true;
});
addEventListener("afterprint", () => folds.forEach((fold, place) => (fold.open = wereOpen[place])));
