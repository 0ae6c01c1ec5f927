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

// A file that takes long is fetched here, so that one sees how far it is.
const files = document.querySelector("form[data-download]");
files?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = files.querySelector(".downloading"), bar = box.querySelector("progress"), words = box.querySelector("[role=status]"), buttons = files.querySelectorAll("button");
  const query = new URLSearchParams(new FormData(files, event.submitter));
  box.hidden = false;
  bar.removeAttribute("value");
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(`${files.action}?${query}`);
    if (!answer.ok || !answer.headers.get("Lensan-Pages")) throw new Error(answer.status);
    const parts = [], reader = answer.body.getReader();
    bar.max = answer.headers.get("Lensan-Pages");
    let done = 0, tail = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      const text = tail + new TextDecoder("latin1").decode(part.value);
      done += text.split("/Type/Page/").length - 1;
      tail = text.slice(-10);
      if (done) bar.value = done;
      words.textContent = done ? files.dataset.download.replace("{done}", done.toLocaleString("vi")).replace("{all}", bar.max.toLocaleString("vi")) : "";
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("Content-Type") }));
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    box.hidden = true;
  } catch {
    words.textContent = files.dataset.failed;
    bar.value = 0;
  }
  for (const button of buttons) button.disabled = false;
});

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
