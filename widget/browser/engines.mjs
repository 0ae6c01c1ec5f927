// One small interface over three engines: a browser opens pages; a page goes
// to an address, evaluates functions, presses keys and is pictured.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { Builder, Capabilities, Key } from "selenium-webdriver";

export const engines = ["chromium", "firefox", "webkit"];

function launch(engine) {
  return { chromium, firefox, webkit }[engine]();
}

// Lane keeps one browser for the tests of an engine, one after the other, and
// puts a new one in its place if the driver is lost.
export class Lane {
  // prepare is what a new browser needs before its first test.
  constructor(engine, prepare = () => {}) {
    Object.assign(this, { engine, prepare });
  }
  async start() {
    for (let tries = 1; ; tries++) {
      try {
        this.browser = await launch(this.engine);
        return await this.prepare(this.browser);
      } catch (error) {
        await this.end();
        if (tries === 3) throw error;
        console.log(`${this.engine} did not start, once more: ${error.message}`);
      }
    }
  }
  async end() {
    await this.browser?.close();
    this.browser = undefined;
  }
  // run runs a test; one whose driver was lost up to twice more, in a new browser.
  async run(body, t) {
    for (let tries = 1; ; tries++) {
      try {
        return await body(this.browser);
      } catch (error) {
        if (tries === 3 || !(error instanceof DriverLost || this.browser.lost(error))) throw error;
        t.diagnostic(`a new browser, once more: ${error.message}`);
      }
      await this.end();
      await this.start();
    }
  }
}

const chromium = () => puppetBrowser("chromium", {
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const firefox = () => puppetBrowser("firefox", { browser: "firefox", executablePath: "/usr/bin/firefox-esr" });

async function puppetBrowser(engine, options) {
  const browser = await puppeteer.launch({ headless: true, timeout: 120_000, protocolTimeout: 120_000, ...options });
  return {
    engine,
    version: await browser.version(),
    open: async (size) => new PuppetPage(engine, await browser.newPage(), size).ready(),
    // lost says whether an error came of a browser that is gone or does not answer.
    lost: ({ message }) => !browser.connected || /Page crashed|increase the 'protocolTimeout'/i.test(message),
    close: () => browser.connected && inTime(browser.close(), "closing").catch(() => { browser.process()?.kill("SIGKILL"); }),
  };
}

class Page {
  // until waits for a function of the page to return something true, and returns that.
  async until(fn, ...args) {
    const end = Date.now() + 60_000; // which only matters where something is wrong
    for (;;) {
      const found = await this.evaluate(fn, ...args).catch((error) => {
        if (!/context was destroyed|Cannot find context|unload/.test(error.message)) throw error; // the page is changing
      });
      if (found) return found;
      if (Date.now() > end) throw new Error(`${this.engine}: never true: ${fn}`);
      await sleep(30);
    }
  }
}

const standardSize = { width: 800, height: 600 };

class PuppetPage extends Page {
  constructor(engine, page, size = standardSize) {
    super();
    Object.assign(this, { engine, page, size });
  }
  async ready() {
    this.page.setDefaultTimeout(120_000);
    await this.page.setViewport(this.size);
    return this;
  }
  // go returns at the page's load event, or with "domcontentloaded" at that.
  async go(url, wait = "load") {
    const gone = this.page.goto(url, { waitUntil: wait });
    if (wait === "load") return gone;
    gone.catch(() => {}); // it waits for frames as well, and one that hangs never comes so far
    const there = (address) => location.href === address && document.readyState !== "loading";
    for (const end = Date.now() + 120_000; !await this.page.evaluate(there, new URL(url).href).catch(() => false); await sleep(20)) {
      if (Date.now() > end) throw new Error(`${url} is not there`);
    }
  }
  evaluate(fn, ...args) { return this.page.evaluate(fn, ...args); }
  // inject runs a script in the page whatever its policy.
  inject(source) { return this.page.evaluate(source); }
  resize(size) { return this.page.setViewport({ ...standardSize, ...size }); }
  press(key) { return this.page.keyboard.press(key); }
  // click presses the mouse at a point of the viewport.
  click(x, y) { return this.page.mouse.click(x, y); }
  back() { return this.page.evaluate(() => history.back()); }
  async picture(clip) { return Buffer.from(await this.page.screenshot({ clip })); }
  // media emulates media features; Chromium alone knows forced-colors.
  async media(features) { await (await this.page.createCDPSession()).send("Emulation.setEmulatedMedia", { features }); }
  // shift is the sum of the page's layout shifts; Chromium alone tells.
  shift() {
    return this.page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      (window.truly || setTimeout)(() => resolve(sum), 30); // where a test has a clock of its own, not by that
    }));
  }
  async print() { return Buffer.from(await this.page.pdf({ printBackground: false })); }
  close() { return this.page.close(); }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// miniBrowser is the browser of Debian's webkit2gtk-driver, in the folder of the machine's kind.
function miniBrowser() {
  const found = readdirSync("/usr/lib").map((kind) => `/usr/lib/${kind}/webkit2gtk-4.1/MiniBrowser`).find((path) => existsSync(path));
  if (!found) throw new Error("MiniBrowser of webkit2gtk-4.1 is missing");
  return found;
}

// DriverLost is the driver's failure to answer, which says nothing of the page:
// WebKit's now and then stops answering for good.
export class DriverLost extends Error {}

// inTime fails with DriverLost where a promise takes longer than a command ever does.
function inTime(promise, what, ms = 30_000) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new DriverLost(`no answer within ${ms / 1000} s: ${what}`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function webkit() {
  const port = await freePort();
  const driverProcess = spawn("/usr/bin/WebKitWebDriver", [`--port=${port}`], {
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }, stdio: "ignore", detached: true,
  });
  const kill = () => { try { process.kill(-driverProcess.pid, "SIGKILL"); } catch { /* it is gone */ } };
  try {
    await answering(`http://127.0.0.1:${port}/status`);
    const capabilities = new Capabilities();
    capabilities.set("browserName", "MiniBrowser");
    capabilities.set("pageLoadStrategy", "none");
    capabilities.set("webkitgtk:browserOptions", {
      binary: miniBrowser(), args: ["--automation"],
    });
    const driver = await inTime(new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build(), "a new session");
    const execute = driver.execute.bind(driver);
    driver.execute = (command) => inTime(execute(command), command.getName());
    return {
      engine: "webkit",
      version: `WebKitGTK ${(await driver.getCapabilities()).get("browserVersion")}`,
      open: (size) => new WebKitPage(driver).ready(size),
      lost: ({ name }) => name === "NoSuchSessionError" || driverProcess.exitCode !== null || driverProcess.signalCode !== null,
      close: async () => {
        await driver.quit().catch(() => {});
        kill();
      },
    };
  } catch (error) {
    kill();
    throw error;
  }
}

async function answering(url) {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
  }
  throw new Error(`nothing answers at ${url}`);
}

const xdotool = (...args) => execFileSync("xdotool", args, { encoding: "utf8", timeout: 15_000 });

// All pages of WebKit are one window, one after the other: it takes every
// other tab and window for hidden.
class WebKitPage extends Page {
  engine = "webkit";
  constructor(driver) {
    super();
    this.driver = driver;
  }
  // Without a window manager nobody gives the window the keyboard.
  async ready(size) {
    await this.resize({ ...standardSize, ...size });
    try {
      const window = xdotool("search", "--sync", "--onlyvisible", "--class", "MiniBrowser").trim().split("\n")[0];
      xdotool("windowfocus", "--sync", window);
    } catch (error) {
      throw new DriverLost(`no window takes the keyboard: ${error.message}`);
    }
    return this;
  }
  async go(url, wait = "load") {
    for (let tries = 0; tries < 4; tries++) {
      await this.driver.get(url);
      if (await this.arrived(url, wait === "domcontentloaded" ? "interactive" : "")) return;
    }
    throw new DriverLost(`webkit never answered at ${url}`);
  }
  // arrived is false if the driver lost the question: one that comes while
  // pages change it now and then answers only after the next change.
  async arrived(url, state) {
    const there = this.until((at, early) => location.href.split("#")[0] === at.split("#")[0] && (document.readyState === "complete" || document.readyState === early), url, state);
    let over = false;
    const lost = async () => {
      while (!over && Date.now() - this.answered < 10_000) await sleep(100);
      return false;
    };
    this.answered = Date.now();
    return Promise.race([there.then(() => true), lost()]).finally(() => { over = true; });
  }
  async evaluate(fn, ...args) {
    const found = await this.driver.executeScript(`return (${fn}).apply(null, arguments)`, ...args);
    this.answered = Date.now();
    return found;
  }
  inject(source) { return this.driver.executeScript(source); }
  // resize makes the viewport, not the window, of that size.
  async resize({ width, height }) {
    await this.driver.manage().window().setRect({ width, height });
    const inner = await this.evaluate(() => [innerWidth, innerHeight]);
    await this.driver.manage().window().setRect({ width: 2 * width - inner[0], height: 2 * height - inner[1] });
  }
  press(key) { return this.driver.actions().sendKeys(Key[key.toUpperCase()] || key).perform(); }
  click(x, y) { return this.driver.actions().move({ x: Math.round(x), y: Math.round(y), duration: 0 }).click().perform(); }
  back() { return this.evaluate(() => history.back()); }
  async picture() { return Buffer.from(await this.driver.takeScreenshot(), "base64"); }
  // into makes evaluate run in the first frame.
  async into() { await this.driver.switchTo().frame(0); }
  async close() {
    await this.driver.switchTo().defaultContent();
    await this.go("about:blank");
  }
}
