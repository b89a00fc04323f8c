/* Review list: count what is ticked, tick all, J K A R while the list has focus (can be turned off), an undo bar that
   goes by itself. Everything also works without this file. */
(function () {
  "use strict";
  var KEYS = "review-keys";
  var list = document.getElementById("review-list");

  /* The undo bar leaves when its time is over; not while somebody is in it. */
  document.querySelectorAll("[data-vanish]").forEach(function (bar) {
    var over = function () {
      if (bar.contains(document.activeElement) || bar.matches(":hover")) setTimeout(over, 2000);
      else bar.remove();
    };
    setTimeout(over, Number(bar.dataset.vanish) * 1000);
  });
  if (!list) return;

  var all = document.getElementById("pick-all");
  var button = document.getElementById("accept-picked");
  var note = document.getElementById("picked-note");
  var ticks = Array.prototype.slice.call(list.querySelectorAll('input[name="visit"]'));
  var rows = Array.prototype.slice.call(list.querySelectorAll("[data-row]"));

  function count() {
    var picked = ticks.filter(function (tick) { return tick.checked; }).length;
    all.checked = picked === ticks.length;
    all.indeterminate = picked > 0 && picked < ticks.length;
    note.textContent = picked ? "选了" + picked + "条" : "还没有选";
    button.textContent = picked ? "通过选中的" + picked + "条" : button.dataset.one;
    button.disabled = !picked;
  }
  all.addEventListener("change", function () {
    ticks.forEach(function (tick) { tick.checked = all.checked; });
    count();
  });
  list.addEventListener("change", function (event) {
    if (ticks.indexOf(event.target) >= 0) count();
  });
  window.addEventListener("pageshow", count);
  count();

  /* Keys: the choice is kept on this device. */
  var on = document.getElementById("keys-on");
  try { on.checked = localStorage.getItem(KEYS) !== "off"; } catch (error) { /* no storage */ }
  on.addEventListener("change", function () {
    try { localStorage.setItem(KEYS, on.checked ? "on" : "off"); } catch (error) { /* no storage */ }
  });

  function here() {
    return rows.indexOf(document.activeElement && document.activeElement.closest("[data-row]"));
  }
  function go(to) {
    var row = rows[Math.max(0, Math.min(to, rows.length - 1))];
    row.querySelector("summary").focus();
    row.scrollIntoView({ block: "nearest" });
  }
  list.addEventListener("keydown", function (event) {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    var at = here(), key = event.key.toLowerCase();
    if (key === "j") go(at + 1);
    else if (key === "k") go(at < 0 ? 0 : at - 1);
    else if (key === "a" && at >= 0) rows[at].querySelector("[data-accept]").click();
    else if (key === "r" && at >= 0) {
      rows[at].querySelector("details").open = true;
      var fold = rows[at].querySelector("[data-return]");
      fold.open = true;
      fold.querySelector("textarea").focus();
    } else return;
    event.preventDefault();
  });
})();
