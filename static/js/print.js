/* A page that is a paper: <button data-print hidden>. Without script the browser's own menu prints it. */
(function () {
  "use strict";
  var button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", function () { window.print(); });
})();
