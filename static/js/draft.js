/* What is typed into 记家访 is kept until it is submitted. visit.js draws the form's steps and lines; the two talk by
   events of the document:
     visit:restoring  {values, people, rows}: make the lines and chips these values need, before they are filled in
     visit:restored   the values are in the form: redraw what is shown of them
   and by window.visitDraft: collect() the values, restore(kept) them, save() now, carry(pupil) them to another family.
   The copy is in sessionStorage only: it ends with the tab, with the submission, and at sign-out (app.js). */
(function () {
  "use strict";
  var PREFIX = "visit:";
  var store = null;
  try { store = window.sessionStorage; } catch (e) { store = null; }  // refused by the browser: nothing is kept

  function drafts() {
    var keys = [];
    for (var i = 0; store && i < store.length; i++) if (store.key(i).indexOf(PREFIX) === 0) keys.push(store.key(i));
    return keys;
  }
  function read(key) {
    try { return JSON.parse(store.getItem(key)); } catch (e) { return null; }
  }

  /* The record has arrived: its copy goes. */
  var arrived = document.querySelector("[data-submitted]");
  if (arrived) drafts().forEach(function (key) {
    var draft = read(key);
    if (draft && draft.uuid === arrived.dataset.submitted) store.removeItem(key);
  });

  var form = document.querySelector("[data-visit-form]");
  if (!form) return;
  var owner = PREFIX + form.dataset.draft.split(":")[0] + ":";
  drafts().forEach(function (key) { if (key.indexOf(owner) !== 0) store.removeItem(key); });

  function fields() { return Array.prototype.slice.call(form.querySelectorAll("input, textarea, select")); }
  function keyFor(pupil) { return PREFIX + form.dataset.draft + ":" + pupil; }

  /* ── Between the form and an object ── */
  var SKIP = ["csrfmiddlewaretoken", "programme", "student", "colleague", "client_uuid"];
  var COUNTERS = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;
  function isKept(el) {
    return el.name && el.type !== "file" && SKIP.indexOf(el.name) < 0 && !COUNTERS.test(el.name);
  }
  function collect() {
    var values = {}, people = {}, rows = {};
    fields().forEach(function (el) {
      if (/-TOTAL_FORMS$/.test(el.name)) rows[el.name.replace("-TOTAL_FORMS", "")] = Number(el.value);
      if (!isKept(el)) return;
      values[el.name] = values[el.name] || [];
      if ((el.type === "checkbox" || el.type === "radio") && !el.checked) return;
      values[el.name].push(el.value);
      if (el.dataset.person) people[el.value] = el.dataset.person;
    });
    return { uuid: form.elements.client_uuid.value, values: values, people: people, rows: rows };
  }
  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail: detail })); }
  function restore(kept) {
    form.elements.client_uuid.value = kept.uuid;
    tell("visit:restoring", kept);
    fields().forEach(function (el) {
      var values = kept.values[el.name];
      if (!values || !isKept(el)) return;
      if (el.type === "checkbox" || el.type === "radio") el.checked = values.indexOf(el.value) >= 0;
      else if (values.length) el.value = values[0];
    });
    document.getElementById("restored").hidden = false;
    dirty = true;
    tell("visit:restored", kept);
  }

  /* ── The copy in this tab ── */
  var dirty = false, leaving = false, waiting = null;
  function say(text, css) {
    var state = document.getElementById("save-state");
    state.className = "save " + css;
    state.textContent = text;
  }
  function save() {
    clearTimeout(waiting);
    if (!dirty || leaving || !store) return;
    try {
      store.setItem(keyFor(form.dataset.pupil), JSON.stringify(collect()));
    } catch (e) {
      say("没能存在本机", "fail");
      return;
    }
    var time = new Date();
    say("已存本机 " + time.getHours() + ":" + ("0" + time.getMinutes()).slice(-2), "local");
  }
  /* To another family: the words go along. */
  function carry(pupil) {
    if (dirty && store) {
      store.setItem(keyFor(pupil), JSON.stringify(collect()));
      store.removeItem(keyFor(form.dataset.pupil));
    }
    leaving = true;
  }
  ["input", "change"].forEach(function (kind) {
    form.addEventListener(kind, function (event) {
      if (!isKept(event.target) || event.target.id === "family-search" || event.target.dataset.go) return;
      dirty = true;
      clearTimeout(waiting);
      waiting = setTimeout(save, 600);
    });
  });
  window.addEventListener("pagehide", save);
  document.addEventListener("submit", function (event) {
    if (event.target.matches('form[action$="/logout/"]')) leaving = true;
  });
  form.addEventListener("submit", save);
  form.ownerDocument.querySelector("[data-drop-draft]").addEventListener("click", function () {
    leaving = true;
    if (store) store.removeItem(keyFor(form.dataset.pupil));
    location.reload();
  });

  window.visitDraft = { collect: collect, restore: restore, save: save, carry: carry };

  /* visit.js listens by now. */
  document.addEventListener("DOMContentLoaded", function () {
    var kept = store && read(keyFor(form.dataset.pupil));
    if ("bound" in form.dataset) dirty = true; else if (kept) restore(kept);
    save();
  });
})();
