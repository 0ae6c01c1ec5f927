// What is asked of every page that a person reads.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { item } from "./kit.mjs";

const axe = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export const small = { width: 360, height: 740 };
export const wide = { width: 1440, height: 900 };

// axeFaults returns what axe finds wrong with a page by WCAG 2.2 AA and its
// own best practices, as "rule: elements". The page's policy does not stop it.
export async function axeFaults(page) {
  let found = "gone";
  for (let tries = 0; found === "gone"; tries++) { // WebKit now and then loads a page once more
    if (tries === 5) throw new Error("the page is loaded again and again");
    await page.inject(`${axe};
      window.axe.run().then((found) => { window.axeFound = found; }, (error) => { window.axeFound = { violations: [{ id: String(error), nodes: [] }], passes: [] }; });`);
    found = await page.until(() => (window.axe ? window.axeFound && [
      window.axeFound.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join()}`), window.axeFound.passes.map((p) => p.id)] : "gone"));
  }
  const [faults, passes] = found;
  for (const rule of ["color-contrast", "link-name", "document-title", "html-has-lang"]) {
    if (!passes.includes(rule) && !faults.some((fault) => fault.startsWith(rule))) faults.push(`${rule}: not looked at`);
  }
  return faults;
}

// sideways returns what reaches beyond the viewport's right edge.
export function sideways() {
  const edge = document.documentElement.clientWidth;
  const over = [...document.querySelectorAll("body *")].filter((e) => {
    const { right, width } = e.getBoundingClientRect();
    for (let box = e.parentElement; box; box = box.parentElement) if (getComputedStyle(box).overflowX !== "visible" && box !== document.body && box !== document.documentElement) return false;
    return width && right > edge + 0.5;
  }).map((e) => e.outerHTML.slice(0, 80));
  return document.documentElement.scrollWidth > edge ? [`scrolls ${document.documentElement.scrollWidth - edge} px`, ...over] : over;
}

// sizes returns text, width and height of what can be pressed.
export function sizes(selector) {
  return [...document.querySelectorAll(selector)].map((e) => {
    const { width, height } = e.getBoundingClientRect();
    return [e.textContent.trim(), width, height];
  });
}

// ringed says what has the keyboard, and the ring that shows it.
export function ringed() {
  const e = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(e);
  return `${e.getAttribute("href") || e.name || e.textContent.trim()} ${outlineStyle} ${outlineWidth}`;
}

// lay has a page pictured in three widths and two schemes, into the folder
// that LENSAN_PICTURES names, for people to look at.
export function lay(name, path) {
  if (!process.env.LENSAN_PICTURES) return;
  item(`${name}: pictures`, async (scene) => {
    const at = await path(scene), folder = process.env.LENSAN_PICTURES;
    await mkdir(folder, { recursive: true });
    for (const width of [360, 768, 1440]) {
      for (const scheme of ["light", "dark"]) {
        const page = await scene.open({ width, height: 740 });
        await page.media([{ name: "prefers-color-scheme", value: scheme }]);
        await page.go(scene.server.url + at);
        await writeFile(`${folder}/${name}-${width}-${scheme}.png`, await page.page.screenshot({ fullPage: true }));
      }
    }
  }, { only: ["chromium"] });
}
