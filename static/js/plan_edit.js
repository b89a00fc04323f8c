/* 走访方案: words of the notice put into a field, and a question before unsaved words are left. The page works without. */
(function () {
  "use strict";
  var form = document.querySelector("[data-plan]");
  if (!form) return;
  var changed = Boolean(document.querySelector("[data-error-summary]"));

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-put]");
    if (!button) return;
    var field = document.getElementById(button.dataset.put), said = document.getElementById(button.dataset.from).textContent;
    field.value = field.value.trim() ? field.value.replace(/\s+$/, "") + "\n" + said : said;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  form.addEventListener("input", function () { changed = true; });
  document.addEventListener("htmx:afterSwap", function () { changed = true; });
  form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
