// The dashboard as people meet it: weight and speed, charts, map, the counter
// that moves, keyboard, axe, large text, paper, no scripts.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { engines, Lane } from "../../../../widget/browser/engines.mjs";
import { axeFaults, ringed, sideways } from "../../../../widget/browser/reading.mjs";
import { slowness } from "../../../../widget/browser/slowness.mjs";
import { signIn, start } from "./site.mjs";

const { PNG } = createRequire(new URL("../../../../widget/browser/package.json", import.meta.url))("pngjs");
const laptop = { width: 1366, height: 768 }, root = "/thong-ke";
const pages = {
  overview: root, "overview in English": `${root}?lang=en`, province: `${root}?lang=vi&province=01`, portal: `${root}?portal=so-ha-noi`,
  today: `${root}?period=today`, "as recorded": `${root}?boundaries=recorded&period=custom&from=2025-06-01&to=2025-08-31`,
  coverage: `${root}/do-phu`, "coverage of a province, by share": `${root}/do-phu?province=01&map=share`, portals: `${root}/cong`, "a portal": `${root}/cong/snn-kien-giang`, "merged provinces": `${root}/tinh-sap-nhap?show=all`, placements: `${root}/vi-tri`, "a placement": `${root}/vi-tri/{code}`,
  destinations: `${root}/dich-den`, "a destination": `${root}/dich-den/postmart`, campaigns: `${root}/chien-dich`, "a campaign": `${root}/chien-dich/tet`, import: `${root}/nhap/cong`,
  people: `${root}/nguoi`, "a person": `${root}/nguoi/1`, "my account": `${root}/toi`, invitation: `${root}/moi`, log: `${root}/nhat-ky`, keys: `${root}/khoa`, widget: `${root}/widget`,
  breakdown: `${root}/bang?by=portal`, search: `${root}/tim?q=ha+noi`, definitions: `${root}/dinh-nghia`, "print batches": `${root}/in-an`, "a print batch": `${root}/in-an/dot-1`, "monthly report": `${root}/bao-cao`, "sent mail": `${root}/thu`, "sign-ups reported": `${root}/dang-ky-san`, "versions of a report": `${root}/dang-ky-san?destination=postmart&report=thang-nay`, "sending a report of sign-ups": `${root}/dang-ky-san/gui`, alerts: `${root}/canh-bao`, "public figures": "/cong-khai", "public figures in English": "/cong-khai?lang=en", "reports of codes": `${root}/bao-cao-ma`, "filters that do not go together": `${root}?device=phone&destination=hub`,
  wording: `${root}/van-ban`, "changed wording": `${root}/van-ban?changed=1`, "a text": `${root}/van-ban/badge.figure`, "a letter": `${root}/van-ban/mail.report_body`,
};

let site;
before(async () => { site = await start(); });
after(() => site.stop());

const wanted = (process.env.LENSAN_ENGINES || engines.join(" ")).split(" ");

function describeEngine(engine, tests) {
  if (!wanted.includes(engine)) return;
  describe(engine, { concurrency: 1 }, () => {
    const lane = new Lane(engine, async (browser) => {
      const page = await browser.open(laptop);
      await signIn(page, site);
      await page.close();
    });
    const open = async (path, { size = laptop, scheme, scripts = true, before = () => {} } = {}) => {
      const page = await lane.browser.open(size);
      if (scheme) await page.media([{ name: "prefers-color-scheme", value: scheme }]);
      if (!scripts) await page.page.setJavaScriptEnabled(false);
      await before(page);
      await page.go(site.url + path.replace("{code}", site.codes[1]));
      return page;
    };
    before(() => lane.start(), { timeout: 400_000 });
    after(() => lane.end(), { timeout: 120_000 });
    tests((name, run) => test(name, { timeout: 400_000 }, (t) => lane.run(() => run(open, () => lane.browser), t)));
  });
}

const drawn = () => document.querySelector(".chart.live .drawn svg path") && document.querySelectorAll(".drawn svg path").length;

for (const engine of engines) {
  describeEngine(engine, (item) => {
    item("the chart is drawn anew, and lines can be asked for", async (open) => {
      const page = await open(root);
      const lines = await page.until(drawn);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".plot-area")).display), "none");
      assert.match(await page.evaluate(() => document.querySelector(".drawn").getAttribute("aria-label")), /Lượt đến, .*Cao nhất: /);
      await page.evaluate(() => { document.querySelector(".choices input").click(); });
      await page.until((n) => document.querySelectorAll(".drawn svg path").length > n, lines);
      await page.close();
    });

    item("the counter moves without a reload", async (open) => {
      const page = await open(root), text = () => document.querySelector("[data-live-value]").textContent;
      const first = await page.evaluate(text);
      await page.until(() => /đang cập nhật/.test(document.querySelector("[data-live-state]").textContent));
      await site.click(site.codes[0], 1000 + Math.floor(Math.random() * 1e6));
      await page.until((was) => document.querySelector("[data-live-value]").textContent !== was, first);
      assert.equal(Number((await page.evaluate(text)).replace(".", "")), Number(first.replace(".", "")) + 1);
      await page.close();
    });
  });
}

// fits asserts that a page comes to stand within the viewport: a chart follows
// a little after the page.
async function fits(page, name) {
  let over = ["not looked at"];
  for (const end = Date.now() + 30_000; over.length && Date.now() < end;) {
    await sleep(50);
    over = await page.evaluate(sideways);
  }
  assert.deepEqual(over, [], name);
}

// tabStops numbers what the keyboard must come to and describes each.
function tabStops() {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && shown(e));
  stops.forEach((e, i) => { e.dataset.stop = i + 1; });
  return stops.map((e) => e.outerHTML.slice(0, 120));
}

// stopAt says what has the keyboard and whether one sees that.
function stopAt() {
  const e = document.activeElement, style = getComputedStyle(e);
  if (!e.dataset.stop) return null;
  const { width, height } = e.getBoundingClientRect();
  return { stop: Number(e.dataset.stop), ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && width > 0 && height > 0 };
}

async function firstView(open) {
  let bytes = 0;
  const page = await open(root, { before: async ({ page }) => {
    const session = await page.createCDPSession();
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  } });
  await page.until(drawn);
  await sleep(500);
  const largest = await page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
  }));
  const shift = await page.shift();
  await page.close();
  return { bytes, largest, shift };
}

describeEngine("chromium", (item) => {
  // Other work on the machine can only make a view slower, so the best of some counts.
  item("first view: at most 250 KB on the wire, the largest part within a second at a quarter of the speed, nothing moves", async (open, browser) => {
    const views = [], inTime = ({ largest, slow }) => largest <= 1000 * slow;
    while (views.length < 7 && !views.some(inTime)) views.push({ slow: await slowness(browser()), ...await firstView(open) });
    console.log("first view:", views.map(({ slow, bytes, largest, shift }) => `${bytes} bytes, largest contentful paint ${Math.round(largest)} ms on a machine ${slow.toFixed(2)} times as slow as the limit is meant for, layout shift ${shift.toFixed(4)}`).join("; "));
    for (const { bytes, shift } of views) {
      assert.ok(bytes <= 250_000, `${bytes} bytes`);
      assert.ok(shift < 0.02, `shift ${shift}`);
    }
    assert.ok(inTime(views.at(-1)));
  });

  for (const [name, path] of Object.entries(pages)) {
    for (const scheme of ["light", "dark"]) {
      item(`${name}: axe finds nothing wrong, nothing is refused by the policy, ${scheme}`, async (open) => {
        const said = [];
        const page = await open(path, { scheme, before: ({ page }) => {
          page.on("console", (message) => said.push(message.text()));
          page.on("pageerror", (error) => said.push(error.message));
        } });
        if (await page.evaluate(() => document.querySelector("figure.chart"))) await page.until(drawn);
        await page.evaluate(() => { for (const part of document.querySelectorAll("details:not(.menu)")) part.open = true; });
        const refused = said.filter((line) => !/status of 422/.test(line));
        assert.deepEqual([await axeFaults(page), refused], [[], []]);
        await page.close();
      });
    }
    item(`${name}: no scrolling sideways, nor with text twice as large`, async (open) => {
      const page = await open(path);
      if (await page.evaluate(() => document.querySelector("figure.chart"))) await page.until(drawn);
      await page.evaluate(() => { for (const part of document.querySelectorAll("details:not(.menu)")) part.open = true; });
      for (const width of [320, 360, 768, 1440]) {
        await page.resize({ width, height: 800 });
        await fits(page, `${width} px`);
      }
      for (const width of [360, 1440]) {
        await page.resize({ width, height: 800 });
        await page.evaluate(() => { const large = new CSSStyleSheet(); large.replaceSync("html{font-size:200%} body{font-size:34px}"); document.adoptedStyleSheets = [large]; });
        await fits(page, `large text at ${width} px`);
      }
      await page.close();
    });
    item(`${name}: by keyboard alone everything is come to, with a ring around it`, async (open) => {
      const page = await open(path);
      if (await page.evaluate(() => document.querySelector("figure.chart"))) await page.until(drawn);
      const wanted = await page.evaluate(tabStops), seen = new Set();
      for (let presses = 0; presses < wanted.length + 20 && seen.size < wanted.length; presses++) {
        await page.press("Tab");
        const at = await page.evaluate(stopAt);
        if (at) seen.add(at.stop);
        if (at && !at.ring) assert.fail(`no ring around ${wanted[at.stop - 1]}`);
      }
      assert.deepEqual(wanted.filter((_, i) => !seen.has(i + 1)), []);
      await page.close();
    });
    if (process.env.LENSAN_PICTURES) {
      item(`${name}: pictures`, async (open) => {
        await mkdir(process.env.LENSAN_PICTURES, { recursive: true });
        for (const width of [360, 768, 1440]) {
          for (const scheme of ["light", "dark"]) {
            const page = await open(path, { size: { width, height: 800 }, scheme });
            await sleep(1000);
            await writeFile(join(process.env.LENSAN_PICTURES, `${name.replace(/\W+/g, "-")}-${width}-${scheme}.png`), await page.page.screenshot({ fullPage: true }));
            await page.close();
          }
        }
      });
    }
  }

  // sound says that a page reads well, at all widths and with large text.
  const sound = async (page) => {
    assert.deepEqual(await axeFaults(page), []);
    for (const width of [320, 360, 768, 1440]) {
      await page.resize({ width, height: 800 });
      await fits(page, `${width} px`);
    }
  };

  for (const scheme of ["light", "dark"]) {
    item(`a marketplace's report: with a fault, previewed, kept and corrected, each page as people read it, ${scheme}`, async (open) => {
      const page = await open(`${root}/dang-ky-san/gui?lang=vi`, { scheme }), dom = page.page, id = `tuan-${scheme}`, day = new Date(Date.now() - 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" }), code = site.codes[scheme === "dark" ? 5 : 8];
      const press = (button) => Promise.all([dom.waitForNavigation(), page.evaluate((name) => { document.querySelector(name).click(); }, button)]);
      const look = async (table, values = {}) => {
        await page.evaluate((given) => { for (const [name, value] of Object.entries(given)) document.getElementById(`f-${name}`).value = value; }, { destination: "postmart", report_id: id, table, ...values });
        await press("form[enctype] button");
      };
      const large = async () => {
        await page.resize({ width: 360, height: 800 });
        await page.evaluate(() => { const text = new CSSStyleSheet(); text.replaceSync("html{font-size:200%} body{font-size:34px}"); document.adoptedStyleSheets = [text]; });
        await fits(page, "large text");
      };
      const said = (what) => dom.$eval(what, (part) => part.textContent.replace(/\s+/g, " "));
      await look(`ngày;mã;số\n${day};${code};nhiều\n`);
      assert.match(await said("[role=alert]"), /Chưa lưu gì.*Dòng 2, cột 3/);
      await sound(page);
      await look(`ngày;mã;số\n${day};${code};7\n`);
      assert.match(await said("[role=status]"), new RegExp(`báo cáo “${id}”: 1 dòng hợp lệ`));
      await sound(page);
      await large();
      await press("form:not([enctype]):has([name=table]) button");
      assert.match(await said("[role=status]"), /Đã lưu báo cáo của sàn/);
      await page.go(`${site.url}${root}/dang-ky-san/gui`);
      await page.evaluate(() => { document.querySelector("main [name=correct]").click(); });
      await look(`ngày;mã;số\n${day};${code};9\n`, { reason: "Đếm sót" });
      assert.match(await said("main"), /Thay bản 1.*Bản trước.*7.*9/);
      await sound(page);
      await press("form:not([enctype]):has([name=table]) button");
      assert.match(await said("[role=status]"), /Đã lưu bản sửa/);
      await page.close();
    });
  }

  item("a step of the succession: previewed, taken, taken back, each page as people read it", async (open) => {
    const page = await open(`${root}/tinh-sap-nhap?lang=vi`), dom = page.page;
    const press = (button) => Promise.all([dom.waitForNavigation(), page.evaluate((name) => { document.querySelector(name).click(); }, button)]);
    const waiting = async () => Number(/^\d+/.exec(await dom.$eval("h1", (h) => h.textContent)));
    const before = await waiting();
    await press('[name=group][value^="91~"]');
    assert.match(await dom.$eval("h1", (h) => h.textContent), /^Xem trước: \d+ cổng$/);
    await sound(page);
    await dom.type("[name=reason]", "Hợp nhất sở");
    await press("form:has([name=confirm]) button");
    assert.match(await dom.$eval("[role=status]", (p) => p.textContent), /Đã làm trong một bước/);
    const decided = before - await waiting();
    assert.ok(decided > 1, `${decided} were decided`);
    await page.evaluate(() => { document.querySelector("details.undo").open = true; });
    await sound(page);
    await dom.type("details.undo [name=reason]", "Làm thử");
    await press("details.undo button");
    assert.equal(await waiting(), before);
    await page.close();
  });

  item("without scripts: chart, map, tables, menus and the way down are there", async (open) => {
    const page = await open(`${root}?lang=vi`, { scripts: false }), dom = page.page;
    assert.ok(await dom.$eval("svg.plot", (svg) => svg.getBoundingClientRect().height > 150));
    assert.equal(await dom.$$eval("figure.map text", (texts) => texts.map((text) => text.textContent).join(" ")), "Q.đ. Hoàng Sa (TP. Đà Nẵng) Q.đ. Trường Sa (tỉnh Khánh Hòa)");
    await dom.click(".menu summary");
    await Promise.all([dom.waitForNavigation(), dom.click('.menu[open] a[href*="period=7"]')]);
    assert.match(dom.url(), /period=7/);
    await dom.click(".map-table summary");
    await Promise.all([dom.waitForNavigation(), dom.click('.map-table a[href*="province=01"]')]);
    assert.match(await dom.$eval("h1", (h) => h.textContent), /^Hà Nội: /);
    await Promise.all([dom.waitForNavigation(), dom.click('main a[href*="portal=so-ha-noi"]')]);
    assert.match(await dom.$eval(".crumbs", (nav) => nav.textContent.replace(/\s+/g, " ")), /Cả nước Hà Nội Sở Khoa học và Công nghệ Hà Nội/);
    await page.close();
  });

  item("by keyboard alone: a menu opens, closes and leads on; the map is passed over, its table is not", async (open) => {
    const page = await open(root);
    await page.until(drawn);
    const until = async (what) => {
      for (let i = 0; i < 60; i++) {
        await page.press("Tab");
        const at = await page.evaluate(ringed);
        if (at.startsWith(what)) return at;
      }
      throw new Error(`never came to ${what}`);
    };
    await page.press("Tab");
    assert.match(await page.evaluate(ringed), /^#main solid 3px$/);
    assert.match(await until("Khoảng thời gian"), / solid 3px$/);
    await page.press("Enter");
    assert.ok(await page.evaluate(() => document.querySelector(".menu[open]")));
    await page.press("Escape");
    assert.ok(await page.evaluate(() => !document.querySelector(".menu[open]")));
    await page.press("Enter");
    await page.press("Tab");
    await page.press("Tab");
    await Promise.all([page.page.waitForNavigation(), page.press("Enter")]);
    assert.match(page.page.url(), /period=7/);
    assert.equal(await page.evaluate(() => document.querySelectorAll('.map a:not([tabindex="-1"])').length), 0);
    await page.close();
  });

  item("what is at the pointer is said in words, in either scheme", async (open) => {
    for (const scheme of ["light", "dark"]) {
      const page = await open(root, { scheme, size: { width: 1440, height: 900 } });
      await page.until(drawn);
      const box = await page.evaluate(() => { const { x, y, width, height } = document.querySelector(".drawn").getBoundingClientRect(); return [x + width - 20, y + height / 2]; });
      await page.page.mouse.move(box[0] - 30, box[1]);
      await page.page.mouse.move(...box);
      assert.match(await page.until(() => document.querySelector(".tip")?.textContent), /\d\d\/\d\d\/\d{4} · Lượt đến: \d+/);
      await page.close();
    }
  });

  item("chart and map can be kept as pictures", async (open) => {
    const folder = await mkdtemp(join(tmpdir(), "lensan-pictures-"));
    const page = await open(root, { before: async ({ page }) => {
      await (await page.createCDPSession()).send("Page.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    } });
    await page.until(drawn);
    assert.equal(await page.evaluate(() => { const buttons = [...document.querySelectorAll("button.picture")]; for (const button of buttons) button.click(); return buttons.length; }), 2);
    for (const end = Date.now() + 60_000; (await readdir(folder)).filter((name) => name.endsWith(".png")).length < 2; await sleep(50)) {
      assert.ok(Date.now() < end, "no pictures came");
    }
    for (const name of await readdir(folder)) {
      const { width, height, data } = PNG.sync.read(await readFile(join(folder, name)));
      const colours = new Set();
      for (let i = 0; i < data.length; i += 4) colours.add(data.readUInt32BE(i));
      assert.ok(width > 600 && height > 400 && colours.size > 20, `${name}: ${width} × ${height}, ${colours.size} colours`);
      assert.match(name.normalize("NFC"), /^Lượt-đến-/);
    }
    await rm(folder, { recursive: true });
    await page.close();
  });

  item("the counter stops while the page is hidden, and goes on", async (open) => {
    const page = await open(root, { before: ({ page }) => page.evaluateOnNewDocument(() => {
      const Plain = EventSource;
      window.feeds = [];
      window.EventSource = class extends Plain { constructor(address) { super(address); window.feeds.push(this); } };
      Object.assign(window.EventSource, { CLOSED: 2 });
    }) });
    const states = () => window.feeds.map((feed) => feed.readyState);
    await page.until(() => window.feeds.at(-1)?.readyState === 1);
    await page.evaluate(() => { Object.defineProperty(document, "hidden", { value: true, configurable: true }); document.dispatchEvent(new Event("visibilitychange")); });
    assert.ok((await page.evaluate(states)).every((state) => state === 2));
    await page.evaluate(() => { delete document.hidden; document.dispatchEvent(new Event("visibilitychange")); });
    await page.until(() => window.feeds.at(-1).readyState === 1);
    assert.equal((await page.evaluate(states)).filter((state) => state !== 2).length, 1);
    await page.close();
  });

  item("on paper chart, map and the map's table stand in black and white", async (open) => {
    const page = await open(root);
    await page.until(drawn);
    await page.page.emulateMediaType("print");
    const seen = await page.evaluate(() => ({
      plot: document.querySelector("svg.plot").getBoundingClientRect().height, drawn: getComputedStyle(document.querySelector(".drawn")).display,
      menus: getComputedStyle(document.querySelector(".menus")).display, line: getComputedStyle(document.querySelector("svg.plot .line:not(.before)")).stroke,
      table: document.querySelector(".map-table table").checkVisibility({ contentVisibilityAuto: true }) && document.querySelector(".map-table table").getBoundingClientRect().height,
    }));
    assert.ok(seen.plot > 150 && seen.table > 500, JSON.stringify(seen));
    assert.deepEqual([seen.drawn, seen.menus, seen.line], ["none", "none", "rgb(0, 0, 0)"]);
    await page.close();
  });
});
