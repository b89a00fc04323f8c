/* The line of 累计走访: data from <script type="application/json" id>, drawn as SVG; the table beside it says the same. */
(function () {
  "use strict";
  var INK = "#3d4a47", SECOND = "#586562", LINE = "#e5e7e1", CONTROL = "#7a8783", DONE = "#0e6b62", WARM = "#85480a";
  var box = document.querySelector("[data-chart]");
  if (!box || !window.echarts) return;
  var data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  var font = getComputedStyle(document.body).fontFamily;
  var now = data.visited.length - 1;
  var table = document.getElementById("trend-table"), control = document.querySelector("[data-chart-switch]");
  box.hidden = false;
  table.hidden = true;
  control.hidden = false;
  var chart = echarts.init(box, null, { renderer: "svg" });

  function number(value) {
    return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  /* First day, today and deadline are named; on wide screens some between. None comes near another. */
  function labelled() {
    var last = data.days.length - 1, day = (box.clientWidth - 68) / Math.max(last, 1), keep = [];
    function add(at, room) {
      if (at >= 0 && keep.every(function (other) { return Math.abs(other - at) * day >= room; })) keep.push(at);
    }
    add(now, 0);
    add(data.deadline, 46);
    add(0, 46);
    if (box.clientWidth >= 520) for (var step = 1; step < 8; step++) add(Math.round(last * step / 8), 72);
    return keep;
  }

  function text(size, color) {
    return { fontFamily: font, fontSize: size || 12, color: color || SECOND };
  }

  function options() {
    var shown = labelled();
    return {
      animation: false,
      textStyle: text(12, INK),
      grid: { left: 46, right: 22, top: 46, bottom: 26 },
      legend: { top: 0, left: 38, itemWidth: 24, itemHeight: 2, itemGap: 14, textStyle: text(), data: ["已走访", "应达", "预计"] },
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: text(12, INK), valueFormatter: function (v) { return v == null ? "–" : number(v) + "家"; } },
      xAxis: {
        type: "category", data: data.days, boundaryGap: false,
        axisLine: { lineStyle: { color: CONTROL } }, axisTick: { show: false },
        axisLabel: {
          color: SECOND, fontFamily: font, fontSize: 12,
          interval: function (at) { return shown.indexOf(at) >= 0; },
          formatter: function (value, at) { return at === now && now !== data.deadline ? "{now|今天}" : value; },
          rich: { now: { color: "#0b5a53", fontWeight: 600, fontSize: 12, fontFamily: font } }
        }
      },
      yAxis: {
        type: "value", min: 0, max: function (range) { return Math.max(range.max, data.target) * 1.12; }, splitNumber: 4, minInterval: 1,
        axisLine: { show: false }, axisLabel: { color: SECOND, fontFamily: font, fontSize: 12, showMaxLabel: false, formatter: number },
        splitLine: { lineStyle: { color: LINE } }
      },
      series: [
        {
          name: "已走访", type: "line", data: data.visited, symbol: "none", z: 5, silent: true,
          lineStyle: { width: 3, color: DONE }, itemStyle: { color: DONE }, areaStyle: { color: "rgba(14,107,98,.10)" },
          endLabel: {
            show: true, color: "#0b5a53", fontWeight: 600, fontSize: 14, fontFamily: font, offset: [now > data.days.length * .15 ? -44 : 0, -12],
            formatter: function (point) { return number(point.value); }
          },
          markLine: {
            symbol: "none", silent: true, animation: false,
            data: [
              { yAxis: data.target, lineStyle: { color: WARM, type: "solid", width: 1.5 },
                label: { formatter: data.goal + " " + number(data.target), position: "insideStartTop", color: WARM, fontSize: 12, fontFamily: font } },
              { xAxis: data.deadline, lineStyle: { color: WARM, type: "solid", width: 1.5 },
                label: { formatter: "截止 " + data.days[data.deadline], position: "end", distance: 4, offset: [-30, 0], color: WARM, fontSize: 12, fontFamily: font } }
            ]
          }
        },
        { name: "应达", type: "line", data: data.expected, symbol: "none", silent: true, lineStyle: { width: 1.5, color: CONTROL, type: "dotted" }, itemStyle: { color: CONTROL } },
        { name: "预计", type: "line", data: data.forecast, symbol: "none", silent: true, lineStyle: { width: 2, color: DONE, type: "dashed" }, itemStyle: { color: DONE } }
      ]
    };
  }

  chart.setOption(options());
  window.addEventListener("resize", function () {
    if (box.hidden) return;
    chart.resize();
    chart.setOption(options());
  });

  control.addEventListener("click", function (event) {
    var button = event.target.closest("[data-view]");
    if (!button) return;
    box.hidden = button.dataset.view !== "chart";
    table.hidden = !box.hidden;
    control.querySelectorAll("[data-view]").forEach(function (other) {
      other.setAttribute("aria-pressed", String(other === button));
    });
    if (!box.hidden) chart.resize();
  });
})();
