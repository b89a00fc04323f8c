/* The desk's table: ticked schools bring up the bar of acts, shift takes a row of them, Esc lets go. Without script the
   bar always stands there and the boxes work by themselves. On the phone a button folds the filters.
   紧凑 draws the rows lower; the choice is kept in this browser, for each person. */
(function () {
  "use strict";
  document.querySelectorAll("[data-fold]").forEach(function (button) {
    var part = document.getElementById(button.dataset.fold);
    button.addEventListener("click", function () {
      var open = part.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    });
  });

  document.querySelectorAll("[data-tight]").forEach(function (button) {
    var table = document.getElementById(button.getAttribute("aria-controls")), key = button.dataset.tight;
    function draw(on) {
      button.setAttribute("aria-pressed", String(on));
      if (table) table.classList.toggle("tight", on);
    }
    try { draw(localStorage.getItem(key) === "on"); } catch (error) { /* no storage */ }
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      draw(on);
      try { localStorage.setItem(key, on ? "on" : "off"); } catch (error) { /* no storage */ }
    });
  });

  var form = document.querySelector("[data-picks]");
  if (!form) return;
  var bar = form.querySelector(".picks"), said = form.querySelector("[data-picks-said]");
  var page = form.querySelector("[data-picks-page]"), all = form.querySelector("[data-picks-all]");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("tbody input[name=school]"));
  var last = null;

  function ticked() { return boxes.filter(function (box) { return box.checked; }); }

  function show() {
    var number = ticked().length, every = all.checked;
    boxes.forEach(function (box) { box.closest("tr").classList.toggle("sel", box.checked); });
    bar.classList.toggle("on", number > 0);
    page.checked = number === boxes.length;
    page.indeterminate = number > 0 && number < boxes.length;
    said.textContent = every ? "已选筛出的全部" : number ? "已选 " + number + " 所" : "";
  }

  function tickEach(some, on) {
    some.forEach(function (box) { box.checked = on; });
    if (!on) all.checked = false;
  }

  boxes.forEach(function (box, at) {
    box.addEventListener("click", function (event) {
      if (event.shiftKey && last !== null) {
        tickEach(boxes.slice(Math.min(last, at), Math.max(last, at) + 1), box.checked);
      }
      last = at;
    });
    box.addEventListener("change", function () { if (!box.checked) all.checked = false; });
  });

  form.addEventListener("change", function (event) {
    if (event.target === page) tickEach(boxes, page.checked);
    if (event.target === all) tickEach(boxes, all.checked);
    show();
  });
  form.addEventListener("click", function (event) {
    if (event.target.matches("input[name=school]")) setTimeout(show, 0);
  });

  function none() {
    tickEach(boxes, false);
    show();
    (boxes[last === null ? 0 : last] || page).focus();
  }

  form.querySelector("[data-picks-none]").addEventListener("click", none);
  form.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && ticked().length) none();
  });
  window.addEventListener("pageshow", show);  // the browser may have kept the ticks
  show();
})();
