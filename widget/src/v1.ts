// The enhancer: one script in a portal's template for all badges on its pages.
// It puts real text in place of the picture of each badge and reports, once,
// which badges were seen. It asks nothing of the page: what a browser or a
// policy denies is left out, and the link and its picture stay as they were.
import { css, path } from "./look";

declare global {
  interface Window { lensan?: number }
  interface Navigator { globalPrivacyControl?: boolean }
}

const version = 1;

function start(origin: string): void {
  const selector = `a[href^="${origin}/go/"]`;
  const known = new WeakSet<Element>();
  const see = watch(origin);

  function scan(): void {
    document.querySelectorAll<HTMLAnchorElement>(selector).forEach((link) => {
      if (known.has(link)) return;
      known.add(link);
      const code = link.href.slice(origin.length + 4, origin.length + 10).toUpperCase();
      const picture = link.querySelector<HTMLImageElement>(`img[src^="${origin}/b/"]`);
      let shown: Element = picture || link;
      try {
        shown = (picture && enhance(picture)) || shown;
      } catch { /* the picture stays */ }
      if (see) see(shown, code);
    });
  }

  scan();
  let waiting = 0;
  new MutationObserver(() => {
    waiting = waiting || setTimeout(() => { waiting = 0; scan(); }, 200);
  }).observe(document, { childList: true, subtree: true });
}

// enhance puts the picture into a host whose shadow root shows its alternative
// text, in the same box, and returns the host. Small pictures stay.
function enhance(picture: HTMLImageElement): Element | undefined {
  const box = picture.getBoundingClientRect();
  const width = box.width || picture.width, height = box.height || picture.height;
  if (!picture.alt || width < 160 || height < 56) return;
  const style = getComputedStyle(picture);
  const host = document.createElement("span");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  const display = style.display === "inline" ? "inline-block" : style.display;
  sheet.replaceSync(css +
    `:host{display:${display}!important;width:${width}px!important;margin:${style.margin}!important;float:${style.float}!important;vertical-align:${style.verticalAlign}!important}` +
    `div{min-height:${height}px}`);
  root.adoptedStyleSheets = [sheet];
  const svg = (name: string) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const mark = svg("svg"), shape = svg("path");
  mark.setAttribute("viewBox", "8 7 48 50");
  mark.setAttribute("aria-hidden", "true");
  shape.setAttribute("d", path);
  mark.append(shape);
  const row = document.createElement("div"), words = document.createElement("span");
  words.textContent = picture.alt;
  row.append(mark, words);
  root.append(row);
  picture.replaceWith(host);
  host.append(picture);
  return host;
}

// watch returns a function that is told of each badge. A badge is seen when
// half of it was in sight for one second on end in a visible tab. All that were
// seen are reported in one request: as soon as none is left, or when the page
// is hidden. It returns nothing where visitors ask not to be counted.
function watch(origin: string): ((shown: Element, code: string) => void) | undefined {
  const objects = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  if (objects || !window.IntersectionObserver) return;
  const codes = new Map<Element, string>(); // badges not yet seen
  const timers = new Map<Element, number>(); // badges in sight; 0 while the tab is hidden
  const counts = new Map<string, number>();
  let sent = false;

  function send(): void {
    if (sent || !counts.size) return;
    sent = true;
    sight.disconnect();
    let pairs = "";
    counts.forEach((n, code) => { pairs += `${pairs && ","}["${code}",${n}]`; });
    const url = origin + "/v1/seen", body = `{"p":[${pairs}]}`;
    if (!navigator.sendBeacon || !navigator.sendBeacon(url, body)) {
      fetch(url, { method: "POST", body, keepalive: true, mode: "no-cors", credentials: "omit" }).catch(() => {});
    }
  }
  function time(shown: Element): void {
    clearTimeout(timers.get(shown));
    timers.set(shown, document.hidden ? 0 : setTimeout(() => {
      const code = codes.get(shown)!;
      codes.delete(shown);
      timers.delete(shown);
      sight.unobserve(shown);
      counts.set(code, (counts.get(code) || 0) + 1);
      if (!codes.size) send();
    }, 1000));
  }
  const sight = new IntersectionObserver((entries) => {
    entries.forEach((entry) => {
      if (entry.isIntersecting && entry.intersectionRatio >= 0.5) {
        if (!timers.has(entry.target)) time(entry.target);
      } else {
        clearTimeout(timers.get(entry.target));
        timers.delete(entry.target);
      }
    });
  }, { threshold: 0.5 });
  document.addEventListener("visibilitychange", () => {
    timers.forEach((_, shown) => time(shown));
    if (document.hidden) send();
  });
  addEventListener("pagehide", send);
  return (shown, code) => {
    if (sent) return;
    codes.set(shown, code);
    sight.observe(shown);
  };
}

try {
  const src = (document.currentScript as HTMLScriptElement).src;
  const origin = /^(https?:\/\/[^/]+)\/w\/v1\.(\w+\.)?js/.exec(src);
  if (origin && !(window.lensan! >= version)) {
    window.lensan = version;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => start(origin[1]));
    } else {
      start(origin[1]);
    }
  }
} catch { /* an old browser: every badge stays as it was */ }
