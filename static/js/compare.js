/* Two versions of the same form side by side, only what differs. window.visitCompare:
     merge(mine, theirs, was)  documents of draft.js and the values both began from
                               → {doc, differ: [{name, mine, theirs}]}; doc holds mine where they differ
     ask(differ, heads, label) → Promise of {name: {values, spare}}; spare: the words not taken, "" if none are lost */
(function () {
  "use strict";
  function texts(values) { return (values || []).filter(function (text) { return text !== ""; }); }
  function same(a, b) { return JSON.stringify(texts(a)) === JSON.stringify(texts(b)); }
  function union(a, b) { return Object.assign({}, a || {}, b || {}); }

  function merge(mine, theirs, was) {
    var values = union(theirs.values, mine.values), differ = [], rows = union(theirs.rows, mine.rows);
    Object.keys(values).forEach(function (name) {
      var a = mine.values[name], b = theirs.values[name], w = (was || {})[name];
      if (same(a, b) || same(b, w)) values[name] = a || b;
      else if (same(a, w)) values[name] = b || [];
      else {
        differ.push({ name: name, mine: a || [], theirs: b || [] });
        values[name] = a || [];
      }
    });
    Object.keys(rows).forEach(function (name) {
      rows[name] = Math.max((mine.rows || {})[name] || 0, (theirs.rows || {})[name] || 0);
    });
    var spare = (mine.spare || []).slice();
    (theirs.spare || []).forEach(function (one) {
      if (!spare.some(function (own) { return own.text === one.text; })) spare.push(one);
    });
    return {
      doc: Object.assign({}, mine, {
        values: values, rows: rows, spare: spare,
        people: union(theirs.people, mine.people), labels: union(theirs.labels, mine.labels)
      }),
      differ: differ
    };
  }

  function joined(one) {
    var a = one.mine.join("\n"), b = one.theirs.join("\n");
    if (a.indexOf(b) >= 0) return a;
    return b.indexOf(a) >= 0 ? b : a + "\n" + b;
  }
  function together(one) {
    return one.isText ? [joined(one)] : one.mine.concat(one.theirs.filter(function (v) { return one.mine.indexOf(v) < 0; }));
  }
  /* The words that a choice leaves out. */
  function lost(taken, other, isText) {
    var text = other.join("\n");
    return isText && text.trim() && taken.join("\n").indexOf(text) < 0 ? text : "";
  }

  function ask(differ, heads, describe) {
    var place = document.getElementById("draft-compare"), list = place.querySelector("[data-rows]");
    list.replaceChildren();
    var rows = differ.map(function (one, number) {
      var row = document.getElementById("draft-compare-row").content.firstElementChild.cloneNode(true);
      var about = describe(one);
      one.isText = about.isText;
      row.querySelector("legend").textContent = about.label;
      ["mine", "theirs"].forEach(function (side) {
        row.querySelector("[data-head=" + side + "]").textContent = heads[side];
        row.querySelector("[data-text=" + side + "]").textContent = about[side] || "空着";
      });
      row.querySelectorAll("input").forEach(function (input) {
        input.name = "compare-" + number;
        input.id = input.name + "-" + input.value;
        input.nextElementSibling.setAttribute("for", input.id);
        input.checked = input.value === (about.canBoth ? "both" : "mine");
        if (input.value === "both") input.parentElement.hidden = !about.canBoth;
      });
      list.append(row);
      return row;
    });
    place.hidden = false;
    return new Promise(function (resolve) {
      place.querySelector("[data-done]").onclick = function () {
        var chosen = {};
        differ.forEach(function (one, number) {
          var how = rows[number].querySelector("input:checked").value;
          var taken = how === "both" ? together(one) : one[how];
          var other = how === "mine" ? one.theirs : how === "theirs" ? one.mine : [];
          chosen[one.name] = { how: how, values: taken, spare: lost(taken, other, one.isText) };
        });
        place.hidden = true;
        resolve(chosen);
      };
    });
  }

  window.visitCompare = { merge: merge, ask: ask, same: same, together: together };
})();
