/* Comfort for pages that work without it: keys, one send per form, pickers, rows, dates.
   Builds nodes only (the page's policy forbids injected HTML). */
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const one = (selector, root = document) => root.querySelector(selector);
  const node = (tag, text = "", className = "") => Object.assign(document.createElement(tag), { textContent: text, className });
  const visible = (element) => element.getClientRects().length > 0;
  const later = (act, wait) => { let timer; return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), wait); }; };

  async function ask(url, form) {
    const headers = { Accept: "application/json" };
    if (!form) return (await fetch(url, { headers, credentials: "same-origin" })).json();
    const body = new FormData(form);
    for (const [name, value] of Array.from(body)) if (typeof value !== "string") body.delete(name);
    headers["X-CSRFToken"] = String(body.get("csrf_token") || "");
    const answer = await fetch(url, { method: "POST", headers, body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.status === 204 ? {} : answer.json();
  }

  /* keys ------------------------------------------------------------------ */
  const rows = () => all("tr[data-row]").filter(visible);

  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(document.activeElement.closest("tr[data-row]"));
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function inRow(selector) {
    const row = document.activeElement.closest("tr[data-row]");
    return row && one(selector, row);
  }

  function press(letter) {
    const target = inRow(`[data-key="${letter}"]`) || all(`[data-key="${letter}"]`).find(visible);
    if (target) target.click();
    return Boolean(target);
  }

  function help() {
    const dialog = one("#keys");
    if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  }

  const KEYS = {
    KeyJ: () => (rows().length ? move(1) : press("j")),
    KeyK: () => (rows().length ? move(-1) : press("k")),
    KeyO: () => { const link = inRow("a.open") || inRow("a"); if (link) link.click(); },
    KeyX: () => { const box = inRow("input[type=checkbox]"); if (box) box.click(); },
    Slash: () => { const find = one("#find"); if (find) { find.focus(); find.select(); } },
  };

  function onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") && event.target.type !== "checkbox") return;
    if (one("dialog[open]")) return;
    // `code`, not `key`: with a Chinese input method switched on the key is "Process".
    const code = event.code;
    if (code === "Slash" && event.shiftKey) { help(); event.preventDefault(); return; }
    if (event.shiftKey) return;
    if (code === "Enter" && event.target.matches("tr[data-row]")) { KEYS.KeyO(); return; }
    if (KEYS[code]) { KEYS[code](); event.preventDefault(); return; }
    if (/^Key[A-Z]$/.test(code) && press(code.slice(3).toLowerCase())) event.preventDefault();
  }

  /* Ctrl+Enter sends the form from any of its fields, as its main button does, or the first that can be pressed. */
  function onSend(event) {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form, buttons = form ? all(".submit button.btn:not(:disabled)", form) : [];
    const button = buttons.find((each) => each.matches(".main")) || buttons[0];
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    form.requestSubmit(button);
  }

  /* one send per form ------------------------------------------------------- */
  function release(form) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    all(".btn", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }

  function onSubmit(event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    all(".btn", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    if ("stay" in form.dataset) setTimeout(release, 3000, form); // a download leaves the page where it is
  }

  /* fields that belong to a choice ------------------------------------------- */
  function showFitting(form) {
    for (const part of all("[data-when]", form)) {
      const [name, wanted] = part.dataset.when.split("=");
      const values = all(`[name="${name}"]`, form).filter((field) => field.checked || !/^(radio|checkbox)$/.test(field.type)).map((field) => field.value);
      const fits = wanted.split("|").some((value) => values.includes(value));
      part.hidden = !fits;
      all("input, select, textarea", part).concat(part.matches("fieldset") ? part : []).forEach((field) => { field.disabled = !fits; });
    }
  }

  /* dates --------------------------------------------------------------------- */
  const SAID = new Map([["今天", 0], ["今日", 0], ["昨天", -1], ["昨日", -1], ["前天", -2], ["明天", 1], ["明日", 1]]);
  // What a day is the day of decides the year where none is typed: as `Meaning` in core/dates.
  const FITS = { happened: (date, today) => date <= today, limit: (date, today) => date >= today, either: () => true };

  function existing(year, month, day) {
    const date = new Date(2000, 0, 1);
    date.setFullYear(year, month - 1, day);
    return year > 0 && date.getMonth() === month - 1 && date.getDate() === day ? date : null;
  }

  /* The day that a text means; null where there is no such day, undefined where it is no date. */
  function readDate(text, meaning) {
    const given = document.documentElement.dataset.today; // the office's day, not the machine's
    const now = new Date(), today = given ? new Date(`${given}T00:00:00`) : new Date(now.getFullYear(), now.getMonth(), now.getDate());
    const year = today.getFullYear();
    if (SAID.has(text)) return new Date(year, today.getMonth(), today.getDate() + SAID.get(text));
    const full = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text) || /^(\d{4})(\d{2})(\d{2})$/.exec(text);
    if (full) return existing(...full.slice(1).map(Number));
    const short = /^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text);
    if (!short) return undefined;
    const near = [year - 1, year, year + 1].map((each) => existing(each, Number(short[1]), Number(short[2])));
    const fitting = near.filter((date) => date && FITS[meaning](date, today));
    return fitting.sort((one, other) => Math.abs(one - today) - Math.abs(other - today))[0] || null;
  }

  function dayWords(date) {
    if (date === undefined) return "看不懂这个日期，可写 20261120";
    if (date === null) return "没有这一天，请核对日期";
    if (date.getFullYear() < 2000 || date.getFullYear() > 2100) return "日期超出范围（2000 年至 2100 年）";
    return "";
  }

  const typedDay = (field) => field.value.trim().replace(/[０-９－．／]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));

  async function echoDate(field) {
    const text = typedDay(field);
    const echo = one(".echo", field.parentNode);
    if (!echo) return;
    const date = readDate(text, field.dataset.meaning);
    const wrong = text && dayWords(date);
    echo.classList.toggle("wrong", Boolean(wrong));
    echo.textContent = !text ? "" : wrong || `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日 周${"日一二三四五六"[date.getDay()]}`;
    if (!field.dataset.date || !text) return;
    try {
      const answer = await ask(`${field.dataset.date}?text=${encodeURIComponent(text)}`);
      if (typedDay(field) === text && answer.text) echo.textContent = answer.text;
    } catch (error) { /* the local echo stands */ }
  }

  /* picker ---------------------------------------------------------------------- */
  function picker(box) {
    const field = one("input", box), list = one(".found", box);
    const [id, was] = all("input[type=hidden]", box);
    let at = -1, asked = 0, entries = [], listed = "";
    Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list" }).forEach(([name, value]) => field.setAttribute(name, value));
    const settled = () => Boolean(id.value) && field.value === was.value;
    const settle = () => box.classList.toggle("settled", settled());
    const close = () => { list.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
    const choose = (entry) => { id.value = entry.id; field.value = was.value = entry.text || entry.label; close(); settle(); field.dispatchEvent(new Event("change", { bubbles: true })); };
    const point = (step) => {
      const items = all("[role=option]", list);
      if (!items.length) return;
      at = (at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length;
      items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
      items[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", items[at].id);
    };
    const offer = () => {
      list.replaceChildren(...entries.map((entry, index) => {
        const item = node("li", entry.label);
        item.append(node("span", entry.sub || "", "sub"));
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        return item;
      }));
      if (!entries.length) list.append(node("li", "没有找到，请换个写法，或直接写全称、代码", "none"));
      at = -1;
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
    };
    const look = later(async () => {
      const text = field.value.trim(), turn = ++asked;
      if (!text || settled()) { close(); return; }
      try {
        const found = await ask(`${box.dataset.picker}${box.dataset.picker.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`);
        if (turn !== asked || field.value.trim() !== text) return;
        [entries, listed] = [found, text];
        if (document.activeElement === field) offer();
        else if (found.length === 1) choose(found[0]); // typed and gone on: only one was meant
      } catch (error) { close(); }
    }, 180);
    field.addEventListener("input", (event) => { settle(); if (!event.isComposing) look(); });
    field.addEventListener("compositionend", look);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const ready = !list.hidden && listed === field.value.trim() && entries.length;
      if (event.key === "Enter" && field.value.trim() && !settled()) { event.preventDefault(); if (ready) choose(entries[Math.max(at, 0)]); }
      if (event.key === "Tab" && ready && (at >= 0 || entries.length === 1)) choose(entries[Math.max(at, 0)]);
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { point(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
      if (event.key === "Escape") { close(); event.preventDefault(); }
    });
    field.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => { const item = event.target.closest("[role=option]"); if (item) { event.preventDefault(); choose(entries[all("[role=option]", list).indexOf(item)]); } });
    settle();
  }

  /* a long list chosen by the first letters of the pinyin ------------------------------ */
  function typedChoice(select) {
    const label = one(`label[for="${select.id}"]`).firstChild.textContent.trim();
    const told = node("output", "", "typed");
    let typed = "", before = null, timer;
    select.after(told);
    const choose = (option) => {
      if (option.selected) return;
      option.selected = true;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const end = () => { typed = ""; if (!told.classList.contains("wrong")) told.textContent = ""; };
    const look = () => {
      const options = all("option[data-initials]", select).filter((option) => !option.disabled && !option.parentElement.disabled);
      const found = options.find((option) => option.dataset.initials.startsWith(typed)) || options.find((option) => option.dataset.initials.includes(typed));
      // what fits nothing chooses nothing: the choice of before stands
      choose(found || before);
      told.classList.toggle("wrong", !found);
      told.textContent = found ? `${typed}：${found.textContent.split("　")[0].trim()}` : `没有首字母为“${typed}”的${label}`;
    };
    select.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const letter = /^Key([A-Z])$/.exec(event.code); // `code`: with a Chinese input method the key is "Process"
      if (!letter && !(event.key === "Backspace" && typed)) { end(); return; }
      event.preventDefault();
      if (!typed) before = select.selectedOptions[0];
      typed = letter ? typed + letter[1].toLowerCase() : typed.slice(0, -1);
      clearTimeout(timer);
      timer = setTimeout(end, 1500);
      if (typed) look(); else { choose(before); told.textContent = ""; }
    });
    select.addEventListener("blur", end);
    select.addEventListener("change", (event) => { if (event.isTrusted) { told.classList.remove("wrong"); end(); } });
  }

  /* how much fits: nothing typed or pasted is cut, what is over is said ------------------- */
  const COUNTED = 40; // a short number needs no counter

  function counted(field) {
    const most = Number(field.dataset.longest);
    const told = Object.assign(node("output", "", "room"), { hidden: true });
    field.after(told);
    const count = () => {
      const length = Array.from(field.value.trim()).length, over = length > most;
      told.hidden = !over && (most < COUNTED || length <= most * 0.8);
      told.classList.toggle("wrong", over);
      told.setAttribute("aria-live", over ? "polite" : "off"); // a count at every key would be noise
      told.textContent = told.hidden ? "" : over ? `最多 ${most} 个字，现在有 ${length} 个，请精简` : `已写 ${length} 字，最多 ${most} 字`;
    };
    field.addEventListener("input", count);
    count();
  }

  function growing(area) {
    const grow = () => {
      if (!visible(area)) return;
      const at = window.scrollY; // to measure it, the area is made small for a moment
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
      window.scrollTo({ top: at, behavior: "instant" });
    };
    area.addEventListener("input", grow);
    area.addEventListener("focus", () => { grow(); area.scrollIntoView({ block: "nearest" }); });
    grow();
  }

  /* repeated rows ------------------------------------------------------------------ */
  // 1. 2、（1） 一、 ① at the beginning of a pasted line; neither 1.5亩 nor 3、5号楼
  const NUMBERING = /^\s*(?:[（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]|\d{1,2}\s*(?:[)）]|[、.．](?!\d))|[一二三四五六七八九十]{1,3}\s*[、.．]|[①-⑳•●·▪◆])\s*/;

  function repeated(box) {
    const list = one("ol", box), add = one(".add", box), most = Number(box.dataset.rows), told = one(":scope > .room", box);
    const between = new RegExp(`[\\r\\n${box.dataset.split || ""}]+`);
    const append = (row) => {
      const made = one("template", box).content.cloneNode(true);
      all("[data-longest]", made).forEach(counted);
      if (row) row.after(made); else list.append(made);
    };
    const tell = () => {
      const filled = all("li", list).filter((row) => all("input", row).some((field) => field.value.trim())).length;
      told.hidden = filled <= most;
      told.textContent = told.hidden ? "" : `最多 ${most} 行，现在有 ${filled} 行，请减少`;
    };
    const refresh = () => {
      all("li", list).forEach((row, index) => {
        one(".remove", row).hidden = list.children.length < 2;
        all("input", row).forEach((field) => { field.id = `${field.name}-${index}`; field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/ [^：]*：/, ` ${index + 1}：`)); });
      });
      add.hidden = list.children.length >= most;
      tell();
    };
    add.addEventListener("click", () => { append(); refresh(); one("input", list.lastElementChild).focus(); });
    list.addEventListener("input", tell);
    // several lines pasted become several rows, tabs between cells several columns; what stands there already stays
    list.addEventListener("paste", (event) => {
      const field = event.target, pasted = event.clipboardData.getData("text/plain");
      const lines = pasted.split(between).map((line) => line.replace(NUMBERING, "").trim()).filter(Boolean);
      if (lines.length < 2) return;
      event.preventDefault();
      const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
      const column = all("input", field.closest("li")).indexOf(field);
      let row = field.closest("li");
      lines.forEach((line, index) => {
        if (index && (!row.nextElementSibling || all("input", row.nextElementSibling).some((other) => other.value.trim()))) append(row);
        if (index) row = row.nextElementSibling;
        const fields = all("input", row).slice(column), cells = line.split("\t").map((cell) => cell.trim());
        const texts = cells.length > fields.length ? [cells.join(" ")] : cells;
        texts.forEach((text, place) => {
          const whole = `${!index && !place ? before : ""}${text}${index === lines.length - 1 && !place ? after : ""}`;
          fields[place].value = whole;
          fields[place].dispatchEvent(new Event("input", { bubbles: true }));
        });
      });
      refresh();
      all("input", row)[column].focus();
    });
    // Enter goes on to the next row, and makes one where there is none
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.value.trim()) return;
      event.preventDefault();
      const next = event.target.closest("li").nextElementSibling;
      if (next) one("input", next).focus(); else if (!add.hidden) add.click();
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest(".remove");
      if (!button) return;
      button.closest("li").remove();
      refresh();
      (one("input", list) || add).focus();
    });
    // Enter makes rows: of the empty ones that stand there for those without script, one is enough
    const empty = (row) => row && all("input", row).every((field) => !field.value);
    while (list.children.length > 1 && empty(list.lastElementChild) && empty(list.lastElementChild.previousElementSibling)) list.lastElementChild.remove();
    refresh();
  }

  /* a line proposed from the first of some rows, until somebody types one of their own -------- */
  function proposed(field) {
    const told = node("output", "", "echo"), most = Number(field.dataset.longest);
    const source = () => {
      const first = all(`[name="${field.dataset.proposed}"]`, field.form).map((row) => row.value.trim()).find(Boolean) || "";
      const letters = Array.from(first);
      return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : first;
    };
    let own = field.value !== "" && field.value !== source();
    const propose = () => {
      if (own) return;
      field.value = source();
      told.textContent = field.value ? "按第一个诉求点代拟，可以改" : "";
    };
    field.after(told);
    field.addEventListener("input", () => { own = true; told.textContent = ""; });
    field.addEventListener("focus", () => { if (!own) field.select(); }); // typed over, not typed behind
    field.form.addEventListener("input", (event) => { if (event.target !== field) propose(); });
    propose();
  }

  /* likely earlier matters ----------------------------------------------------- */
  function earlierMatters(form, panel) {
    const name = panel.dataset.duplicates;
    let turn = 0, drawn = "";
    const draw = (items) => {
      if (drawn === (drawn = JSON.stringify(items))) return;
      const kept = one(`input[name="${name}"]:checked`, panel), seen = all(`input[name="${name}_seen"]`, panel).map((field) => field.value);
      one("ul", panel).replaceChildren(...items.map((item) => {
        const row = node("li"), label = node("label"), link = node("a", item.number);
        const radio = Object.assign(node("input"), { type: "radio", name, value: item.id, checked: Boolean(kept) && item.id === kept.value });
        const shown = Object.assign(node("input"), { type: "hidden", name: `${name}_seen`, value: item.id });
        Object.assign(link, { href: item.href, target: "_blank", rel: "noopener" });
        label.append(radio, " 接到原件 ", link);
        row.append(label, node("b", item.title), node("span", item.sub || "", "sub"), node("span", item.why || "", "why"), shown);
        return row;
      }));
      one("[data-none]", panel).hidden = items.length > 0;
      one(".anew", panel).hidden = !items.length;
      panel.classList.toggle("some", items.length > 0);
      // "none of these" was said of what was listed then: something new undoes it
      const anew = one(".anew input", panel);
      if (!items.length || items.some((item) => !seen.includes(item.id))) anew.checked = false;
    };
    const look = later(async () => {
      const asked = ++turn;
      try {
        const { items = [] } = await ask(form.dataset.duplicatesUrl, form);
        if (asked === turn) draw(items);
      } catch (error) { /* the server asks again on saving */ }
    }, 700);
    form.addEventListener("input", (event) => { if (!event.target.closest("[data-duplicates]")) look(); });
    form.addEventListener("change", (event) => { if (!event.target.closest("[data-duplicates]")) look(); });
  }

  /* Where typing begins; not on a screen whose keyboard would cover what the page says first. */
  function beginTyping(form) {
    if (!matchMedia("(hover: hover) and (pointer: fine)").matches) return;
    const fields = all("input:not([type=hidden]), select, textarea", form).filter((field) => !field.disabled && visible(field));
    const asked = form.dataset.begins && fields.find((field) => field.name === form.dataset.begins && !field.value);
    const first = asked || fields.find((field) => field.type === "radio" && field.name === fields[0].name && field.checked) || fields[0];
    if (first) first.focus();
  }

  /* begin ---------------------------------------------------------------------------------- */
  function selection() {
    const boxes = all("tr[data-row] input[type=checkbox]"), whole = one("[data-picks-all]"), count = one("[data-picked-count]");
    if (!count) return;
    const tell = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      count.textContent = String(chosen);
      count.closest(".picked").classList.toggle("nothing", !chosen);
    };
    if (whole) { whole.closest("label").hidden = false; whole.addEventListener("change", () => { boxes.forEach((box) => { box.checked = whole.checked; }); tell(); }); }
    document.addEventListener("change", tell);
    tell();
  }

  function remember(box) {
    try { // private windows may refuse
      box.checked = localStorage.getItem(box.id) === "1";
      box.addEventListener("change", () => localStorage.setItem(box.id, box.checked ? "1" : ""));
    } catch (error) { /* stays as it is */ }
  }

  function begin() {
    document.addEventListener("keydown", onSend, true); // before rows and pickers take Enter for their own
    document.addEventListener("keydown", onKey);
    document.addEventListener("submit", onSubmit);
    window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));
    all("form").filter((form) => one("[data-when]", form)).forEach((form) => { showFitting(form); form.addEventListener("change", () => showFitting(form)); });
    all("[data-date]").forEach((field) => { echoDate(field); field.addEventListener("input", later(() => echoDate(field), 250)); });
    all("[data-picker]").forEach(picker);
    all("[data-longest]").forEach(counted);
    all("textarea").forEach(growing);
    all("[data-rows]").forEach(repeated);
    all("select[data-typed]").forEach(typedChoice);
    all("[data-proposed]").forEach(proposed);
    all("form[data-duplicates-url]").forEach((form) => { const panel = one("[data-duplicates]", form); if (panel) earlierMatters(form, panel); });
    all("[data-by-keys]").forEach((hint) => { hint.hidden = false; });
    all("[data-opens=keys]").forEach((button) => { button.hidden = false; button.addEventListener("click", help); });
    all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
    all("[data-noscript]").forEach((hint) => { hint.hidden = true; });
    window.addEventListener("beforeprint", () => all("details.more:not([open])").forEach((part) => { part.open = true; part.dataset.folded = ""; }));
    window.addEventListener("afterprint", () => all("details[data-folded]").forEach((part) => { part.open = false; delete part.dataset.folded; }));
    document.addEventListener("click", (event) => all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
    selection();
    all("[data-remember]").forEach(remember);
    const errors = one("[data-focus]");
    if (errors) errors.focus(); else all("form[data-begins]").slice(0, 1).forEach(beginTyping);
  }

  begin();
})();
