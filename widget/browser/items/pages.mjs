// The public pages besides the hub: axe, keyboard, large text, no scripts.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { axeFaults, lay, ringed, sideways, sizes, small, wide } from "../reading.mjs";
import { item } from "../kit.mjs";

// pages are what a person may have before them, as name and path.
const pages = {
  "home page": () => "/",
  "verify page": () => "/kiem-tra",
  "verify page, a genuine code": async (scene) => `/kiem-tra/${(await scene.server.place()).code}`,
  "verify page, a slip": async (scene) => `/kiem-tra/${slip((await scene.server.place()).code)}`,
  "verify page, English": () => "/kiem-tra?ma=abc&lang=en",
  "report form": async (scene) => `/kiem-tra/bao-cao?ma=${(await scene.server.place()).code}`,
  "report form, English": () => "/kiem-tra/bao-cao?lang=en",
  "thanks for a report": () => "/kiem-tra/bao-cao/cam-on",
  "embed page": async (scene) => `/nhung/${(await scene.server.place()).code}`,
  "embed page, English": async (scene) => `/nhung/${(await scene.server.place()).code}?lang=en&cms=nukeviet`,
};

// slip exchanges a code's first symbol for another.
function slip(code) { return (code[0] === "2" ? "3" : "2") + code.slice(1); }

// open goes to a page of the server, which takes an address of its own for its base.
async function open(scene, path, { size = small, scheme } = {}) {
  const page = await scene.open(size);
  if (scheme) await page.media([{ name: "prefers-color-scheme", value: scheme }]);
  await page.go(scene.server.url + path, "domcontentloaded");
  await page.until(() => document.readyState === "complete" || document.fonts.status === "loaded");
  return page;
}

for (const [name, path] of Object.entries(pages)) {
  for (const scheme of ["light", "dark"]) {
    item(`${name}: axe finds nothing wrong, ${scheme}`, async (scene) => {
      assert.deepEqual(await axeFaults(await open(scene, await path(scene), { scheme })), []);
    }, { only: ["chromium"] });
  }
  item(`${name}: axe finds nothing wrong`, async (scene) => {
    assert.deepEqual(await axeFaults(await open(scene, await path(scene))), []);
  }, { only: ["firefox", "webkit"] });

  item(`${name}: no scrolling sideways, nor with text twice as large`, async (scene) => {
    const page = await open(scene, await path(scene));
    await page.evaluate(() => { for (const part of document.querySelectorAll("details")) part.open = true; });
    for (const size of [{ width: 320, height: 640 }, small, { width: 768, height: 1024 }, wide]) {
      await page.resize(size);
      assert.deepEqual(await page.evaluate(sideways), [], `${size.width} px`);
    }
    await page.resize(small);
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    assert.deepEqual(await page.evaluate(sideways), [], "large text");
  });
  lay(name.replace(/\W+/g, "-"), path);
}

item("verify page: what can be pressed is at least 48 px high, and by keyboard comes in order", async (scene) => {
  const page = await open(scene, "/kiem-tra");
  const found = await page.evaluate(sizes, "main a, main button, main input:not([type=hidden])");
  assert.ok(found.length >= 2, JSON.stringify(found));
  assert.deepEqual(found.filter(([, , height]) => height < 48), []);
  await page.evaluate(() => { document.querySelector("input").focus(); });
  assert.match(await page.evaluate(ringed), /^ma solid 3px$/);
  await page.press("Tab");
  assert.match(await page.evaluate(ringed), /^Kiểm tra solid 3px$/);
});

item("verify page: without scripts a slip is answered with the code that was meant", async (scene) => {
  const { code } = await scene.server.place(), page = await scene.open(small);
  await page.page.setJavaScriptEnabled(false);
  await page.go(scene.server.url + "/kiem-tra");
  await page.page.type("#ma", slip(code).toLowerCase().replace(/(...)/, "$1 - "));
  await Promise.all([page.page.waitForNavigation(), page.page.keyboard.press("Enter")]);
  await Promise.all([page.page.waitForNavigation(), page.page.click(`a[href="/kiem-tra/${code}"]`)]);
  assert.match(await page.page.$eval("h1", (h) => h.textContent), new RegExp(`${code} là mã của chúng tôi`));
}, { only: ["chromium"] });

item("report form: what is wrong is said beside each field, and axe finds nothing wrong with that", async (scene) => {
  const page = await open(scene, "/kiem-tra/bao-cao");
  await page.evaluate(() => { document.querySelector("main form").submit(); });
  await page.until(() => document.querySelector("[role=alert]") && document.readyState === "complete");
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("[aria-invalid]")].map((e) => [e.id, document.getElementById(`${e.id}-fault`).textContent !== ""])), [["code", true], ["where", true]]);
  assert.deepEqual(await axeFaults(page), []);
});

item("report form: without scripts and cookies a report is sent, what was typed wrongly stays", async (scene) => {
  const { code } = await scene.server.place(), page = await scene.open(small);
  await page.page.setJavaScriptEnabled(false);
  await (await page.page.createCDPSession()).send("Emulation.setDocumentCookieDisabled", { disabled: true });
  await page.go(`${scene.server.url}/kiem-tra/bao-cao`);
  const submit = () => Promise.all([page.page.waitForNavigation(), page.page.click("main form button")]);
  await page.page.type("#where", "Nhà văn hóa ấp 3");
  await submit();
  assert.equal(await page.page.$eval("#where", (field) => field.value), "Nhà văn hóa ấp 3");
  await page.page.type("#code", code.toLowerCase());
  await submit();
  assert.equal(page.page.url(), `${scene.server.url}/kiem-tra/bao-cao/cam-on`);
  assert.match(await page.page.$eval("h1", (h) => h.textContent), /cảm ơn bà con/);
}, { only: ["chromium"] });

// printed has posters of two places printed and returns their codes and the first serial number of each.
async function printed({ url, api }) {
  const id = `dot-${Math.random().toString(36).slice(2)}`, at = `/print-batches/${id}`;
  await api("POST", "/print-batches", { id, name: "Áp phích hè 2026", portal: "so-an-giang" });
  const other = await api("POST", "/keys", { label: id, role: "editor" });
  const send = async (path, type, body) => {
    const answer = await fetch(`${url}/api/v1${at}${path}`, { method: "POST", headers: { Authorization: `Bearer ${other.secret}`, "Content-Type": type }, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await send("/places:import", "text/csv", "label,copies\nNhà văn hóa ấp 3,50\nChợ Mỹ Xuyên,20\n");
  await api("PATCH", at, { paper: "A3" }); // so that the other has not changed it last, and may approve it
  await send("/approve", "application/json", "{}");
  await api("POST", `${at}/print`, { printer: "Nhà in An Giang" });
  const { items } = await api("GET", `${at}/places`);
  return { codes: items.map(({ code }) => code), serials: items.map(({ serials }) => serials.from), retire: () => api("POST", `${at}/retire`, { reason: "Hết đợt" }) };
}

item("verify page: tells a sheet's own code, a code pasted over it and a retired one apart", async (scene) => {
  const { codes, serials, retire } = await printed(scene.server);
  const heading = async (query) => {
    const page = await open(scene, `/kiem-tra?${new URLSearchParams(query)}`);
    const found = await page.evaluate(() => [document.querySelector("h1").textContent, document.querySelector("main").innerText]);
    assert.deepEqual(await axeFaults(page), []);
    if (process.env.LENSAN_PICTURES) await writeFile(`${process.env.LENSAN_PICTURES}/sheet-${found[0].replace(/\W+/g, "-")}.png`, await page.page.screenshot({ fullPage: true }));
    return found;
  };
  const [own, facts] = await heading({ ma: serials[0] });
  assert.equal(own, `Đúng, ${codes[0]} là mã của chúng tôi`);
  assert.ok(facts.includes("Áp phích hè 2026") && facts.includes(`${serials[0]} đến `), facts);
  assert.equal((await heading({ ma: codes[0], serial: serials[0].replace(" ", "") }))[0], own);
  const [pasted, instead] = await heading({ ma: `${codes[1]} ${serials[0]}` });
  assert.equal(pasted, `Số ${serials[0]} không phải của mã ${codes[1]}`);
  assert.ok(instead.includes(codes[0]) && !instead.includes("Mở trang này"), instead);
  await retire();
  const today = new Intl.DateTimeFormat("vi", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date());
  const [gone, since] = await heading({ ma: codes[1] });
  assert.equal(gone, `${codes[1]} là mã của chúng tôi, không còn dùng`);
  assert.ok(since.includes("Không còn dùng từ ngày") && since.includes(today), since);
}, { only: ["chromium"] });
