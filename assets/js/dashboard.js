// What scripts add to the signed-in pages. Everything here stands on the page
// without it: the counter as it was sent, the chart as a picture, the numbers
// as tables.

// Menus close when one leaves them, as menus do.
const menus = document.querySelectorAll("details.menu");
const close = (but) => { for (const menu of menus) if (menu !== but) menu.open = false; };
addEventListener("click", (event) => close(event.target.closest("details.menu")));
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Today's counter: one stream while the page is looked at, none while it is not.
const today = document.querySelector("[data-live]");
if (today) {
  const value = today.querySelector("[data-live-value]"), state = today.querySelector("[data-live-state]");
  let stream;
  const say = (on) => { state.hidden = false; state.textContent = on ? state.dataset.moving : state.dataset.still; };
  const stop = () => { stream?.close(); stream = undefined; };
  const start = () => {
    stop();
    if (document.hidden) return;
    stream = new EventSource(today.dataset.live);
    stream.onopen = () => say(true);
    stream.onerror = () => { if (stream?.readyState === EventSource.CLOSED) say(false); };
    stream.onmessage = (event) => {
      say(true);
      const { text } = JSON.parse(event.data);
      if (value.textContent !== text) value.textContent = text;
    };
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", start);
}

// Pictures to keep, of charts and maps alike.
function offerPicture(picture, text, name, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain picture";
  button.textContent = text;
  button.addEventListener("click", () => save(picture(), name));
  place.append(button);
}

const drawn = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "font-family", "font-size", "font-weight", "text-anchor"];

// save turns an SVG, as it looks on this page, into a PNG of twice its size.
async function save(svg, name) {
  const { width, height } = svg.getBoundingClientRect(), copy = svg.cloneNode(true), page = getComputedStyle(document.body);
  const from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const property of drawn) to[i].setAttribute(property, element.getAttribute("fill")?.startsWith("url(") && property === "fill" ? element.getAttribute("fill") : style.getPropertyValue(property));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  await image.decode();
  const canvas = document.createElement("canvas"), margin = 32;
  canvas.width = 2 * width + 2 * margin;
  canvas.height = 2 * height + 2 * margin + 48;
  const paint = canvas.getContext("2d");
  paint.fillStyle = page.getPropertyValue("--surface") || "#fff";
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.fillStyle = page.color;
  paint.font = "600 26px " + page.fontFamily;
  paint.fillText(name, margin, margin + 24);
  paint.drawImage(image, margin, margin + 48, 2 * width, 2 * height);
  const link = document.createElement("a");
  link.download = name.replace(/[^\p{L}\p{N}]+/gu, "-") + ".png";
  link.href = canvas.toDataURL("image/png");
  link.click();
}

for (const map of document.querySelectorAll("[data-picture]")) {
  offerPicture(() => map, map.dataset.picture, map.querySelector("title").textContent, map.closest("figure"));
}

// The chart is drawn anew, with lines that can be asked for, once the page is at rest.
const chart = document.querySelector("[data-chart]:not(script)"), source = document.querySelector("script[data-chart]")?.dataset.chart;
if (chart && source) {
  const rest = window.requestIdleCallback || ((fn) => setTimeout(fn, 200));
  const begin = () => rest(() => import(source).then(({ draw }) => draw(chart, offerPicture)).catch(() => {}));
  if (document.readyState === "complete") begin(); else addEventListener("load", begin);
}
