/* Class board: with a tile's menu open, arrows walk its links (app.js walks the tiles); one menu at a time. Space
   ticks a tile that can be given to a visitor; htmx then asks for the proposal (visits/_assign.html). */
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

  /* A summary opens on the key's way up, so both ways are taken. */
  function tick(event) {
    if (event.key !== " " || !event.target.matches || !event.target.matches(".tiles .pickable .tile")) return;
    event.preventDefault();
    if (event.type === "keydown" && !event.repeat) event.target.closest(".pickable").querySelector(".tick").click();
  }
  document.addEventListener("keydown", tick);
  document.addEventListener("keyup", tick);

  /* ✕ of the bar on the phone: nothing is ticked any more, the page stays where it is. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("[data-clear-picks]") : null;
    if (!link) return;
    event.preventDefault();
    var ticks = document.querySelectorAll(".tick:checked");
    ticks.forEach(function (box) { box.checked = false; });
    if (ticks.length) ticks[0].dispatchEvent(new Event("change", { bubbles: true }));
    else window.location.assign(link.href);
  });

  /* The bar of what is ticked takes the place of the tabs. */
  function bar() {
    document.documentElement.classList.toggle("picking", !!document.querySelector(".pickbar"));
  }
  bar();
  document.addEventListener("htmx:afterSwap", bar);

  /* The button that changed the panel went with it: go on at its head. */
  document.addEventListener("htmx:afterSwap", function () {
    if (document.activeElement !== document.body) return;
    var head = document.getElementById("assign-h");
    if (head) head.focus();
  });

  /* <input data-narrow="id of a select">: only the names with these characters; a single one is chosen. */
  document.addEventListener("input", function (event) {
    var select = event.target.dataset && document.getElementById(event.target.dataset.narrow);
    if (!select) return;
    var words = event.target.value.trim(), found = [];
    Array.prototype.forEach.call(select.options, function (option) {
      if (!option.value) return;
      option.hidden = option.disabled = option.text.split("，")[0].indexOf(words) < 0;
      if (!option.disabled) found.push(option);
    });
    if (words && found.length === 1) select.value = found[0].value;
    else if (select.selectedOptions[0] && select.selectedOptions[0].disabled) select.value = "";
  });
})();
