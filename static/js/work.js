/* The page an author writes on (works/edit.html). What is typed is kept on the server after two seconds' rest and when a
   field is left; in this tab (sessionStorage) until the server has it. Two tabs: the later one is told, nothing is
   overwritten, both texts stay to be seen. The paper beside the form follows what is typed. */
(function () {
  "use strict";
  var REST = 2000, PATIENCE = 15000, AGAIN = 10000;
  var form = document.getElementById("work"), state = document.getElementById("save-state");
  if (!form || !window.fetch) return;
  var key = "work:" + form.dataset.owner + ":" + form.dataset.work, store = null;
  try { store = window.sessionStorage; } catch (e) { store = null; }  // refused by the browser
  var NAMES = ["title", "body"], TICKS = ["may_publish", "named"];
  var kept = values(), timer = 0, sending = null, theirs = null, leaving = false;

  function field(name) { return form.elements[name]; }
  function values() {
    var found = {};
    NAMES.forEach(function (name) { found[name] = field(name).value.replace(/\r\n/g, "\n"); });
    TICKS.forEach(function (name) { found[name] = field(name).checked; });
    return found;
  }
  function same(one, other) {
    return NAMES.concat(TICKS).every(function (name) { return one[name] === other[name]; });
  }
  function fill(from) {
    NAMES.forEach(function (name) { field(name).value = from[name]; });
    TICKS.forEach(function (name) { field(name).checked = from[name]; });
    field("body").dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* ── This tab's copy ── */
  function keep() {
    if (store) try { store.setItem(key, JSON.stringify({ revision: field("revision").value, values: values() })); } catch (e) { store = null; }
  }
  function drop() { if (store) store.removeItem(key); }
  function copy() {
    try { return JSON.parse(store.getItem(key)); } catch (e) { return null; }
  }

  /* ── The word beside the heading ── */
  var ICONS = { saved: "cloud-check", busy: "cloud-arrow-up", local: "cloud-arrow-up", fail: "exclamation-circle" };
  function icon(name) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = svg.appendChild(
      document.createElementNS("http://www.w3.org/2000/svg", "use"));
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", state.dataset.icons + "#i-" + name);
    return svg;
  }
  function say(kind, text, retry) {
    state.className = "save" + (kind === "saved" || kind === "busy" ? "" : " " + kind);
    state.dataset.state = kind;
    state.textContent = "";
    state.append(icon(ICONS[kind]));
    var word = document.createElement("span");
    word.textContent = text;
    state.append(word);
    if (!retry) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "reveal";
    button.textContent = "重试";
    button.addEventListener("click", push);
    state.append(button);
  }

  /* ── To the server, one save at a time ── */
  function later() {
    clearTimeout(timer);
    timer = setTimeout(push, REST);
  }
  function post(extra) {
    var stop = window.AbortController ? new AbortController() : null;
    var wait = stop && setTimeout(function () { stop.abort(); }, PATIENCE);
    return fetch(form.dataset.save, Object.assign({
      method: "POST", credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)), signal: stop ? stop.signal : undefined
    }, extra)).finally(function () { clearTimeout(wait); });
  }
  /* → "saved", "differs", "refused" (a field is wrong, or it was handed in), "failed" */
  function push() {
    clearTimeout(timer);
    if (theirs) return Promise.resolve("differs");
    if (sending) return sending.then(push);
    var now = values();
    if (same(now, kept)) return Promise.resolve("saved");
    keep();
    say("busy", "正在保存");
    sending = post().then(function (response) {
      if (response.type === "opaqueredirect") throw "over";
      if (response.status === 409 || response.status === 422 || response.ok) {
        return response.json().then(function (said) { return heard(response.status, said, now); });
      }
      throw "failed";
    }).catch(function (why) {
      if (why === "over") say("fail", "登录过期，字存在本机。重新登录后接着写。");
      else say("fail", "没保存上，字存在本机", true);
      timer = setTimeout(push, AGAIN);
      return "failed";
    }).then(function (result) { sending = null; return result; });
    return sending;
  }
  function heard(status, said, sent) {
    if (status === 422) {
      say("fail", said.errors.title ? said.errors.title[0] : "有一处写得太长，没保存上");
      return "refused";
    }
    if (status === 409 && said.revision === undefined) {
      say("fail", said.message);
      return "refused";
    }
    if (status === 409) {
      meet(said);
      return "differs";
    }
    field("revision").value = said.revision;
    kept = sent;
    if (same(values(), kept)) drop(); else later();
    say("saved", "已保存 " + said.at);
    tellNames(said.names);
    return "saved";
  }
  function tellNames(names) {
    var place = document.getElementById("named");
    place.textContent = "";
    names.forEach(function (pair) {
      var line = document.createElement("span");
      line.className = "warm";
      line.append(icon("exclamation-triangle"), " 有“" + pair[0] + "”，出了学校会显示成“" + pair[1] + "”");
      place.append(line);
    });
  }

  /* ── Saved elsewhere meanwhile ── */
  function $(id) { return document.getElementById(id); }
  function meet(other) {
    theirs = other;
    $("conflict-title").textContent = other.title;
    $("conflict-body").textContent = other.body;
    $("conflict-at").textContent = other.at || "";
    $("conflict").hidden = false;
    say("fail", "在别处也改过，先选一份");
    $("conflict").focus();
    $("conflict").scrollIntoView({ block: "nearest" });
  }
  function leftOver(text) {
    $("left-over").hidden = !text;
    $("left-over-text").textContent = text;
  }
  document.querySelectorAll("[data-take]").forEach(function (button) {
    button.addEventListener("click", function () {
      if (!theirs) return;
      var other = theirs, mine = values(), how = button.dataset.take;
      theirs = null;
      field("revision").value = other.revision;
      kept = { title: other.title, body: other.body, may_publish: other.may_publish, named: other.named };
      if (how === "theirs") {
        fill(kept);
        leftOver(mine.body);
        drop();
        say("saved", "已保存 " + other.at);
      } else {
        if (how === "both") field("body").value = mine.body + "\n\n" + other.body;
        leftOver(how === "mine" ? other.body : "");
        field("body").dispatchEvent(new Event("input", { bubbles: true }));
        push();
      }
      $("conflict").hidden = true;
      field("body").focus();
    });
  });

  /* ── While one writes ── */
  function mirror() {
    document.querySelectorAll("[data-mirror]").forEach(function (place) {
      var text = field(place.dataset.mirror).value;
      if (place.dataset.mirror === "title") { place.textContent = text || "题目"; return; }
      place.textContent = "";
      text.split("\n").forEach(function (line) {
        if (!line.trim()) return;
        var p = document.createElement("p");
        p.textContent = line.trim();
        place.append(p);
      });
    });
  }
  ["input", "change"].forEach(function (kind) {
    form.addEventListener(kind, function (event) {
      if (event.target.name === "confirmed") return;
      mirror();
      if (same(values(), kept)) return;
      keep();
      if (!navigator.onLine) say("local", "没有网，已存本机");
      later();
    });
  });
  form.addEventListener("focusout", function () { if (!same(values(), kept)) push(); });
  window.addEventListener("online", function () { push(); });
  window.addEventListener("pagehide", function () {
    if (leaving || theirs || sending || same(values(), kept)) return;
    keep();
    post({ keepalive: true, signal: undefined }).catch(function () {});
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) window.location.reload(); });

  /* Handing in, or 存草稿: only once the server has the words, so that no answer can lose them. */
  form.addEventListener("submit", function (event) {
    if (leaving) return;
    event.preventDefault();
    var by = event.submitter || null;
    push().then(function (result) {
      if (result !== "saved" && result !== "refused") return;  // told beside the heading
      if (by && by.formAction && by.hasAttribute("formaction")) form.action = by.formAction;
      leaving = true;
      drop();
      setTimeout(function () {  // inside its own event a form is not sent
        if (form.requestSubmit) form.requestSubmit(); else form.submit();
      }, 0);
    });
  });
  document.addEventListener("submit", function (event) {
    var out = event.target;
    if (!out.matches('form[action$="/logout/"]') || leaving || same(values(), kept)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    push().then(function (result) {
      if (result !== "saved" && !window.confirm("有几句话还没存上，退出就没了。仍然退出吗？")) return;
      leaving = true;
      drop();
      out.submit();
    });
  }, true);

  /* ── Begin: words of this tab that did not reach the server ── */
  var before = copy();
  if (!$("conflict").hidden) kept.title = null;  // the server answered with both texts: this one is not kept
  if (before && !("bound" in form.dataset) && !same(before.values, kept)) {
    var server = Object.assign({ revision: field("revision").value, at: "" }, kept);
    fill(before.values);
    if (String(before.revision) === field("revision").value) push(); else meet(server);
  } else if (before && !("bound" in form.dataset)) drop();
  mirror();
})();
