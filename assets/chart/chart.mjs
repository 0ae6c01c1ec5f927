// Draws a chart of the dashboard anew with Apache ECharts: lines that can be
// asked for, and what is at the pointer in words. The picture that the server
// drew stays for printing and for whoever has no scripts.
import { init, use } from "echarts/core";
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, AriaComponent, GridComponent, TooltipComponent, SVGRenderer]);

// Each line differs by colour, by dashes and by the mark on its points.
const looks = {
  now: { color: "--accent", type: "solid", symbol: "circle", width: 2.5 },
  before: { color: "--info", type: [5, 5], symbol: "none", width: 1.5 },
  through: { color: "--text", type: "solid", symbol: "rect", width: 1.5 },
  views: { color: "--warning", type: [8, 4], symbol: "triangle", width: 1.5 },
  repeat: { color: "--info", type: "dotted", symbol: "diamond", width: 1.5 },
  bot: { color: "--danger", type: [10, 3, 2, 3], symbol: "roundRect", width: 1.5 },
  preview: { color: "--text-2", type: [2, 4], symbol: "pin", width: 1.5 },
};

export function draw(figure, offerPicture) {
  const { axis, labels, lines, locale } = JSON.parse(figure.dataset.chart);
  const number = new Intl.NumberFormat(locale === "en" ? "en-GB" : "vi-VN");
  const place = document.createElement("div");
  place.className = "drawn";
  const on = new Set(lines.filter((line) => line.on).map((line) => line.key));
  chooser(figure, lines, on, () => update());
  figure.append(place);
  figure.classList.add("live");
  const chart = init(place, null, { renderer: "svg" });

  function update() {
    const css = getComputedStyle(figure), colour = (name) => css.getPropertyValue(name).trim();
    const few = axis.length <= 31, text = { color: colour("--text-2"), fontFamily: css.fontFamily, fontSize: 13 };
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { description: `${figure.dataset.title}. ${figure.dataset.desc}` } },
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: colour("--surface"), borderColor: colour("--edge"), borderWidth: 1, padding: 0,
        textStyle: { ...text, color: colour("--text") }, axisPointer: { type: "line", lineStyle: { color: colour("--edge"), type: "solid" } },
        formatter: (points) => words(points, labels, lines, number),
      },
      xAxis: {
        type: "category", data: axis, boundaryGap: axis.length < 2, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--edge") } },
        axisLabel: { ...text, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" },
      },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4, axisLabel: { ...text, formatter: (n) => number.format(n) }, splitLine: { lineStyle: { color: colour("--line") } } },
      series: lines.filter((line) => on.has(line.key)).map((line) => {
        const look = looks[line.key];
        return {
          id: line.key, name: line.name, type: "line", data: line.values, symbol: look.symbol, symbolSize: line.key === "now" ? 7 : 6, showSymbol: few,
          itemStyle: { color: colour(look.color) }, lineStyle: { color: colour(look.color), type: look.type, width: look.width },
          emphasis: { disabled: true }, z: line.key === "now" ? 2 : 3,
          ...(line.key === "now" && { areaStyle: { color: colour("--tint"), opacity: 0.7 } }),
        };
      }),
    }, { replaceMerge: ["series"] });
  }

  update();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
  offerPicture(() => place.querySelector("svg"), figure.dataset.png, figure.dataset.title, figure.parentElement.querySelector(".more") || figure);
}

// chooser is a row of boxes to tick for the lines that are not shown at first.
function chooser(figure, lines, on, changed) {
  const row = document.createElement("p");
  row.className = "choices";
  const others = lines.filter((line) => !line.on);
  if (others.length) row.append(figure.dataset.more);
  for (const line of others) {
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.addEventListener("change", () => { on[box.checked ? "add" : "delete"](line.key); changed(); });
    label.append(box, line.name);
    row.append(label);
  }
  figure.append(row);
}

// words says what is at the pointer. It returns an element, because a page
// without inline styles would not show the markup that ECharts makes itself.
function words(points, labels, lines, number) {
  const box = document.createElement("div");
  box.className = "tip";
  const at = points[0].dataIndex;
  for (const { seriesId, value } of points) {
    const line = lines.find(({ key }) => key === seriesId), row = document.createElement("p"), strong = document.createElement("strong");
    strong.textContent = number.format(value);
    row.append(`${line.labels?.[at] ?? labels[at]} · ${line.key === "before" ? "" : line.name + ": "}`, strong);
    box.append(row);
  }
  return box;
}
