// 4: libraries that change what the language brings.
import assert from "node:assert/strict";
import { eventually, item, wait } from "../kit.mjs";

const libraries = {
  "Prototype 1.6": `
    (function () {
      var each = function (f) { for (var i = 0; i < this.length; i++) f(this[i], i); return this; };
      var mine = { each: each, forEach: each, map: function (f) { var r = []; this.each(function (v) { r.push(f ? f(v) : v); }); return r; }, collect: each, select: each, filter: each,
        find: function (f) { return f(this[0]); }, toArray: function () { return [].concat(this); }, first: function () { return this[0]; }, last: function () { return this[this.length - 1]; },
        some: function () { return "prototype"; }, every: function () { return "prototype"; }, indexOf: function () { return -1; }, toJSON: function () { return "[prototype]"; }, reduce: function () { return this; }, entries: mine };
      for (var name in mine) Array.prototype[name] = mine[name];
      Function.prototype.bind = function () { return this; };
      Function.prototype.argumentNames = function () { return []; };
      String.prototype.toJSON = function () { return "prototype"; };
      String.prototype.strip = String.prototype.trim; String.prototype.startsWith = String.prototype.endsWith = function () { return false; };
      Object.toJSON = function () { return ""; }; Object.keys = Object.values = function (o) { return [o]; };
      document.getElementsByClassName = function () { throw new Error("prototype"); };
      HTMLElement.prototype.remove = function () { this.parentNode.removeChild(this); return this; };
      HTMLElement.prototype.show = HTMLElement.prototype.hide = HTMLElement.prototype.update = HTMLElement.prototype.insert = function () { throw new Error("prototype"); };
      window.$ = window.$$ = function () { throw new Error("prototype"); };
    })();`,
  MooTools: `
    (function () {
      Array.prototype.each = Array.prototype.clean = Array.prototype.include = Array.prototype.combine = function () { return this; };
      Array.from = function (x) { return x == null ? [] : [x]; };
      Array.prototype.contains = Array.prototype.flat = Array.prototype.find = function () { return true; };
      Function.prototype.bind = Function.prototype.delay = Function.prototype.periodical = function () { return this; };
      Function.from = Number.from = String.from = function (x) { return x; };
      String.prototype.contains = String.prototype.substitute = function () { return ""; };
      ["set", "get", "adopt", "inject", "grab", "clone", "destroy", "dispose", "addEvent", "getElement", "getElements", "match", "toggleClass", "setProperty", "appendText"].forEach(function (name) {
        Element.prototype[name] = function () { throw new Error("mootools"); };
      });
      window.$ = window.$$ = document.id = function () { throw new Error("mootools"); };
      window.Browser = { name: "mootools" }; window.Class = function () {};
    })();`,
  "JSON, bind and Promise replaced": `
    window.JSON = { parse: function () { throw new Error("JSON"); }, stringify: function () { return "nonsense"; } };
    Function.prototype.bind = function () { throw new Error("bind"); };
    window.Promise = function () { throw new Error("Promise"); };
    Object.prototype.extended = function () {};`,
  "an AMD loader": `
    window.defined = 0;
    window.define = function () { window.defined++; };
    window.define.amd = {};
    window.require = function () { throw new Error("require"); };
    window.module = { exports: {} }; window.exports = window.module.exports;`,
};

// WebKit's driver itself leans on the page's JSON and Promise: there the page
// stands in a frame of a clean one.
for (const [name, script] of Object.entries(libraries)) {
  item(`4 ${name}: text, card and views as ever, nothing thrown`, async (scene) => {
    const lensan = await scene.relay(), placed = await scene.place(lensan.origin);
    const address = scene.host.page(scene.watch + scene.host.js(script) + placed.script, placed.badge + placed.look("card", 320, 240));
    const page = await scene.open();
    await page.go(scene.engine === "webkit" ? scene.host.page("", `<iframe width="700" height="500" src="${address}"></iframe>`) : address);
    const found = await eventually(async () => { const all = await page.evaluate(read); return all.startsWith("72 0, 240 7") && all; });
    assert.equal(found, "72 0, 240 7, ");
    await wait(1500);
    assert.equal(await page.evaluate(faults), "0 thrown, 0 defined ");
    assert.deepEqual(await scene.reported(page, lensan), [`{"p":[["${placed.code}",1],["${placed.code}",1]]}`]);
  });
}

// read returns height and number of lines of every badge, where arrays cannot be trusted.
function read() {
  const win = window[0] || window;
  let out = "";
  const links = win.document.querySelectorAll('a[href*="/go/"]');
  for (let i = 0; i < links.length; i++) {
    const host = links[i].parentElement.shadowRoot ? links[i].parentElement : links[i].querySelector("span");
    out += host ? `${host.getBoundingClientRect().height} ${host.shadowRoot.childElementCount - 1}, ` : "picture, ";
  }
  return out;
}

function faults() {
  const win = window[0] || window;
  return `${win.thrown.length} thrown, ${win.defined || 0} defined ${win.thrown.length ? win.thrown[0] : ""}`;
}
