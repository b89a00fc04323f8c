/* Class board: with a tile's menu open, arrows walk its links (app.js walks the tiles); one menu at a time. */
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var menu = event.target.closest ? event.target.closest(".tiles details[open]") : null;
    if (!menu) return;
    var links = Array.prototype.slice.call(menu.querySelectorAll(".pop a"));
    var at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    event.stopPropagation();
    if (at < 0) menu.querySelector("summary").focus();
    else if (links[at]) links[at].focus();
  }, true);

  document.addEventListener("toggle", function (event) {
    if (!event.target.open || !event.target.closest(".tiles")) return;
    document.querySelectorAll(".tiles details[open]").forEach(function (menu) {
      if (menu !== event.target) menu.open = false;
    });
  }, true);
})();
