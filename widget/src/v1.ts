// The enhancer: one script in a portal's template for all badges on its pages.
// It puts real text in place of the picture of each badge and reports, once,
// which badges were seen. It asks nothing of the page: what a browser or a
// policy denies is left out, and the link and its picture stay as they were.
import { look } from "./look";

declare global {
  interface Window { lensan?: number }
  interface Navigator { globalPrivacyControl?: boolean }
}

// A line on a card: a destination to choose and its name, or "" and a figure.
type Line = [to: string, words: string];

try {
  const [origin, rest] = (document.currentScript as HTMLScriptElement).src.split("/w/v1.");
  if (rest && !window.lensan) {
    window.lensan = 1;

    const way = origin + "/go/";
    const codes = new WeakMap<Element, string | null>(); // null for a link that is known, "" once a badge was seen
    const timers = new Map<Element, number>(); // of badges half in sight; 0 while the tab is hidden
    let cards: Promise<Record<string, Line[]>>, left = 0, pairs = "", sent = 0, waiting = 0;

    // Every badge is met at its first entry, when the page has been laid out:
    // nothing here makes the browser lay it out once more.
    const sight = new IntersectionObserver((entries) => {
      for (const { target, boundingClientRect, intersectionRatio } of entries) {
        (codes.get(target) == null ? meet : watch)(target, intersectionRatio >= 0.5, boundingClientRect);
      }
    }, { threshold: 0.5 });

    const scan = () => document.querySelectorAll<HTMLAnchorElement>(`a[href^="${way}"]`).forEach((link) => {
      codes.has(link) || codes.set(link, null) && sight.observe(link.querySelector("img") || link);
    });

    // meet puts a picture into a host whose shadow root shows real text in the
    // same box, and begins to measure the host. A picture stays if its text has
    // no room, or if anything fails, as it does for a link without one.
    const meet = async (shown: Element, _: boolean, { width, height }: DOMRectReadOnly) => {
      const link = shown.closest("a")!, code = link.href.substr(way.length, 6);
      sight.unobserve(shown);
      try {
        const picture = shown as HTMLImageElement, address = picture.src + picture.dataset.src;
        const card = /=card/.test(address);
        width = width || picture.getAttribute("width") as any;
        height = height || picture.getAttribute("height") as any;
        const replaced = card ? link : picture, row = card ? 64 : height, size = Math.sqrt((width - (row > 60 ? 70 : 24)) * (row - 14) / picture.alt.length);
        if (size > 11 && height > 43) {
          const style = getComputedStyle(picture);
          // Whatever follows an await comes after all badges were measured.
          const sheet = await new CSSStyleSheet().replace(look(`display:${style.display.replace(/ine$/, "ine-block")};width:${width}px;` +
            `height:${card ? height : ""}px;margin:${style.margin};float:${style.cssFloat};vertical-align:${style.verticalAlign};` +
            `font:600 ${size}px/1.2 system-ui;`, row));
          const host = document.createElement("span"), root = host.attachShadow({ mode: "open" });
          host.lang = /=en/.test(address) ? "en" : "vi";
          const lines = card ? (await (cards = cards || fetch(origin + "/w/v1.json").then((answer) => answer.json())))[host.lang] : [];
          root.adoptedStyleSheets = [sheet];
          const add = (tag: string, textContent: string, href: string) =>
            root.append(Object.assign(document.createElement(tag), { textContent, href, target: link.target }));
          add(card ? "a" : "div", picture.alt, link.href);
          for (const [to, words] of lines) add(to ? "a" : "p", words, `${way}${code}/${to}?c=w`);
          const ring = () => { (root.firstChild as Element).className = link.matches(":focus-visible") ? "f" : ""; };
          link.addEventListener("focus", ring);
          link.addEventListener("blur", ring);
          replaced.replaceWith(host);
          host.append(replaced);
          // What is taken out of its host is met again where it is put.
          new MutationObserver(() => { codes.delete(link); host.remove(); }).observe(host, { childList: true });
          shown = host;
        }
      } catch { /* the picture stays */ }
      if (navigator.globalPrivacyControl || navigator.doNotTrack == "1") return;
      codes.set(shown, code);
      left++;
      sight.observe(shown);
    };

    // A badge is seen when half of it was in sight for one second on end in a
    // visible tab. All that were seen are reported in one request: two seconds
    // after none is left to be seen, so that badges which come late are waited
    // for, or else when the page is hidden or left. What is seen after that is
    // not counted.
    const watch = (badge: Element, half: boolean) => {
      clearTimeout(timers.get(badge));
      if (half && codes.get(badge)) timers.set(badge, document.hidden ? 0 : setTimeout(() => {
        pairs += `${pairs && ","}["${codes.get(badge)}",1]`;
        codes.set(badge, "");
        --left || setTimeout(() => left || send(), 2000);
      }, 1000));
      else timers.delete(badge);
    };
    const send = async (url = origin + "/v1/seen", body = `{"p":[${pairs}]}`) => {
      if (pairs && !sent++) try {
        navigator.sendBeacon(url, body) || await fetch(url, { method: "POST", body, keepalive: true });
      } catch { /* not counted */ }
    };

    scan();
    new MutationObserver(() => {
      waiting = waiting || setTimeout(() => { waiting = 0; scan(); }, 200);
    }).observe(document, { childList: true, subtree: true });
    document.addEventListener("visibilitychange", () => {
      timers.forEach((_, badge) => watch(badge, true));
      send(); // while hidden nothing is added to it
    });
  }
} catch { /* an old browser: every badge stays as it was */ }
