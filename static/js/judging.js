/* A judge's sheet: the weighted total as one types, points by one tap, Enter to the next line, Ctrl+Enter saves, and a
   question before points that are not saved are left behind. Everything also works without this file. */
(function () {
  "use strict";
  var form = document.querySelector("[data-judging]");
  if (!form) return;
  var lines = Array.prototype.slice.call(form.querySelectorAll("[data-weight]"));
  var total = form.querySelector("[data-total]"), copy = document.querySelector("[data-total-copy]");
  var weights = Number(total.dataset.weights), typed = false;

  function draw() {
    var sum = 0, all = true;
    lines.forEach(function (line) {
      var points = line.value === "" ? NaN : Number(line.value);
      if (!(points >= 0 && points <= Number(line.dataset.max))) all = false;
      else sum += Number(line.dataset.weight) * points / Number(line.dataset.max);
      form.querySelectorAll('[data-tap="' + line.id + '"]').forEach(function (tap) {
        tap.setAttribute("aria-pressed", String(line.value !== "" && Number(tap.value) === points));
      });
    });
    var text = all ? String(Math.round(sum * 100000 / weights) / 1000) : "–";
    if (total.textContent !== text) total.textContent = text;
    if (copy) copy.textContent = text;
  }
  form.addEventListener("input", function () { typed = true; draw(); });
  form.addEventListener("click", function (event) {
    var tap = event.target.closest && event.target.closest("[data-tap]");
    if (!tap) return;
    document.getElementById(tap.dataset.tap).value = tap.value;
    typed = true;
    draw();
  });
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit ? form.requestSubmit() : form.submit();
    } else if (lines.indexOf(event.target) >= 0) {
      event.preventDefault();
      var next = lines[lines.indexOf(event.target) + 1] || form.querySelector("textarea");
      if (next) next.focus();
    }
  });
  form.addEventListener("submit", function () { typed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!typed) return;
    event.preventDefault();
    event.returnValue = "";
  });
  draw();
})();
