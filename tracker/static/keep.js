/* Nothing typed is lost: drafts on the server while typing, in the browser while it cannot be reached, and signing in
   again within the page before a form is sent. Pages work without it. */
"use strict";
(() => {
  const PAUSE = 3000, LONGEST = 8000; // ms: kept after a pause in typing, at the latest after so long
  const A_DAY = 24 * 3600 * 1000;
  const PREFIX = "draft|", KEEPALIVE_BYTES = 60000;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const person = document.documentElement.dataset.person || "";
  const two = (number) => String(number).padStart(2, "0");
  const clock = () => { const now = new Date(); return `${two(now.getHours())}:${two(now.getMinutes())}`; };
  const JSON_ONLY = { Accept: "application/json" };

  /* who is signed in, and a form token that counts ------------------------------ */
  async function session() {
    const answer = await fetch("/session", { headers: JSON_ONLY, credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    all('input[name="csrf_token"]').forEach((field) => { field.value = found.csrf; });
    return found;
  }

  const token = () => (document.querySelector('input[name="csrf_token"]') || {}).value || "";

  async function post(url, body, more = {}) {
    body.delete("csrf_token");
    const headers = { ...JSON_ONLY, "X-CSRFToken": more.csrf || token() };
    const answer = await fetch(url, { method: "POST", headers, body, credentials: "same-origin", keepalive: Boolean(more.keepalive) });
    const found = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    return { status: answer.status, ok: answer.ok, error: found.error || "", kept: found.kept, code: found.code };
  }

  /* the browser's own store: encrypted, for a day, never of closed matters ---------- */
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const canStore = () => Boolean(window.crypto && crypto.subtle && window.localStorage);
  const key = (secret) => crypto.subtle.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
  const entryOf = (name) => `${PREFIX}${person}|${name}`;
  const entries = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const forget = (name) => { try { localStorage.removeItem(entryOf(name)); } catch (error) { /* there is no store */ } };

  async function store(name, secret, content) {
    if (!canStore() || !secret) return false;
    try {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(entryOf(name)) }, await key(secret), new TextEncoder().encode(JSON.stringify(content)));
      localStorage.setItem(entryOf(name), JSON.stringify({ at: Date.now(), iv: text(iv), sealed: text(sealed) }));
      return true;
    } catch (error) { return false; }
  }

  function clear(every) {
    try {
      entries().forEach((name) => {
        const { at } = JSON.parse(localStorage.getItem(name) || "{}");
        if (every || !(Date.now() - at < A_DAY)) localStorage.removeItem(name);
      });
    } catch (error) { /* there is no store */ }
  }

  /* what lies in the browser goes to the server as soon as it can be reached */
  async function deliver() {
    if (!person || !canStore()) return;
    clear(false);
    const mine = entries().filter((name) => name.startsWith(entryOf("")));
    if (!mine.length) return;
    const found = await session();
    if (found.person !== person) return;
    for (const name of mine) {
      const { iv, sealed } = JSON.parse(localStorage.getItem(name));
      let content;
      try {
        content = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv), additionalData: new TextEncoder().encode(name) }, await key(found.key), bytes(sealed))));
      } catch (error) { localStorage.removeItem(name); continue; }
      const body = new FormData();
      content.forEach(([field, value]) => body.append(field, value));
      const answer = await post("/drafts", body, { csrf: found.csrf });
      if (answer.ok || answer.status === 404) localStorage.removeItem(name);
    }
  }

  /* drafts ---------------------------------------------------------------------- */
  function fits(form, condition) {
    const [name, wanted] = condition.split("=");
    return all(`[name="${name}"]`, form).some((field) => (field.checked || !/^(radio|checkbox)$/.test(field.type)) && (wanted === "*" ? field.value.trim() : field.value === wanted));
  }

  class Draft {
    constructor(form) {
      this.form = form;
      this.told = form.querySelector("[data-saved]");
      this.first = 0;
      this.begun = this.kept = this.said();
      form.addEventListener("input", () => this.typed());
      form.addEventListener("change", () => this.typed());
    }

    get name() { return (this.form.querySelector('input[name="submission"]') || {}).value || ""; }
    get closed() { return "closed" in this.form.dataset || (this.form.dataset.closedWhen || "").split("|").filter(Boolean).some((each) => fits(this.form, each)); }
    get sent() { return this.discarded || this.form.dataset.sent || this.form.dataset.admitted; }
    /* What stands here was typed and not sent, now or before this page was opened; whether a draft has it or not. */
    get unsent() { return !this.sent && ("unsent" in this.form.dataset || this.touched && this.said() !== this.begun || all("input[type=file]", this.form).some((field) => field.files.length)); }

    content() {
      const secret = new Set(["csrf_token", ...all("input[type=password]", this.form).map((field) => field.name)]);
      const body = Array.from(new FormData(this.form)).filter(([name, value]) => typeof value === "string" && !secret.has(name));
      const of = ["address", "title", "form"].map((name) => [`draft-${name}`, this.form.getAttribute(`data-draft-${name}`)]);
      return [...body, ...of.filter(([, value]) => value)];
    }

    said() { return JSON.stringify(this.content().filter(([name]) => !/^(submission|version|opened|draft-)/.test(name))); }

    tell(sentence) { if (this.told) this.told.textContent = sentence; }

    typed() {
      this.touched = true;
      if (!this.first) this.first = Date.now();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(PAUSE, this.first + LONGEST - Date.now())));
    }

    async keep(keepalive = false) {
      const said = this.said();
      if (this.sent || this.busy || said === this.kept) { if (this.busy) this.typed(); return; }
      this.busy = true;
      this.first = 0;
      try {
        await this.save(said, keepalive);
      } finally { this.busy = false; }
    }

    async save(said, keepalive) {
      const body = new FormData(), content = this.content();
      content.forEach(([name, value]) => body.append(name, value));
      const short = JSON.stringify(content).length * 3 < KEEPALIVE_BYTES;
      let answer = null;
      try { answer = await post(this.form.dataset.draftUrl, body, { keepalive: keepalive && short }); } catch (error) { /* no line */ }
      if (answer && answer.ok) {
        this.kept = said;
        forget(this.name);
        this.tell(answer.kept === false ? "这份表单已经提交过" : `已存草稿 ${clock()}`);
      } else if (answer && [403, 404, 422].includes(answer.status)) { // refused, not unreachable: the browser keeps none of it
        this.tell(answer.error);
      } else { await this.keepHere(said, content, answer); }
    }

    /* The server cannot be reached, or the session has ended. */
    async keepHere(said, content, answer) {
      const why = !answer ? "连不上服务器" : answer.status === 401 || answer.status === 400 ? "登录已经过期" : "服务器暂时存不了";
      if (this.closed) { this.tell(`${why}：本件不在浏览器里留存，现在没有存下，请不要关闭页面`); return; }
      if (await store(this.name, this.form.dataset.draftKey, content)) {
        this.kept = said;
        this.tell(`${why}：内容先存在这台电脑的浏览器里 ${clock()}，连上后自动存成草稿`);
      } else this.tell(`${why}：草稿没有存上，请不要关闭页面`);
    }

    /* Before it is sent: what the next page does not confirm becomes a draft. */
    async precaution() {
      if (this.said() === this.begun) return;
      if (this.closed || !(await store(this.name, this.form.dataset.draftKey, this.content()))) await this.keep();
    }
  }

  /* sending ------------------------------------------------------------------------ */
  const template = document.querySelector("#sign-in-again");

  /* Sign in within the page; true where the same person is signed in at the end. */
  function signInAgain(other) {
    const again = template.content.firstElementChild.cloneNode(true);
    document.body.append(again);
    const form = again.querySelector("form"), told = again.querySelector("[role=alert]");
    told.textContent = other ? "这张表单是另一位同事打开的，现在这个浏览器登录的是别人。请用原来的账号登录。" : "";
    again.showModal();
    let asksCode = false;
    form.username.focus();
    return new Promise((resolve) => {
      const end = (result) => { again.onclose = null; again.remove(); resolve(result); };
      again.onclose = again.querySelector("[data-closes]").onclick = () => end(false);
      form.onsubmit = async (event) => {
        event.preventDefault();
        told.textContent = "";
        try {
          await session();
          const answer = await post(asksCode ? "/sign-in/code" : "/sign-in", new FormData(form));
          const [typed, next] = asksCode ? [form.factor_code, false] : [form.password, answer.code];
          if (!answer.ok) { told.textContent = answer.error || "没有登录上，请再试一次。"; typed.select(); return; }
          if (next) { // the password is right: now the code of the telephone
            asksCode = true;
            all("[data-step]", form).forEach((field) => { field.hidden = field.dataset.step !== "code"; });
            form.factor_code.focus();
            return;
          }
          const found = await session();
          if (found.person === person) end(true);
          else told.textContent = "这不是打开这张表单的人：没有提交，内容都在。";
        } catch (error) { told.textContent = "连不上服务器，请稍后再试；内容都在。"; }
      };
    });
  }

  function refuse(form, sentence) {
    let message = form.querySelector(".message.unsent");
    if (!message) {
      message = Object.assign(document.createElement("div"), { className: "message danger unsent" });
      message.setAttribute("role", "alert");
      form.prepend(message);
    }
    message.textContent = sentence;
    message.scrollIntoView({ block: "nearest" });
  }

  /* Whether the form may go now: the line stands, and its person is signed in. */
  async function admitted(form) {
    let found;
    try { found = await session(); } catch (error) {
      refuse(form, "连不上服务器，没有提交。内容都在这一页：请稍后再按一次。");
      const draft = drafts.get(form);
      if (draft) draft.keep();
      return false;
    }
    if (found.person === person) return true;
    return signInAgain(Boolean(found.person));
  }

  async function check(event) {
    const form = event.target;
    if (form.method !== "post" || !template || !form.closest("main")) return;
    if (form.dataset.admitted) { delete form.dataset.admitted; return; }
    event.preventDefault();
    if (form.dataset.asking || form.dataset.sent) return;
    const submitter = event.submitter;
    form.dataset.asking = "1";
    try {
      if (!(await admitted(form))) return;
      const old = form.querySelector(".message.unsent"), draft = drafts.get(form);
      if (old) old.remove();
      if (draft) await draft.precaution();
      form.dataset.admitted = "1";
      if (submitter) form.requestSubmit(submitter); else form.requestSubmit();
    } finally { delete form.dataset.asking; }
  }

  /* begin ------------------------------------------------------------------------------ */
  const drafts = new Map();
  window.addEventListener("submit", check, true);
  window.addEventListener("submit", (event) => { if (event.target.getAttribute("action") === "/sign-out") clear(true); });
  window.addEventListener("submit", (event) => {
    const discards = !event.defaultPrevented && event.target.dataset.discards;
    if (discards) drafts.forEach((draft) => { if (draft.name === discards) { draft.discarded = true; forget(discards); } });
  }, true);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") drafts.forEach((draft) => draft.keep(true)); });
  window.addEventListener("pagehide", () => drafts.forEach((draft) => draft.keep(true)));
  window.addEventListener("beforeunload", (event) => { if (Array.from(drafts.values()).some((draft) => draft.unsent)) event.preventDefault(); });
  window.addEventListener("online", () => drafts.forEach((draft) => draft.keep()));
  document.addEventListener("DOMContentLoaded", () => {
    all("form[data-draft-url]").forEach((form) => drafts.set(form, new Draft(form)));
    deliver().catch(() => { /* next time */ });
  });
})();
