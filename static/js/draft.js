/* What is typed into 记家访 is kept until it is submitted: first in this tab (sessionStorage, at once), sealed on this
   device (vault.js, at once), then on the server (after 2 seconds' rest). docs/decisions/0010-drafts.md says why.
   visit.js draws the form's steps and lines; the two talk by events of the document:
     visit:restoring  {values, people, rows}: make the lines and chips these values need, before they are filled in
     visit:restored   the values are in the form: redraw what is shown of them
   and by window.visitDraft: collect() the values, restore(kept) them, save() now, carry(pupil) them to another family.

   A copy: {id, seq} who wrote it and the how-manieth change it was; seen {id: seq} whose changes it contains; base the
   state of the server it goes on from and was the values of that; dirty: the server lacks something; doc: the words. */
(function () {
  "use strict";
  var PREFIX = "visit:", SENT = "visit-sent", REST = 2000, LONGEST = 10000, PATIENCE = 15000;
  var vault = window.visitVault && window.visitVault.can ? window.visitVault : null;
  var store = null;
  try { store = window.sessionStorage; } catch (e) { store = null; }  // refused by the browser

  function read(key) {
    try { return JSON.parse(store.getItem(key)); } catch (e) { return null; }
  }
  function keys() {
    var found = [];
    for (var i = 0; store && i < store.length; i++) if (store.key(i).indexOf(PREFIX) === 0) found.push(store.key(i));
    return found;
  }

  /* The record has arrived: copies of it go, except words that came after. */
  var arrived = document.querySelector("[data-submitted]");
  if (arrived) {
    var sent = store && store.getItem(SENT), number = arrived.dataset.submitted;
    keys().forEach(function (key) {
      var copy = read(key);
      if (copy && copy.uuid === number && (!copy.dirty || copy.id === sent)) store.removeItem(key);
    });
    if (vault) vault.arrived(number, sent).catch(function () {});
  }

  var form = document.querySelector("[data-visit-form]"), page = document.getElementById("draft-page");
  if (!form || !page) return;
  var compare = window.visitCompare;
  var told = page.dataset, given = document.getElementById("draft-data");
  var key = PREFIX + told.owner + ":" + told.slot, carryKey = PREFIX + told.owner + ":carry";
  keys().forEach(function (name) { if (name.indexOf(PREFIX + told.owner + ":") !== 0) store.removeItem(name); });

  function $(id) { return document.getElementById(id); }
  function fields() { return Array.prototype.slice.call(form.querySelectorAll("input, textarea, select")); }
  function clock(at) {
    return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }).format(at);
  }

  /* ── Between the form and a document ── */
  var SKIP = ["csrfmiddlewaretoken", "programme", "student", "colleague", "client_uuid"];
  var unplaced = {}, spare = [];  // values this page has no field for; words not taken in a comparison
  function isKept(el) {
    return el.name && ["file", "hidden", "submit", "button", "search"].indexOf(el.type) < 0 && SKIP.indexOf(el.name) < 0;
  }
  function isChoice(el) { return el.type === "checkbox" || el.type === "radio"; }
  function isText(el) { return el.type === "textarea" || el.type === "text"; }
  function labelOf(el) {
    var label = el.labels && el.labels[0], line = /-(\d+)-/.exec(el.name);
    return (label ? label.textContent.trim() : el.name) + (line ? " " + (Number(line[1]) + 1) : "");
  }
  function collect() {
    var values = Object.assign({}, unplaced.values), labels = Object.assign({}, unplaced.labels), people = {}, rows = {};
    fields().forEach(function (el) {
      if (/-TOTAL_FORMS$/.test(el.name)) rows[el.name.replace("-TOTAL_FORMS", "")] = Number(el.value);
      if (!isKept(el)) return;
      values[el.name] = values[el.name] || [];
      if (isChoice(el) && !el.checked) return;
      if (el.multiple) return Array.prototype.push.apply(values[el.name], Array.from(el.selectedOptions, function (o) { return o.value; }));
      values[el.name].push(el.value);
      if (isText(el) && el.value) labels[el.name] = labelOf(el);
      if (el.dataset.person) people[el.value] = el.dataset.person;
    });
    var device = window.matchMedia("(max-width: 760px)").matches ? "手机" : "电脑";
    return { values: values, labels: labels, people: people, rows: rows, spare: spare, device: device, from: [me.id, me.seq] };
  }
  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail: detail })); }
  function restore(kept) {
    tell("visit:restoring", kept);
    fields().forEach(function (el) {
      var values = kept.values[el.name];
      if (!isKept(el) || !values) return;
      if (isChoice(el)) el.checked = values.indexOf(el.value) >= 0;
      else if (el.multiple) Array.from(el.options).forEach(function (o) { o.selected = values.indexOf(o.value) >= 0; });
      else if (values.length && el.value !== values[0]) el.value = values[0];
    });
    setAside(kept, names());
    tell("visit:restored", kept);
  }
  /* Words this page has no field for, and words not taken in a comparison, stay with the document. */
  function setAside(kept, here) {
    unplaced = { values: {}, labels: {} };
    Object.keys(kept.values).forEach(function (name) {
      if (here[name] || !kept.values[name].length) return;
      unplaced.values[name] = kept.values[name];
      if ((kept.labels || {})[name]) unplaced.labels[name] = kept.labels[name];
    });
    spare = kept.spare || [];
    showSpare();
  }
  function names() {
    return fields().filter(isKept).reduce(function (all, el) { all[el.name] = true; return all; }, {});
  }
  function showSpare() {
    var box = $("draft-spare"), list = box.querySelector("dl"), lines = spare.slice();
    Object.keys(unplaced.labels || {}).forEach(function (name) {
      lines.push({ label: unplaced.labels[name], text: unplaced.values[name].join("\n") });
    });
    list.replaceChildren();
    lines.forEach(function (one) {
      var term = document.createElement("dt"), text = document.createElement("dd");
      term.textContent = one.label;
      text.textContent = one.text;
      list.append(term, text);
    });
    box.hidden = !lines.length;
  }

  /* ── The copies on this device ── */
  var me = {
    id: Math.random().toString(36).slice(2) + Date.now().toString(36), seq: 0, seen: {}, owner: told.owner, slot: told.slot,
    uuid: told.uuid, base: "", was: {}, dirty: false, at: Date.now(), doc: null,
    place: { programme: form.elements.programme.value, student: form.dataset.pupil, visit: told.visit }
  };
  var adopted = [], sealing = false, sealAgain = false, isKeptHere = Boolean(store);
  function keep() {
    me.at = Date.now();
    if (store) {
      try { store.setItem(key, JSON.stringify(me)); isKeptHere = true; } catch (e) { isKeptHere = false; }
    }
    if (vault) seal();
  }
  function seal() {
    if (sealing) { sealAgain = true; return; }
    sealing = true;
    vault.put(me).then(function () {
      var old = adopted.splice(0);
      return vault.remove(old);
    }).catch(function () { vault = null; }).then(function () {
      sealing = false;
      if (sealAgain) { sealAgain = false; if (vault) seal(); }
    });
  }
  function see(writer) {
    if (writer && writer[0]) me.seen[writer[0]] = Math.max(me.seen[writer[0]] || 0, writer[1]);
  }
  function has(seen, writer) { return Boolean(writer && writer[0]) && (seen[writer[0]] || -1) >= writer[1]; }

  /* ── Where the words stand ── */
  function say(text, css, act) {
    var state = $("save-state"), child = document.createTextNode(text);
    if (state.hasAttribute("data-hold") && css !== "fail") return;  // a submission waits for photos and says so here
    if (act) {
      child = document.createElement(act.href ? "a" : "button");
      child.textContent = text;
      if (act.href) child.href = act.href; else { child.type = "button"; child.className = "reveal p-0"; child.onclick = act; }
    }
    if (state.textContent !== text) state.replaceChildren(child);
    state.className = "save " + css;
  }
  function sayLocal() {
    if (comparing) return;
    if (!isKeptHere && !vault) return say("没能存在本机", "fail");
    if (!vault) return say(navigator.onLine ? "已存本机（这个页面关掉就没了）" : "没有网络，只存在这个页面里", "local");
    say("已存本机 " + clock(me.at) + (navigator.onLine ? "" : "（没有网络）"), "local");
  }
  function note(name) {
    page.querySelectorAll("[data-note]").forEach(function (el) { el.hidden = el.dataset.note !== name; });
    return name && page.querySelector("[data-note=" + name + "]");
  }
  function loginUrl() { return told.login + "?next=" + encodeURIComponent(location.pathname + location.search + location.hash); }
  function expired() {
    say("登录过期，去登录", "fail", { href: loginUrl() });
    note("expired").querySelector("a").href = loginUrl();
  }

  /* ── To the server ── */
  var timer = null, latest = null, sending = null, tries = 0, comparing = false, gone = false, halted = false, healing = false, leaving = false;
  function url(name) { return told[name || "url"].replace(told.uuid, me.uuid); }
  function token() { return form.elements.csrfmiddlewaretoken.value; }
  function ask(method, body, options) {
    var control = window.AbortController ? new AbortController() : null;
    var patience = control && setTimeout(function () { control.abort(); }, PATIENCE);
    return fetch(url() + (method === "GET" && told.visit ? "?visit=" + told.visit : ""), Object.assign({
      method: method, credentials: "same-origin", redirect: "manual", cache: "no-store", body: body,
      signal: control ? control.signal : undefined, headers: { "Content-Type": "application/json", "X-CSRFToken": token() }
    }, options)).then(function (response) {
      if (response.type === "opaqueredirect") return { status: "expired" };
      if (response.status > 501) return { status: "dead" };  // a proxy without its server
      return response.json().catch(function () { return {}; }).then(function (answer) {
        return { status: response.status, answer: answer };
      });
    }, function () { return { status: "dead" }; }).then(function (result) {
      clearTimeout(patience);
      return result;
    });
  }
  /* → "saved", "dead", "expired", "differs", "submitted", "refused" */
  function push(last) {
    clearTimeout(timer);
    latest = null;
    if (comparing) return Promise.resolve("differs");
    if (gone) return Promise.resolve("submitted");
    if (sending && !last) return sending.then(function (result) { return me.dirty && result === "saved" ? push() : result; });
    if (!me.dirty || halted) return look();
    var seq = me.seq, values = me.doc.values;
    var body = JSON.stringify(Object.assign({ owner: me.owner, base: me.base, data: me.doc }, me.place));
    var slow = setTimeout(function () { say("正在保存", "local"); }, 400);
    var mine = sending = ask("POST", body, { keepalive: Boolean(last) && body.length < 20000 }).then(function (result) {
      clearTimeout(slow);
      if (sending === mine) sending = null;
      if (result.status !== 200) return other(result);
      me.base = result.answer.base;
      me.was = values;
      me.dirty = me.seq !== seq;
      tries = 0;
      healing = false;
      note("");
      keep();
      if (me.dirty) later(); else say("已保存 " + result.answer.saved, "");
      return "saved";
    });
    return mine;
  }
  /* Nothing to save: does the server still know what we know. */
  function look() {
    return ask("GET").then(function (result) {
      if (result.status !== 200) return other(result);
      tries = 0;
      return known(result.answer);
    });
  }
  function known(answer) {
    if (answer.owner !== me.owner) return stranger();
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (el) { el.value = answer.csrf; });
    document.querySelector("meta[name=csrf-token]").content = answer.csrf;
    note("");
    if (answer.submitted) return submitted(answer.submitted);
    if (halted) {
      halted = false;
      return push();
    }
    if (!answer.base || answer.base === me.base) return "saved";
    return me.dirty ? "saved" : newer(answer);  // a save will find out
  }
  function other(result) {
    var answer = result.answer || {};
    if (result.status === "expired") { expired(); return "expired"; }
    if (result.status === 409) return newer(answer);
    if (result.status === 410) return submitted(answer.submitted);
    if (result.status === 403 && answer.owner === false) return stranger();
    if (result.status === 403 && !healing) {  // signed in anew meanwhile: another token
      healing = true;
      return look().then(function (how) { return how === "saved" && me.dirty ? push() : how; });
    }
    if (result.status === "dead") {
      if (navigator.onLine) say("没保存上，重试", "fail", function () { tries = 0; push(); }); else sayLocal();
      again();
      return "dead";
    }
    say(answer.error ? "没保存上：" + answer.error : "没保存上，重试", "fail", function () { push(); });
    again();
    return "refused";
  }
  function stranger() {
    halted = true;
    say("登录的是别人", "fail");
    note("stranger").querySelector("a").href = loginUrl();
    return "expired";
  }
  function submitted(record) {
    gone = true;
    note("submitted").querySelector("a").href = record;
    say("已经提交过", "local");
    return "submitted";
  }
  function again() {
    clearTimeout(timer);
    timer = setTimeout(push, Math.min(60000, 3000 * Math.pow(2, Math.min(tries++, 5))));
  }
  function later() {
    clearTimeout(timer);
    latest = latest || Date.now() + LONGEST;
    timer = setTimeout(push, Math.max(0, Math.min(REST, latest - Date.now())));
  }

  /* ── Two versions ── */
  function newer(theirs) {
    if (comparing) return "differs";
    if (!me.dirty) {  // nothing of ours the server lacks
      take(theirs);
      return "differs";
    }
    if (has(me.seen, theirs.data.from)) {  // an earlier save of these same words, its answer was lost
      me.base = theirs.base;
      return me.dirty ? push() : "saved";
    }
    var heads = { mine: "这里写的 " + clock(me.at), theirs: "已保存的（" + (theirs.data.device || "另一处") + " " + theirs.saved + "）" };
    return meet(theirs.data, theirs.data.from, me.was, heads, function () {
      me.base = theirs.base;
      me.was = theirs.data.values;
    });
  }
  function take(theirs) {
    me.base = theirs.base;
    me.was = theirs.data.values;
    see(theirs.data.from);
    restore(theirs.data);
    me.doc = collect();
    me.dirty = false;
    keep();
    say("已保存 " + theirs.saved, "");
  }
  /* Ours with theirs: what only one side changed is taken from there; for the rest somebody has to choose. */
  function meet(theirs, from, was, heads, then) {
    var met = compare.merge(me.doc, theirs, was);
    function settle(doc) {
      then();
      see(from);
      restore(doc);
      changed(true);
    }
    if (!met.differ.length) {
      settle(met.doc);
      return push();
    }
    comparing = true;
    say("两处写的不一样，选一下", "fail");
    compare.ask(met.differ, heads, function (one) {
      return describe(one, theirs);
    }).then(function (chosen) {
      comparing = false;
      var now = compare.merge(me.doc, theirs, was).doc;  // words typed while choosing are ours too
      met.differ.forEach(function (one) {
        var choice = chosen[one.name], mine = me.doc.values[one.name] || [];
        if (choice.how === "theirs" && !compare.same(mine, one.mine)) choice.spare = mine.join("\n");
        if (choice.how === "both") choice.values = compare.together(Object.assign({}, one, { mine: mine }));
        now.values[one.name] = choice.how === "mine" ? mine : choice.values;
        if (choice.spare) now.spare = now.spare.concat([{ label: describe(one, theirs).label, text: choice.spare }]);
      });
      settle(now);
      push();
      next();
      $("draft-spare").scrollIntoView({ block: "nearest" });
    });
    $("draft-compare").querySelector("h2").focus();
    return "differs";
  }
  function describe(one, theirs) {
    var inputs = fields().filter(function (el) { return el.name === one.name; }), first = inputs[0];
    function shown(values) {
      return values.map(function (value) {
        var el = inputs.filter(function (input) { return isChoice(input) && input.value === value; })[0];
        var option = first && first.options && Array.from(first.options).filter(function (o) { return o.value === value; })[0];
        if (el) return value === "on" ? "已勾" : el.closest(".pick") ? el.closest(".pick").textContent.trim() : labelOf(el);
        return option ? option.textContent.trim() : (theirs.people || {})[value] || value;
      }).join(first && isChoice(first) ? "、" : "\n");
    }
    var group = first && first.closest("fieldset") && first.closest("fieldset").querySelector("legend");
    var label = first && isChoice(first) && group ? group.textContent.trim() : first ? labelOf(first) : "";
    var text = first ? isText(first) : true;
    return {
      label: label || (theirs.labels || {})[one.name] || (me.doc.labels || {})[one.name] || one.name, isText: text,
      canBoth: text || Boolean(first && (first.multiple || first.type === "checkbox" && inputs.length > 1)),
      mine: shown(one.mine), theirs: shown(one.theirs)
    };
  }

  /* ── While one writes ── */
  var touched = false;  // by hand: a clock on the page is no draft
  function changed(force) {
    if (!force && !touched) return false;
    var doc = collect();
    if (!force && compare.same(Object.entries(doc.values), Object.entries(me.doc.values))) return false;
    leaving = false;
    me.seq += 1;
    me.seen[me.id] = me.seq;
    doc.from = [me.id, me.seq];
    me.doc = doc;
    me.dirty = true;
    keep();
    return true;
  }
  function save() {
    if (!me.doc) return;
    if (changed()) sayLocal();
    if (me.dirty) later();
  }
  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (event.target.form !== form && !form.contains(event.target)) return;
      if (!isKept(event.target)) return;
      touched = true;
      save();
      setTimeout(save, 0);  // what visit.js makes of it
    });
  });
  form.addEventListener("focusout", function () { if (me.doc && me.dirty && latest) push(); });
  form.addEventListener("click", function () { setTimeout(save, 0); });
  function last() {
    if (!me.doc || leaving) return;
    changed();
    if (me.dirty && !gone && !comparing) push(true);
  }
  window.addEventListener("pagehide", last);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") last();
    else if (me.doc && !sending && !comparing && !gone) push();
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    leaving = passing = false;
    if (me.doc) push();
  });
  window.addEventListener("online", function () { tries = 0; if (me.doc && me.dirty) push(); });
  window.addEventListener("offline", function () { if (me.doc && me.dirty) sayLocal(); });
  document.addEventListener("session:over", function (event) {  // app.js: htmx met the sign-in page
    event.preventDefault();
    expired();
  });

  /* To another family: the words go along. */
  function carry(pupil) {
    if (!me.doc) return;
    changed();
    if (store && (me.dirty || me.base)) store.setItem(carryKey, JSON.stringify(Object.assign({ to: String(pupil) }, me)));
    leaving = true;
  }

  /* ── Submitting: only once the server has the words, so that no answer can lose them ── */
  var passing = false;
  form.addEventListener("submit", function (event) {
    var by = event.submitter;
    if (passing || !window.fetch || !me.doc || by && by.hasAttribute("formaction")) return;
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    changed();
    push().catch(function () { return "refused"; }).then(function (result) {
      form.removeAttribute("aria-busy");
      if (result === "saved" || result === "refused") return pass(by);
      if (result === "dead") note("dead");
      var place = result === "differs" ? $("draft-compare").querySelector("h2") : page.querySelector("[data-note]:not([hidden])");
      if (result === "differs" && $("draft-compare").hidden) place = note("taken");
      if (place) { place.focus(); place.scrollIntoView({ block: "center" }); }
    });
  });
  function pass(by) {
    passing = leaving = true;
    if (store) store.setItem(SENT, me.id);
    if (form.requestSubmit) form.requestSubmit(by || undefined); else form.submit();
    setTimeout(function () { passing = false; }, 3000);
  }

  /* ── Signing out: the words first ── */
  document.addEventListener("submit", function (event) {
    var out = event.target;
    if (!out.matches('form[action$="/logout/"]') || !me.doc || out.dataset.anyway) return;
    changed();
    if (!me.dirty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    push().then(function (result) {
      if (result === "saved" || result === "submitted") return leave(out);
      var box = note(vault ? "signout" : "signout-lost");
      box.querySelector("[data-anyway]").onclick = function () { leave(out); };
      box.scrollIntoView({ block: "center" });
      box.focus();
    });
  }, true);
  function leave(out) {
    leaving = true;
    out.dataset.anyway = "1";
    if (out.requestSubmit) out.requestSubmit(); else out.submit();
  }

  /* 清空重写: the server keeps what is deleted for some days. */
  function drop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    changed();
    push().then(function (result) {
      if (result === "submitted") return {};
      if (result !== "saved") throw result;
      return fetch(told.dropUrl.replace(told.uuid, me.uuid), {
        method: "POST", credentials: "same-origin", redirect: "error",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() }
      });
    }).then(function () {
      leaving = true;
      if (store) { store.removeItem(key); store.removeItem(carryKey); }
      return vault && vault.of(me.owner).then(function (copies) {
        return vault.remove(copies.filter(function (copy) { return copy.slot === me.slot; }));
      });
    }).then(function () { location.reload(); }, function () { note("kept"); });
  }
  document.querySelectorAll("[data-drop-draft]").forEach(function (el) { el.addEventListener("click", drop); });

  window.visitDraft = { collect: collect, restore: restore, save: save, carry: carry };

  /* ── Begin: the form as it came, the server's draft, this tab's copy, other copies on this device ── */
  var waiting = [];
  /* The form goes on from this copy; if the server has gone on too, the next save finds out. */
  function start(copy) {
    me.seen = Object.assign({}, copy.seen);
    me.was = copy.was;
    me.base = copy.base;
    restore(copy.doc);
    changed(true);
    adopted.push(copy);
  }
  function bring(copy) {
    if (!copy.dirty || has(me.seen, [copy.id, copy.seq])) adopted.push(copy);
    else if (!me.dirty) start(copy);
    else waiting.push({ copy: copy, heads: { mine: "这里写的 " + clock(me.at), theirs: "本机另一个窗口 " + clock(copy.at) } });
  }
  function next() {
    var one = waiting.shift();
    if (!one) return;
    var copy = one.copy, was = copy.base === me.base && copy.slot === me.slot ? me.was : {};
    var how = meet(copy.doc, [copy.id, copy.seq], was, one.heads, function () { adopted.push(copy); });
    if (how !== "differs") next();
  }
  function fromOtherFamily(carried) {
    if (!me.base && !me.dirty) {
      me.uuid = form.elements.client_uuid.value = carried.uuid;  // its photos come along
      start(carried);
    } else {
      waiting.push({ copy: carried, heads: { mine: "这一家已有的", theirs: "从上一家带来的" } });
    }
    if (store) store.removeItem(PREFIX + told.owner + ":" + carried.slot);
  }

  document.addEventListener("DOMContentLoaded", function () {  // visit.js listens by now
    var kept = store && read(key), carried = store && read(carryKey), isBound = "bound" in form.dataset;
    if (store) store.removeItem(carryKey);
    me.doc = collect();
    me.base = told.base;
    if (isBound) {
      me.uuid = form.elements.client_uuid.value;
      if (kept) {
        me.seen = kept.seen;
        me.was = kept.was;
        me.base = kept.base;
        setAside(kept.doc, names());
        adopted.push(kept);
      }
      changed(true);
    } else {
      me.uuid = form.elements.client_uuid.value = told.uuid;
      if (given) take({ base: told.base, data: JSON.parse(given.textContent), saved: told.saved });
      if (kept) bring(kept);
      if (carried && carried.to === form.dataset.pupil && carried.slot !== me.slot) fromOtherFamily(carried);
    }
    begun();
    if (vault) vault.of(told.owner).then(function (copies) {
      copies.sort(function (a, b) { return b.at - a.at; }).forEach(function (copy) {
        if (copy.id === me.id) return;
        if (copy.slot === me.slot) bring(copy); else if (copy.dirty) outbox(copy);
      });
      begun();
      if (adopted.length) keep();
    }).catch(function () { vault = null; });
  });
  function begun() {
    if (!("bound" in form.dataset) && (given || me.dirty)) $("restored").hidden = false;  // a save meanwhile hides nothing
    if (me.dirty && !comparing) { sayLocal(); push(); }
    if (!comparing) next();
  }
  /* Words of another family that never reached the server. If they meet a newer draft there, they wait for that form. */
  function outbox(copy) {
    var body = JSON.stringify(Object.assign({ owner: copy.owner, base: copy.base, data: copy.doc }, copy.place));
    fetch(told.url.replace(told.uuid, copy.uuid), {
      method: "POST", credentials: "same-origin", redirect: "error", body: body,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() }
    }).then(function (response) { if (response.ok) return vault.remove([copy]); }).catch(function () {});
  }
})();
