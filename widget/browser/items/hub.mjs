// The hub page, which a scan of a printed code leads to: bytes, requests,
// reading it large, by keyboard, in the dark, without scripts and cookies.
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { axeFaults, lay, ringed, sizes, sideways, small, wide } from "../reading.mjs";
import { item } from "../kit.mjs";

const zalo = "Mozilla/5.0 (Linux; Android 11; CPH2239) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0.4844.58 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi";
const messenger = "Mozilla/5.0 (Linux; Android 12; SM-A127F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/108.0.5359.128 Mobile Safari/537.36 [FB_IAB/Orca-Android;FBAV/391.0.0.20.404;]";

// printed registers a placement on paper that leads to the hub.
const printed = async (scene) => (await scene.server.api("POST", "/placements", { portal: "so-an-giang", kind: "qr", destination: "hub", label: "Ủy ban nhân dân xã" })).code;

// open opens the hub of a new code through a relay that logs what is asked.
async function open(scene, { size = small, query = "", before = () => {} } = {}) {
  const lensan = await scene.relay(), code = await printed(scene), page = await scene.open(size);
  await before(page);
  await page.go(`${lensan.origin}/${code}${query}`);
  return { lensan, code, page };
}

// wire returns how many bytes come back over a connection of its own, headers included.
function wire(origin, path, headers) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const socket = createConnection(port, hostname, () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n${headers}\r\n`));
    socket.on("data", (chunk) => { bytes += chunk.length; }).on("error", reject).on("close", () => resolve(bytes));
  });
}

item("hub: at most 14 KB on the wire, in each encoding and language", async (scene, t) => {
  const code = await printed(scene);
  for (const encoding of ["identity", "gzip", "br"]) {
    for (const lang of ["vi", "en"]) {
      const bytes = await wire(scene.server.url, `/${code}?lang=${lang}`, `Accept-Encoding: ${encoding}\r\nUser-Agent: ${zalo}\r\n`);
      t.diagnostic(`${encoding}, ${lang}: ${bytes} B with headers`);
      assert.ok(bytes > 1000 && bytes <= 14 * 1024, `${bytes}`);
    }
  }
}, { only: ["chromium"] });

item("hub: one request, no cookie, nothing kept, nothing said against it", async (scene) => {
  const { lensan, code, page } = await open(scene);
  await page.until(() => document.readyState === "complete");
  await new Promise((resolve) => setTimeout(resolve, 700)); // browsers ask for an icon late
  assert.deepEqual(lensan.asked, [`GET /${code}`]);
  assert.deepEqual(lensan.cookies, []);
  assert.equal(await page.evaluate(() => document.cookie + localStorage.length + sessionStorage.length), "00");
  assert.ok(await page.evaluate(() => getComputedStyle(document.querySelector(".b")).display === "flex"), "the policy let the style through");
});

// phones opens the hub as an in-app browser does, with scripts and cookies off.
for (const [name, agent] of Object.entries({ Zalo: zalo, Messenger: messenger })) {
  item(`hub: in ${name}, without scripts and cookies, one can choose, and come Back`, async (scene) => {
    const { lensan, code, page } = await open(scene, { before: async ({ page }) => {
      await page.setUserAgent(agent);
      await page.setJavaScriptEnabled(false);
      await (await page.createCDPSession()).send("Emulation.setDocumentCookieDisabled", { disabled: true });
    } });
    await scene.server.api("PATCH", "/destinations/guide", { url: scene.host.page("", "<h1>Hướng dẫn</h1>"), reason: "thử" });
    await Promise.all([page.page.waitForNavigation(), page.page.click(`a[href="/go/${code}/guide"]`)]);
    assert.match(page.page.url(), /^http:\/\/127\.0\.0\.1:\d+\/\d+\.html\?utm_source=so-an-giang&utm_medium=hub/);
    await page.page.goBack();
    assert.equal(page.page.url(), `${lensan.origin}/${code}`);
    assert.equal((await page.page.$$("a.b")).length, 7);
    const row = await scene.server.stats(code);
    assert.ok(row.recorded >= 2, JSON.stringify(row));
    assert.equal(row.bot + row.preview, 0, JSON.stringify(row));
    assert.deepEqual(lensan.cookies, []);
  }, { only: ["chromium"] });
}

item("hub: first text on a slow 3G line", async (scene, t) => {
  const throttle = async ({ page }) => {
    const cdp = await page.createCDPSession();
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000, connectionType: "cellular3g" });
    await page.emulateCPUThrottling(4);
  };
  let paint = Infinity;
  for (let tries = 0; tries < 5 && paint >= 2500; tries++) { // other work on the machine can only make it later
    const { page } = await open(scene, { before: throttle });
    paint = await page.until(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    t.diagnostic(`first contentful paint after ${Math.round(paint)} ms (400 ms latency, 400 kbit/s, a quarter of the processor)`);
  }
  assert.ok(paint < 2500, `${paint} ms`);
}, { only: ["chromium"], alone: true });

for (const scheme of ["light", "dark"]) {
  item(`hub: axe finds nothing wrong, ${scheme}`, async (scene) => {
    for (const query of ["", "?lang=en"]) {
      const { page } = await open(scene, { query, before: (page) => page.media([{ name: "prefers-color-scheme", value: scheme }]) });
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), scheme === "dark" ? "rgb(11, 19, 15)" : "rgb(244, 247, 245)");
      assert.deepEqual(await axeFaults(page), []);
    }
  }, { only: ["chromium"] });
}

item("hub: axe finds nothing wrong", async (scene) => {
  const { page } = await open(scene);
  assert.deepEqual(await axeFaults(page), []);
}, { only: ["firefox", "webkit"] });

item("hub: no scrolling sideways from 320 px to 1440 px, nor with text twice as large", async (scene) => {
  const { page } = await open(scene);
  for (const size of [{ width: 320, height: 640 }, small, { width: 768, height: 1024 }, wide]) {
    await page.resize(size);
    assert.deepEqual(await page.evaluate(sideways), [], `${size.width} px`);
  }
  await page.resize(small);
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  assert.ok(await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector(".b span")).fontSize) > 33), "text follows the reader's size");
  assert.deepEqual(await page.evaluate(sideways), [], "large text");
});

item("hub: every target is at least 48 px high and wide", async (scene) => {
  const { page } = await open(scene);
  const found = await page.evaluate(sizes, "a");
  assert.ok(found.length >= 9, JSON.stringify(found));
  assert.deepEqual(found.filter(([, width, height]) => width < 48 || height < 48), []);
});

item("hub: by keyboard each choice in its order, with a ring", async (scene) => {
  const { page, code } = await open(scene);
  const met = [];
  for (let i = 0; i < 9; i++) {
    await page.press("Tab");
    met.push(await page.evaluate(ringed));
  }
  const choices = ["support_portal", "guide", "postmart", "voso", "feedback", "mard", "moit"].map((id) => `/go/${code}/${id}`);
  assert.deepEqual(met, [`/go/${code}/hub?lang=en`, ...choices, `/kiem-tra/${code}`].map((href) => `${href} solid 3px`));
});

item("hub: on paper it is black on white and on one sheet", async (scene) => {
  const { page } = await open(scene, { before: (page) => page.media([{ name: "prefers-color-scheme", value: "dark" }]) });
  await page.page.emulateMediaType("print");
  assert.deepEqual(await page.evaluate(() => [".p", ".b small", "h2", "body"].map((at) => getComputedStyle(document.querySelector(at)).color)), Array(4).fill("rgb(0, 0, 0)"));
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  const sheets = (await page.print()).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.equal(sheets, 1);
}, { only: ["chromium"] });

lay("hub", async (scene) => `/${await printed(scene)}`);
