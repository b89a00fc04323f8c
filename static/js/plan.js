/* 约家访: a place only where one is met elsewhere, and colleagues found by name become chips that stay.
   Without this script the place is always there and colleagues stand in a plain list. */
(function () {
  "use strict";
  var form = document.querySelector("[data-plan-form]");
  if (!form) return;
  var place = form.querySelector("[data-only-for]"), picked = form.querySelector("[data-picked]");
  var found = document.getElementById("colleagues-found"), search = document.getElementById("colleague");

  function showPlace() {
    var mode = form.querySelector("input[name=mode]:checked");
    place.hidden = !mode || place.dataset.onlyFor.split(" ").indexOf(mode.value) < 0;
  }
  form.addEventListener("change", showPlace);
  showPlace();

  function chip(value) { return picked.querySelector("input[value='" + value + "']"); }

  found.addEventListener("change", function (event) {
    var known = chip(event.target.value);
    if (known) known.checked = true; else picked.prepend(event.target.closest(".pick"));
    found.replaceChildren();
    search.value = "";
    search.focus();
  });
  /* Enter in the search finds, it does not send half an appointment. */
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });
})();
