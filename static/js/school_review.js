/* The leader's page of one work: phrases fill the opinion; J K A R while the queue has focus (can be turned off, kept on
   this device). The page works without this file. The undo bar is review.js's. */
(function () {
  "use strict";
  var KEYS = "review-keys";
  var queue = document.getElementById("queue"), on = document.getElementById("keys-on");
  var fold = document.getElementById("return");

  document.addEventListener("click", function (event) {
    var chip = event.target.closest && event.target.closest("[data-fill]");
    if (chip) {
      var field = document.getElementById(chip.dataset.fill);
      field.value = chip.textContent.trim();
      field.focus();
    }
    if (event.target.closest && event.target.closest("[data-open-return]")) setTimeout(openReturn, 0);
  });

  function openReturn() {
    if (!fold) return;
    fold.open = true;
    fold.scrollIntoView({ block: "nearest" });
    fold.querySelector("textarea").focus();
  }

  if (!queue) return;
  var links = Array.prototype.slice.call(queue.querySelectorAll("a"));
  var at = links.findIndex(function (link) { return link.hasAttribute("aria-current"); });
  /* After a decision, or J and K, the queue keeps the focus, so the keys go on working. */
  if (location.hash === "#keys" && links[at] && links[at].offsetParent) links[at].focus();

  try { on.checked = localStorage.getItem(KEYS) !== "off"; } catch (error) { /* no storage */ }
  on.addEventListener("change", function () {
    try { localStorage.setItem(KEYS, on.checked ? "on" : "off"); } catch (error) { /* no storage */ }
  });

  queue.addEventListener("keydown", function (event) {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    var key = event.key.toLowerCase(), step = key === "j" ? 1 : key === "k" ? -1 : 0;
    if (step) {
      if (links[at + step]) location.href = links[at + step].href + "#keys";
    } else if (key === "a") {
      var button = document.querySelector("[data-approve]");
      if (button) button.click();
    } else if (key === "r") openReturn();
    else return;
    event.preventDefault();
  });
})();
