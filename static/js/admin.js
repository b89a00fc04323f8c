/* Export page: one box ticks or clears all columns that are shown. */
document.addEventListener("change", function (event) {
  "use strict";
  if (!event.target.matches("[data-check-all]")) return;
  document.querySelectorAll('.selectable-field-export-row input[type="checkbox"]').forEach(function (box) {
    if (box.offsetParent) box.checked = event.target.checked;
  });
});
