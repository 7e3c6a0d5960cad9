// The policy editor's help: completion by the schema, and the same check as the button, as one types.
// Every page works without it. It asks this origin alone, and puts nothing into a page but what the page itself says.
"use strict";

(() => {
  const area = document.getElementById("policy");
  const list = document.getElementById("suggestions");
  const told = document.getElementById("findings");
  if (!area || !list || !told) return;
  const PAUSE_MS = 700, MOST = 12;
  let schema = null, shown = [], active = -1;

  // The schema: what may stand at a path.

  const resolved = (node) => {
    if (!node || typeof node !== "object") return [];
    if (node.$ref) return resolved(schema.$defs[node.$ref.split("/").pop()]);
    const among = node.anyOf || node.oneOf || node.allOf;
    return among ? among.flatMap(resolved) : [node];
  };
  const inside = (nodes, step) => nodes.flatMap((node) => {
    if (step === "[]") return resolved(node.items);
    const named = node.properties && node.properties[step];
    const any = typeof node.additionalProperties === "object" ? node.additionalProperties : null;
    return resolved(named || any);
  });
  const at = (path) => path.reduce(inside, resolved(schema));
  const names = (path) => at(path).flatMap((node) => Object.entries(node.properties || {}).map(
    ([name, one]) => ({ text: name, after: ": ", meaning: one.description || "" })));
  const words = (path) => [...at(path), ...inside(at(path), "[]")].flatMap((node) => {
    const known = node.enum || ("const" in node ? [node.const] : node.type === "boolean" ? [true, false] : []);
    return known.filter((one) => one !== null).map((one) => ({ text: String(one), after: "", meaning: "" }));
  });

  // The text: the path at which the caret stands, whether a name or a value is written there, and its first letters.

  const START = /^( *)((?:- +)*)/;
  const enter = (stack, line) => {
    // Each dash is an item of the list above it, which may stand at the same depth; a name ends what stands as deep.
    const [start, spaces] = line.match(START);
    for (let column = spaces.length; column < start.length; column += 1) {
      if (start[column] !== "-") continue;
      while (stack.length && (stack.at(-1).column > column || (stack.at(-1).column === column && stack.at(-1).step === "[]"))) stack.pop();
      stack.push({ column, step: "[]" });
    }
    while (stack.length && stack.at(-1).column >= start.length) stack.pop();
    return start.length;
  };
  const place = () => {
    const lines = area.value.slice(0, area.selectionStart).split("\n");
    const line = lines.pop(), stack = [];
    for (const one of lines) {
      if (!one.trim() || one.trim().startsWith("#")) continue;
      const column = enter(stack, one), found = one.slice(column).match(/^([\w.-]+):(?:\s|$)/);
      if (found) stack.push({ column, step: found[1] });
    }
    const start = " ".repeat(enter(stack, line)), path = stack.map((one) => one.step);
    let word = "", key = null;
    const open = [];
    for (const sign of line.slice(start.length)) {
      if (sign === "#") return null;
      if (sign === ":") { key = word.trim(); word = ""; }
      else if (sign === "{" || sign === "[") { open.push(path.length); if (key) path.push(key); if (sign === "[") path.push("[]"); key = null; word = ""; }
      else if (sign === "}" || sign === "]") { path.length = open.pop() ?? path.length; key = null; word = ""; }
      else if (sign === ",") { key = null; word = ""; }
      else word += sign;
    }
    const letters = word.trim();
    const listed = path[path.length - 1] === "[]" && !at(path).some((node) => node.properties);
    if (key !== null) return { letters, found: words([...path, key]) };
    return { letters, found: listed ? words(path) : names(path) };
  };

  // The list of suggestions.

  const close = () => { list.hidden = true; list.replaceChildren(); shown = []; active = -1; area.removeAttribute("aria-activedescendant"); };
  const mark = (next) => {
    active = (next + shown.length) % shown.length;
    [...list.children].forEach((one, row) => one.setAttribute("aria-selected", String(row === active)));
    area.setAttribute("aria-activedescendant", `suggestion-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const put = (row) => {
    const { text, after } = shown[row], end = area.selectionStart, { letters } = place();
    area.setRangeText(text + after, end - letters.length, end, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input"));
  };
  const suggest = (always) => {
    const here = schema && area.selectionStart === area.selectionEnd ? place() : null;
    close();
    if (!here || (!always && !here.letters)) return;
    shown = here.found.filter((one) => one.text.startsWith(here.letters) && one.text !== here.letters).slice(0, MOST);
    shown.forEach((one, row) => {
      const item = document.createElement("li");
      item.id = `suggestion-${row}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = document.createElement("strong");
      name.textContent = one.text;
      item.append(name, one.meaning ? ` ${one.meaning.split(/[.;\n]/)[0]}` : "");
      item.addEventListener("mousedown", (event) => { event.preventDefault(); put(row); });
      list.append(item);
    });
    list.hidden = !shown.length;
  };

  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.code === "Space") {
      event.preventDefault();
      suggest(true);
      if (shown.length) mark(0);
    } else if (active >= 0) {
      // Only a list that was asked for takes keys: whoever just types loses none, and Tab always leaves.
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) { event.preventDefault(); mark(active + steps[event.key]); }
      else if (event.key === "Enter") { event.preventDefault(); put(active); }
      else if (event.key === "Escape") { event.preventDefault(); close(); }
    }
  });
  area.addEventListener("blur", close);
  area.addEventListener("click", close);

  // The check, and the lines that it names.

  const lead = (link) => link.addEventListener("click", (event) => {
    const target = document.getElementById(link.dataset.area);
    if (!target) return;
    event.preventDefault();
    const before = target.value.split("\n").slice(0, link.dataset.line - 1);
    const from = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(link.dataset.column) - 1;
    target.focus();
    target.setSelectionRange(from, Math.max(from, target.value.indexOf("\n", from)));
  });
  const leading = () => told.querySelectorAll("a[data-line]").forEach(lead);
  let timer = 0, running = null;
  const check = async () => {
    running?.abort();
    running = new AbortController();
    const sent = new URLSearchParams(new FormData(area.form));
    sent.set("act", "check");
    sent.delete("scenarios");
    try {
      const answer = await fetch(area.form.action, { method: "POST", body: sent, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("findings");
      // Another page, such as that of a session that ended: the button shows it.
      if (!found || found.innerHTML === told.innerHTML) return;
      told.replaceChildren(...found.childNodes);
      leading();
    } catch { /* The button says what is wrong with the connection. */ }
  };
  area.addEventListener("input", () => {
    suggest(false);
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  });
  leading();
  fetch("/v1/schemas/policy.json").then((answer) => answer.json()).then((found) => { schema = found; }, () => {});
})();
