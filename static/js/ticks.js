/* A list of ticks: find by name, tick all that are shown, count. Without script the list is whole and a button of its
   own ticks everybody. */
(function () {
  "use strict";
  var form = document.querySelector("[data-ticks]");
  if (!form) return;
  var rows = Array.prototype.slice.call(form.querySelectorAll("[data-tick]"));
  var search = form.querySelector("[data-ticks-search]"), all = form.querySelector("[data-ticks-all]");
  var none = form.querySelector("[data-ticks-none]"), count = document.querySelector("[data-ticks-count]");

  function box(row) { return row.querySelector("input"); }

  function shown() { return rows.filter(function (row) { return !row.hidden; }); }

  function tell() {
    count.textContent = String(rows.filter(function (row) { return box(row).checked; }).length);
  }

  search.addEventListener("input", function () {
    var words = search.value.trim();
    rows.forEach(function (row) { row.hidden = row.dataset.tick.indexOf(words) < 0; });
    none.hidden = shown().length > 0;
  });
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });
  all.addEventListener("click", function () {
    shown().forEach(function (row) { box(row).checked = true; });
    tell();
  });
  form.addEventListener("change", tell);
  tell();
})();
