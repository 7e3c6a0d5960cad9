// Drives the policy editor's script without a browser: texts with a caret come in, what is suggested goes out.
"use strict";
const fs = require("fs");
const vm = require("vm");
const { script, schema, texts } = JSON.parse(fs.readFileSync(0, "utf8"));

const element = (more) => ({
  children: [], attributes: {}, hidden: true, dataset: {},
  setAttribute(name, value) { this.attributes[name] = value; }, removeAttribute(name) { delete this.attributes[name]; },
  replaceChildren(...nodes) { this.children = nodes; }, append(...nodes) { this.children.push(...nodes); },
  addEventListener() {}, querySelectorAll() { return []; }, scrollIntoView() {}, ...more,
});

const driven = (text) => {
  const caret = text.indexOf("|"), heard = {};
  const area = element({
    value: text.replace("|", ""), selectionStart: caret, selectionEnd: caret, form: { action: "/" },
    addEventListener(name, handler) { heard[name] = handler; }, focus() {}, dispatchEvent() {},
    setRangeText(put, from, to) { this.value = this.value.slice(0, from) + put + this.value.slice(to); },
  });
  const list = element(), parts = { policy: area, suggestions: list, findings: element() };
  const at = (value) => ({ then: (next) => at(next(value)) });
  vm.runInNewContext(script, {
    document: { getElementById: (id) => parts[id], createElement: () => element() },
    fetch: () => at({ json: () => schema }), setTimeout() {}, clearTimeout() {}, Event: class {},
  });
  const press = (key) => { let kept = true; heard.keydown({ ...key, preventDefault() { kept = false; } }); return kept; };
  const free = press({ key: "Enter" }) && press({ key: "Tab" });
  press({ ctrlKey: true, code: "Space" });
  const names = list.children.map((one) => one.children[0].textContent);
  const leaves = press({ key: "Tab" });
  if (names.length) press({ key: "Enter" });
  return { names, value: area.value, free, leaves };
};

process.stdout.write(JSON.stringify(texts.map(driven)));
