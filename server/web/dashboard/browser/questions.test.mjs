// Walks the ten questions of server/docs/ten-questions.md through a sample instance.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { Lane } from "../../../../widget/browser/engines.mjs";

const most = 3; // clicks
const doc = await readFile(new URL("../../../docs/ten-questions.md", import.meta.url), "utf8");
const questions = doc.split("\n").filter((line) => /^\| (?!Question|What happened)[A-Z]/.test(line)).map((line) => {
  const [question, , clicks, says] = line.split("|").slice(1, -1).map((cell) => cell.trim());
  return { question, clicks: clicks ? clicks.split(" › ") : [], says };
});
const laptop = { width: 1366, height: 768 };

async function startDemo() {
  const child = spawn(process.env.LENSAN_BINARY, ["demo", "--no-open"], { env: { ...process.env, LANG: "en", LENSAN_LISTEN: "127.0.0.1:0", LENSAN_BASE_URL: "http://localhost" }, stdio: ["ignore", "pipe", "inherit"] });
  let port, token;
  for await (const line of createInterface({ input: child.stdout })) {
    port ||= /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if ((token = /\/thong-ke\/xem-thu\/\S+/.exec(line)?.[0])) break;
  }
  if (!port || !token) throw new Error("the sample instance did not say where it is");
  child.stdout.resume();
  return { url: `http://127.0.0.1:${port}`, token, stop: () => new Promise((resolve) => { child.once("exit", resolve); child.kill("SIGTERM"); }) };
}

// clickOn presses the link or button that begins with some words, if one can be
// seen, and returns the address of a file that it leads to.
function clickOn(words) {
  const shown = [...document.querySelectorAll("main a, main summary, main button, .site-nav a, .nearby a")].filter((part) => part.getClientRects().length > 0);
  const found = shown.find((part) => part.textContent.replace(/\s+/g, " ").trim().startsWith(words)) || shown.find((part) => part.textContent.replace(/\s+/g, " ").includes(words));
  if (!found) return { missing: true };
  if (/\.(pdf|xlsx)/.test(found.getAttribute("href") || "")) return { file: found.href };
  const stays = found.tagName === "SUMMARY";
  if (!stays) document.documentElement.dataset.left = "1";
  found.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window })); // an area of the map has no click()
  return { stays };
}

let demo, session;
before(async () => {
  demo = await startDemo();
  const answer = await fetch(demo.url + demo.token, { redirect: "manual" });
  session = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).find((cookie) => cookie.startsWith("lensan-session="));
  assert.ok(session);
  for (const end = Date.now() + 150_000; Date.now() < end; await sleep(200)) { // until the first report of coverage, and what alerts make of it
    const page = await (await fetch(`${demo.url}/thong-ke/do-phu`, { headers: { cookie: session } })).text();
    const alerts = await (await fetch(`${demo.url}/thong-ke/canh-bao`, { headers: { cookie: session } })).text();
    if (/Cao Bằng/.test(page) && /Cổng không còn/.test(alerts)) return;
  }
  throw new Error("no report of coverage");
}, { timeout: 400_000 });
after(() => demo.stop());

test("the page lists ten questions, and what went wrong", () => assert.equal(questions.length, 14));

describe("chromium", { concurrency: 1 }, () => {
  const lane = new Lane("chromium", async (browser) => {
    const page = await browser.open(laptop);
    await page.page.setCookie({ name: session.split("=")[0], value: session.slice(session.indexOf("=") + 1), url: demo.url });
    await page.close();
  });
  before(() => lane.start(), { timeout: 400_000 });
  after(() => lane.end(), { timeout: 120_000 });
  for (const { question, clicks, says } of questions) {
    test(`${question} ${clicks.length} clicks`, { timeout: 400_000 }, (t) => lane.run(async (browser) => {
      assert.ok(clicks.length <= most);
      const page = await browser.open(laptop);
      await page.go(`${demo.url}/thong-ke`);
      for (const step of clicks) {
        for (const words of step.split(", ")) {
          const { missing, file, stays } = await page.evaluate(clickOn, words);
          assert.ok(!missing, `nothing says “${words}”`);
          if (file) {
            const answer = await fetch(file, { headers: { cookie: session } });
            assert.equal(answer.status, 200);
            assert.match(answer.headers.get("content-disposition"), /^attachment; filename="lensan-/);
            assert.ok((await answer.arrayBuffer()).byteLength > 5000);
          } else if (!stays) {
            await page.until(() => !document.documentElement.dataset.left && document.readyState === "complete");
          }
        }
      }
      assert.ok(await page.evaluate((text) => document.body.innerText.replace(/\s+/g, " ").includes(text), says), `the page does not say “${says}”`);
      await page.close();
    }, t));
  }
});
