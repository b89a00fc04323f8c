/* 记家访: the long form shown step by step. Without this script the page is one long form that works.
   What is typed is kept by draft.js (see there for the events between the two). */
(function () {
  "use strict";
  var form = document.querySelector("[data-visit-form]");
  if (!form) return;

  function $(selector, from) { return (from || document).querySelector(selector); }
  function $$(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }

  /* ── Steps ── */
  var sections = $$("section[data-step]", form);
  var back = $("[data-back]"), next = $("[data-next]"), send = $("[data-submit]");
  var at = 0;

  function place(id) {
    var target = id && document.getElementById(id);
    var beside = target && target.closest("[data-of-step]");
    var section = beside ? document.getElementById(beside.dataset.ofStep) : target && target.closest("section[data-step]");
    return { index: section ? sections.indexOf(section) : -1, target: target === section ? null : target };
  }

  function show(index, target) {
    at = index;
    sections.forEach(function (section, i) { section.hidden = i !== index; });
    $$("[data-of-step]", form).forEach(function (box) { box.hidden = box.dataset.ofStep !== sections[index].id; });
    $$("[data-step-mark]").forEach(function (mark, i) {
      mark.classList.toggle("now", i === index);
      mark.classList.toggle("past", i < index);
      if (i === index) mark.setAttribute("aria-current", "step"); else mark.removeAttribute("aria-current");
      $(".js-step-done", mark).hidden = i >= index;
    });
    back.hidden = index === 0;
    next.hidden = index === sections.length - 1;
    send.hidden = !next.hidden;
    label();
    summarise();
    if (sections[index].id === "review") look();
    if (!target) {
      window.scrollTo(0, 0);
      return;
    }
    var fold = target.closest("details"), line = target.closest("[data-line]");
    if (fold) fold.open = true;
    if (line) line.hidden = false;
    if (target.closest("#times")) openTimes();
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  }

  /* To the top of the window, below the bar that stays there. */
  function raise(element) {
    var bar = $(".top").getBoundingClientRect().height;
    window.scrollBy(0, element.getBoundingClientRect().top - bar - 12);
  }

  function go(index) {
    if (location.hash === "#" + sections[index].id) show(index);
    else location.hash = sections[index].id;
    $("h2", sections[index]).focus({ preventScroll: true });
  }

  window.addEventListener("hashchange", function () {
    var to = place(location.hash.slice(1));
    if (to.index >= 0) show(to.index, to.target); else if (!location.hash) show(0);
  });
  /* The same error link twice changes no hash. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (!link || link.getAttribute("href") !== location.hash) return;
    var to = place(location.hash.slice(1));
    if (to.index >= 0) { event.preventDefault(); show(to.index, to.target); }
  });
  back.addEventListener("click", function () { go(at - 1); });
  next.addEventListener("click", function () {
    var radio = at === 0 && chosenElsewhere(), fold = nextFold();
    if (radio) return visitFamily(radio);
    if (at === 0) begin();
    if (!fold) return go(at + 1);
    $$("[data-fold]", form).forEach(function (other) { other.open = other === fold; });
    $("textarea", fold).focus({ preventScroll: true });
    raise(fold);
    label();
  });

  /* ── 五栏 ── */
  var folds = $$("[data-fold]", form);
  var tick = $("#tick");
  function words(fold) { return $("textarea", fold).value.replace(/\s/g, ""); }
  function nextFold() {
    if (sections[at].id !== "record") return null;
    var open = -1;
    folds.forEach(function (fold, i) { if (fold.open) open = i; });
    return folds.filter(function (fold, i) { return i > open && !words(fold); })[0] || null;
  }
  function label() {
    var fold = nextFold();
    next.textContent = fold ? "下一项：" + fold.dataset.fold : sections[at].dataset.step;
  }
  function mark(fold) {
    var text = words(fold), sign = $("[data-fold-mark]", fold), line = $("[data-fold-line]", fold);
    sign.classList.toggle("no", !text);
    if (text) sign.replaceChildren(tick.content.cloneNode(true)); else sign.textContent = sign.dataset.number;
    line.textContent = text ? $("textarea", fold).value.trim() : line.dataset.prompt;
    line.hidden = fold.open;  // open, the words and the questions stand below
    $("[data-fold-count]", fold).textContent = text ? text.length + "字" : "";
  }
  folds.forEach(function (fold) {
    fold.addEventListener("toggle", function () { mark(fold); label(); });
    fold.addEventListener("input", function () { mark(fold); label(); });
  });

  /* ── Lines: opinions, promises, help given ── */
  var kinds = $$("[data-lines]", form).map(function (box) {
    var prefix = box.dataset.lines, button = $("[data-more]", box);
    var total = form.elements[prefix + "-TOTAL_FORMS"], most = Number(form.elements[prefix + "-MAX_NUM_FORMS"].value);
    function lines() { return $$("[data-line]", box); }
    function isWritten(line) {
      return $$("textarea, select, input:not([type=radio])", line).some(function (el) { return el.value.trim(); });
    }
    function another() {
      var last = lines().pop(), number = lines().length, line = last.cloneNode(true);
      [line].concat($$("*", line)).forEach(function (el) {
        ["id", "name", "for", "aria-describedby"].forEach(function (name) {
          var value = el.getAttribute(name);
          if (value) el.setAttribute(name, value.replace(new RegExp(prefix + "-\\d+-", "g"), prefix + "-" + number + "-"));
        });
      });
      $$("textarea, select, input:not([type=radio])", line).forEach(function (el) {
        el.value = "";
        el.classList.remove("is-invalid");
      });
      $$("input[type=radio]", line).forEach(function (el) { el.checked = el.defaultChecked; });
      $$(".invalid-feedback", line).forEach(function (el) { el.remove(); });
      last.after(line);
      total.value = number + 1;
      return line;
    }
    function draw() {
      var said = lines().filter(isWritten).length, out = $("[data-count-of='" + prefix + "']");
      if (out) out.textContent = said ? said + "条" : out.dataset.none;
      var words = $("span", button), any = lines().some(function (line) { return !line.hidden; });
      if (words && button.dataset.again) words.textContent = any ? button.dataset.again : button.dataset.first;
      button.hidden = lines().length >= most && !lines().some(function (line) { return line.hidden; });
    }
    lines().forEach(function (line) { line.hidden = "spare" in line.dataset; });
    $$("[data-count-of='" + prefix + "']").forEach(function (out) { out.dataset.none = out.textContent; });
    if ($("span", button)) button.dataset.first = $("span", button).textContent;
    button.addEventListener("click", function () {
      var line = lines().filter(function (one) { return one.hidden; })[0] || another();
      line.hidden = false;
      $("textarea, select", line).focus();
      draw();
    });
    box.addEventListener("input", draw);
    draw();
    return {
      prefix: prefix,
      grow: function (count) { while (lines().length < Math.min(count || 0, most)) another(); },
      redraw: function () {
        lines().forEach(function (line) { if (isWritten(line)) line.hidden = false; });
        draw();
      }
    };
  });

  /* ── Several children: words on each of the ticked ones ── */
  function drawChildren() {
    var ticked = $$("[data-sibling]:checked", form).map(function (input) { return input.value; });
    $$("[data-child]", form).forEach(function (fold) {
      fold.hidden = !("first" in fold.dataset) && ticked.indexOf(fold.dataset.child) < 0;
      $("[data-apart]", fold).hidden = !ticked.length;
    });
  }

  /* ── When: one line, and a fold to change it ── */
  function inShanghai(options) {
    return new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "Asia/Shanghai" }, options)).format(new Date());
  }
  function clockNow() { return inShanghai({ hour: "2-digit", minute: "2-digit" }); }
  function dayNow() { return inShanghai({ year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"); }
  var times = $("#times"), change = $("[data-times]"), startTouched = false;
  function openTimes(open) {
    times.hidden = open === false;
    change.setAttribute("aria-expanded", String(!times.hidden));
  }
  change.addEventListener("click", function () { openTimes(times.hidden); });
  form.elements.start.addEventListener("input", function () { startTouched = true; });
  form.elements.day.addEventListener("input", function () { startTouched = true; });
  /* 到家了: the visit begins now, unless its time is known better. */
  function begin() {
    var fresh = !("correction" in form.dataset) && !("bound" in form.dataset) && !("kept" in form.dataset);
    if (!fresh || startTouched || form.elements.end.value || form.elements.day.value !== form.dataset.today) return;
    if (form.dataset.today === dayNow()) {
      form.elements.start.value = clockNow();
      form.elements.start.dispatchEvent(new Event("change", { bubbles: true }));
    }
    startTouched = true;
  }
  function drawTime() {
    var day = form.elements.day.value, start = form.elements.start.value, end = form.elements.end.value;
    var today = day === form.dataset.today, minutes = span(start, end), text = "";
    if (day && !today) text = Number(day.slice(5, 7)) + "月" + Number(day.slice(8)) + "日 ";
    if (start && end) text += start + "–" + end + (minutes > 0 ? "，" + minutes + "分钟" : "");
    else if (start) {
      var passed = today && form.dataset.today === dayNow() ? span(start, clockNow()) : 0;
      text += start + "开始" + (passed > 0 ? "，已过" + passed + "分钟" : "");
    } else text += "还没填开始";
    $("[data-when-line]").textContent = text;
    $("[data-now]", form).hidden = Boolean(end);
  }
  function drawLate() {
    var day = form.elements.day.value, late = false;
    if (day) late = (Date.parse(form.dataset.today) - Date.parse(day)) / 864e5 > Number(form.dataset.lateDays);
    var box = $("[data-late]");
    if (!("correction" in form.dataset)) box.hidden = !late;
    else box.hidden = "notLate" in box.dataset;
  }
  var ahead = $$("[data-in-days]", form);
  ahead.forEach(function (button) {
    button.addEventListener("click", function () {
      ahead.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button && button.dataset.inDays !== "")); });
      var input = form.elements.follow_up_on, day = new Date(Date.parse(form.dataset.today) + Number(button.dataset.inDays) * 864e5);
      input.value = button.dataset.inDays ? day.toISOString().slice(0, 10) : "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });

  /* ── Families, colleagues, clock ── */
  var find = $("#family-search");
  if (find) find.addEventListener("input", function () {
    var rows = $$("[data-names]"), shown = 0, text = find.value.trim(), rest = $("[data-rest]");
    if (rest && text) rest.open = true;
    rows.forEach(function (row) {
      row.hidden = text !== "" && row.dataset.names.indexOf(text) < 0;
      if (!row.hidden) shown += 1;
    });
    $("[data-none]").hidden = shown > 0;
  });
  /* Another family: the words go along, the rest of the page comes fresh. A tap goes at once; with the arrow keys
     one walks through the list first, and 下一步 goes. */
  function visitFamily(radio) {
    if (window.visitDraft) window.visitDraft.carry(radio.value);
    location.assign(radio.dataset.go);
  }
  function chosenElsewhere() {
    var radio = $("input[data-go]:checked", form);
    return radio && radio.value !== form.dataset.pupil ? radio : null;
  }
  form.addEventListener("click", function (event) {
    if (event.detail && event.target.dataset.go && chosenElsewhere()) visitFamily(event.target);
  });

  var picked = $("[data-picked]"), found = $("#colleagues-found");
  function person(pk) { return $("input[name=others][value='" + pk + "']", picked); }
  function pick(pk, name) {
    var input = person(pk);
    if (!input) {
      var chip = $("#person-chip").content.firstElementChild.cloneNode(true);
      input = $("input", chip);
      input.value = pk;
      input.id = "person-" + pk;
      input.dataset.person = name;
      $("label", chip).setAttribute("for", input.id);
      $("[data-name]", chip).textContent = name;
      picked.prepend(chip);
    }
    input.checked = true;
  }
  found.addEventListener("change", function (event) {
    pick(event.target.value, event.target.dataset.person);
    found.replaceChildren();
    $("#colleague").value = "";
    $("#colleague").focus();
  });
  found.addEventListener("htmx:afterSwap", function () {
    $$("input", found).forEach(function (input) { if (person(input.value)) input.closest(".pick").remove(); });
  });

  $$("[data-now]").forEach(function (button) {
    button.addEventListener("click", function () {
      var input = document.getElementById(button.dataset.now);
      input.value = clockNow();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  /* Enter in a line goes on, it does not submit half a record. */
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !send.hidden) send.click();
  });

  /* ── Beside the form: what is chosen so far ── */
  function names(name) {
    return $$("input[name='" + name + "']:checked", form).map(function (input) {
      return input.closest(".pick").textContent.trim();
    });
  }
  function summarise() {
    var say = function (what, text) { var el = $("[data-say='" + what + "']"); if (el) el.textContent = text; };
    var start = form.elements.start.value, end = form.elements.end.value, minutes = span(start, end);
    say("time", start && end ? start + "–" + end + (minutes > 0 ? "，" + minutes + "分钟" : "") : "还没填完");
    say("mode", names("mode").join(""));
    say("home", names("at_home").join("、") || "还没选");
    var ticked = 0;
    $$("[data-check-group]", form).forEach(function (group) {
      var all = $$("input", group), on = all.filter(function (input) { return input.checked; }).length;
      if (group.dataset.word === "聊到了") ticked += on;
      $(".opt", group).textContent = group.dataset.word + " " + on + "/" + all.length;
    });
    say("checks", ticked ? ticked + "项" : "还没勾");
    $("[data-kind-said]").textContent = names("kind").join("");
    $$("[data-filled-of]", form).forEach(function (out) {
      var filled = $$(out.dataset.filledOf + " textarea").filter(function (el) { return el.value.trim(); }).length;
      out.textContent = filled ? "写了" + filled + "项" : "选填";
    });
    drawTime();
    drawLate();
    drawChildren();
  }
  function span(start, end) {
    var minutes = function (text) { return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)); };
    return start && end ? minutes(end) - minutes(start) : 0;
  }
  $$("[data-summary]").forEach(function (el) { el.hidden = false; });

  var looking = null;
  function look() {
    clearTimeout(looking);
    looking = setTimeout(function () { if (window.htmx) window.htmx.trigger("#look", "look"); }, 150);
  }

  ["input", "change"].forEach(function (kind) {
    form.addEventListener(kind, function (event) {
      if (event.target.id === "colleague" || event.target.id === "family-search" || event.target.dataset.go) return;
      summarise();
      if (sections[at].id === "review") { clearTimeout(looking); looking = setTimeout(look, 900); }
    });
  });

  /* ── Kept words come back (draft.js) ── */
  document.addEventListener("visit:restoring", function (event) {
    kinds.forEach(function (kind) { kind.grow(event.detail.rows[kind.prefix]); });
    Object.keys(event.detail.people).forEach(function (pk) { pick(pk, event.detail.people[pk]); });
  });
  document.addEventListener("visit:restored", function () {
    form.dataset.kept = "";
    kinds.forEach(function (kind) { kind.redraw(); });
    folds.forEach(mark);
    label();
    summarise();
    if (sections[at].id === "review") look();
  });

  /* ── Begin ── */
  folds.forEach(mark);
  openTimes(Boolean($(".invalid-feedback", times)));
  kinds.forEach(function (kind) { kind.redraw(); });
  setInterval(drawTime, 30000);
  var first = $("#mistakes a"), here = place(first ? first.getAttribute("href").slice(1) : location.hash.slice(1));
  show(Math.max(here.index, 0));
  if (first) $("#mistakes").focus();
})();
