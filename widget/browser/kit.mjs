// What every test is given: a page of its own, the portal's server, a relay in
// front of the real server, and the snippets as the API hands them out.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { base, relay } from "./lensan.mjs";

export const items = [];

// item registers a test for every engine, or for those that can do it, which its name then says.
export function item(name, run, { only, alone } = {}) {
  items.push({ name, run, only, alone });
}

export class Scene {
  constructor(browser, server, host) {
    Object.assign(this, { engine: browser.engine, browser, server, host, ends: [] });
  }
  // watch is a script that keeps what is thrown into the page.
  get watch() {
    return this.host.js(`window.thrown = [];
      addEventListener("error", (event) => { if (event.message) thrown.push(event.message); });
      addEventListener("unhandledrejection", (event) => thrown.push(String(event.reason)));`);
  }
  async open(size) {
    const page = await this.browser.open(size);
    this.ends.push(() => page.close());
    return page;
  }
  async relay(answer) {
    const made = await relay(this.server, answer);
    this.ends.push(() => made.close());
    return made;
  }
  // place registers a placement and returns its code and its snippets for an origin.
  async place(origin, destination) {
    const { code, snippets } = await this.server.place(destination);
    const moved = Object.fromEntries(Object.entries(snippets).map(([tier, snippet]) => [tier, snippet.replaceAll(base, origin)]));
    return { code, ...moved, look: (style, width, height, lang = "vi") => look(moved.badge, style, width, height, lang) };
  }
  // usual opens a page with a badge and the enhancer. Where the engine tells of
  // layout shift there must be none at its end, unless the test itself shifts
  // or leaves the page.
  async usual({ head = "", before = "", after = "", size, badge = (p) => p.badge, options, answer, shifts = false } = {}) {
    const lensan = await this.relay(answer), placed = await this.place(lensan.origin);
    const address = this.host.page(head + placed.script, before + badge(placed) + after, options);
    const page = await this.open(size);
    await page.go(address);
    if (page.shift && !shifts) this.ends.push(async () => assert.equal((await page.shift()).toFixed(3), "0.000", `layout shift at ${address}`));
    return { page, lensan, placed, address };
  }
  // leave goes to another page, and gives what that sends time to come.
  async leave(page) {
    await page.go(this.host.page("", "<p>Trang khác"));
    await sleep(300);
  }
  // reported returns what was reported of a page once everything in sight was seen, when it has been left.
  async reported(page, lensan) {
    await eventually(() => lensan.seen.length);
    await this.leave(page);
    return lensan.seen;
  }
  // end ends everything that was begun, and fails with the first fault of that.
  async end() {
    const faults = [];
    for (const end of this.ends.reverse()) await Promise.resolve().then(end).catch((fault) => faults.push(fault));
    if (faults.length) throw faults[0];
  }
}

// look is a snippet in another style, size or language.
function look(snippet, style, width, height, lang) {
  const query = [style !== "badge" && `style=${style}`, lang !== "vi" && `lang=${lang}`].filter(Boolean).join("&amp;");
  return snippet.replace(".svg\"", `.svg${query && "?"}${query}"`).replace(/width="\d+"/, `width="${width}"`).replace(/height="\d+"/, `height="${height}"`);
}

export const wait = sleep;

// eventually polls until read() is true. Its end only matters where something is wrong.
export async function eventually(read, ms = 60_000) {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    const found = await read();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never true: ${read}`);
  }
}
