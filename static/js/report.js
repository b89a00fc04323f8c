/* The school's report: sections grow, save themselves one by one, number their lines; figures and sentences are put in
   at the caret. Without script the page has a save button. */
(function () {
  "use strict";
  var page = document.querySelector("[data-report]");
  if (!page || !window.fetch) return;
  var form = document.getElementById("report-form"), state = document.querySelector("[data-save-state]");
  var areas = Array.prototype.slice.call(page.querySelectorAll("[data-section]"));
  var PAUSE = 2000, AGAIN = [3000, 8000, 20000], tries = 0;
  var was = {}, timers = {}, sending = null, last = null, leaving = false;

  areas.forEach(function (area) {
    area.rows = 2;
    was[area.dataset.section] = area.classList.contains("bad") ? null : area.value;
    grow(area);
    chars(area);
  });
  window.addEventListener("resize", function () { areas.forEach(grow); });

  function grow(area) {
    var top = window.pageYOffset;
    area.style.height = "auto";
    area.style.height = area.scrollHeight + 2 + "px";
    window.scrollTo(window.pageXOffset, top);
  }
  function chars(area) {
    var place = page.querySelector('[data-chars="' + area.dataset.section + '"]');
    var count = area.value.replace(/\s/g, "").length;
    if (place) place.textContent = count ? count + "字" : "";
  }
  function say(text, css) {
    if (!state) return;
    state.className = "save" + (css ? " " + css : "");
    state.textContent = text;
  }
  function clash(area) { return page.querySelector('[data-clash="' + area.dataset.section + '"]'); }
  function isDirty(area) { return area.value !== was[area.dataset.section] && clash(area).hidden; }
  function dirty() { return areas.filter(isDirty); }

  /* ── saving ── */
  function save() {
    if (sending) return sending.then(save);
    var area = dirty()[0];
    if (!area) return Promise.resolve(!areas.some(function (one) { return !clash(one).hidden; }));
    sending = send(area).then(function (went) { sending = null; return went; });
    return sending.then(function (went) { return went ? save() : false; });
  }
  function send(area) {
    var section = area.dataset.section, text = area.value, body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("section", section);
    body.append("text", text);
    body.append("was", was[section] === null ? "" : was[section]);
    say("正在保存…", "local");
    return fetch(page.dataset.save, { method: "POST", body: body, credentials: "same-origin", redirect: "error" })
      .then(function (response) {
        var kind = response.headers.get("Content-Type") || "";
        if (!/json/.test(kind)) throw new Error(String(response.status));
        return response.json().then(function (answer) { return took(area, text, response.status, answer); });
      })
      .catch(function () {
        say(navigator.onLine === false ? "没有网络，连上后再存" : "没有存上，会再试", "fail");
        setTimeout(save, AGAIN[Math.min(tries++, AGAIN.length - 1)]);
        return false;
      });
  }
  function took(area, text, status, answer) {
    var section = area.dataset.section;
    tries = 0;
    if (status === 200) {
      was[section] = text;
      document.querySelectorAll("[data-revision]").forEach(function (input) { input.value = answer.revision; });
      say("已保存 " + answer.saved);
      area.classList.remove("bad");
      tell();
      return true;
    }
    if ("text" in answer) {
      differ(area, answer);
    } else {
      say(answer.message, "fail");
      area.classList.add("bad");
      if (answer.reload) leaving = true;
      was[section] = text;  // not sent again until it changes
      stopped = !answer.reload && section;
    }
    return false;
  }
  var stopped = false;
  function differ(area, answer) {
    var box = clash(area), section = area.dataset.section;
    say("别处改过，没有覆盖", "fail");
    box.hidden = false;
    box.querySelector("[data-clash-who]").textContent = answer.message + "下面是现在存着的：";
    box.querySelector("[data-clash-text]").textContent = answer.text || "（空的）";
    box.onclick = function (event) {
      var how = event.target.dataset && event.target.dataset.keep;
      if (!how) return;
      was[section] = answer.text;
      if (how === "theirs") area.value = answer.text;
      if (how === "both") area.value = answer.text + "\n" + area.value;
      box.hidden = true;
      changed(area);
      area.focus();
      save();
    };
    box.focus();
    box.scrollIntoView({ block: "center" });
  }

  /* The outline and the check list follow what is saved. */
  var telling = 0;
  function tell() {
    var number = ++telling;
    fetch(page.dataset.told, { credentials: "same-origin", redirect: "error" }).then(function (response) {
      return response.ok ? response.text() : "";
    }).then(function (html) {
      if (!html || number !== telling) return;
      var fresh = new DOMParser().parseFromString(html, "text/html");
      ["outline", "checks"].forEach(function (name) {
        var from = fresh.getElementById("told-" + name), to = document.getElementById("report-" + name);
        if (from && to) to.innerHTML = from.innerHTML;
      });
      here(last);
    }).catch(function () {});
  }

  /* ── while one writes ── */
  function changed(area) {
    grow(area);
    chars(area);
    clearTimeout(timers[area.dataset.section]);
    if (!isDirty(area)) return;
    stopped = false;
    say("还没有保存", "local");
    timers[area.dataset.section] = setTimeout(save, PAUSE);
  }
  page.addEventListener("input", function (event) {
    if (event.target.dataset.section) changed(event.target);
  });
  page.addEventListener("focusin", function (event) {
    var area = event.target;
    if (!area.dataset.section) return;
    last = area;
    here(area);
  });
  page.addEventListener("focusout", function (event) {
    if (event.target.dataset.section && isDirty(event.target)) save();
  });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  window.addEventListener("online", function () { tries = 0; save(); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("beforeunload", function (event) {
    if (leaving || (!dirty().length && !stopped)) return;
    event.preventDefault();
    event.returnValue = "";
  });
  function here(area) {
    document.querySelectorAll("[data-outline]").forEach(function (link) {
      var on = area && link.dataset.outline === area.dataset.section;
      link.classList.toggle("on", Boolean(on));
      if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  }

  /* 1. 2. 3. in numbered sections: Enter goes on with the next number, an empty number goes away. */
  var NUMBER = /^(\d{1,2})\. ?/;
  page.addEventListener("keydown", function (event) {
    var area = event.target;
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || !("numbered" in (area.dataset || {}))) return;
    var at = area.selectionStart, start = area.value.lastIndexOf("\n", at - 1) + 1;
    var line = area.value.slice(start, at), match = NUMBER.exec(line);
    if (!match) return;
    event.preventDefault();
    if (line.trim() === match[0].trim()) area.setRangeText("", start, at, "end");
    else area.setRangeText("\n" + (Number(match[1]) + 1) + ". ", at, area.selectionEnd, "end");
    changed(area);
  });
  function nextNumber(text) {
    var numbers = text.split("\n").map(function (line) { var m = NUMBER.exec(line); return m ? Number(m[1]) : 0; });
    return Math.max.apply(null, numbers.concat(0)) + 1;
  }

  /* ── putting in ── */
  page.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-insert]") : null;
    if (!button) return;
    var meant = button.dataset.to ? document.getElementById("section-" + button.dataset.to) : null;
    var area = meant && last !== meant ? meant : last || areas[areas.length - 1];
    put(area, button.dataset.insert, Boolean(meant));
  });
  function put(area, text, isSentence) {
    var fresh = document.activeElement !== area && area !== last;
    var at = fresh ? area.value.length : area.selectionStart, end = fresh ? at : area.selectionEnd;
    var before = area.value.slice(0, at);
    if (isSentence && "numbered" in area.dataset) {
      text = (before && !/\n$/.test(before) ? "\n" : "") + nextNumber(area.value) + ". " + text;
    }
    area.focus();
    area.setRangeText(text, at, end, "end");
    changed(area);
    say("放进去了，还没有保存", "local");
  }

  /* Buttons and links that need the words on the server first. */
  document.addEventListener("submit", function (event) {
    var out = event.target;
    if (!out.matches("[data-flush]") || out.dataset.saved || !dirty().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    save().then(function (whole) {
      if (!whole) return;
      out.dataset.saved = "1";
      leaving = true;
      if (out.requestSubmit) out.requestSubmit(); else out.submit();
    });
  }, true);
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[data-flush]") : null;
    if (!link || !dirty().length || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    save().then(function (whole) { if (whole) location.href = link.href; });
  });
  areas.forEach(function (area) { if (area.classList.contains("bad")) changed(area); });
})();
