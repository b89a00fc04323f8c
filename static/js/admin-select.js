// Django's admin: a select2 box is called by its own label, and so is the search box in it.
(function () {
  "use strict";
  const $ = window.django && window.django.jQuery;
  if (!$) { return; }

  const labelOf = (select) => select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);

  function name(select) {
    const label = labelOf(select);
    const box = select.nextElementSibling && select.nextElementSibling.querySelector("[role=combobox]");
    if (!label || !box) { return; }
    label.id = label.id || `${select.id}_label`;
    const chosen = box.querySelector(".select2-selection__rendered"); // a text box of its own, empty until one is chosen
    chosen.setAttribute("aria-labelledby", label.id);
    box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
  }

  const nameAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(name);
  $(nameAll); // after select2 has drawn its boxes: its own call was made before
  document.addEventListener("formset:added", () => setTimeout(nameAll));
  $(document).on("select2:open", (event) => {
    const label = labelOf(event.target);
    const list = document.querySelector("body > .select2-container--open");
    const search = list && list.querySelector(".select2-search__field");
    if (!label || !search) { return; }
    const words = label.textContent.replace(/[：:]\s*$/, "").trim();
    search.setAttribute("aria-label", words);
    list.setAttribute("role", "region"); // it hangs below everything else of the page
    list.setAttribute("aria-label", words);
    const box = event.target.nextElementSibling.querySelector("[role=combobox]");
    box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  });
  $(document).on("select2:close", (event) => {
    event.target.nextElementSibling.querySelector("[role=combobox]").removeAttribute("aria-controls");
  });
})();
