"use strict";
(() => {
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const places = Array.from(document.querySelectorAll(".find"), (element) => [element, element.textContent.toLowerCase()]);
  let hits = [];
  let now = -1;

  const show = (next) => {
    if (hits[now]) hits[now].classList.remove("now");
    now = hits.length === 0 ? -1 : (next + hits.length) % hits.length;
    found.textContent = field.value.trim() === "" ? "" : hits.length === 0 ? "nothing" : now + 1 + " of " + hits.length;
    const hit = hits[now];
    if (!hit) return;
    hit.classList.add("now");
    for (let outer = hit.parentElement; outer; outer = outer.parentElement) {
      if (outer.localName === "details") outer.open = true;
    }
    hit.scrollIntoView({ block: "center" });
  };

  field.addEventListener("input", () => {
    for (const hit of hits) hit.classList.remove("hit", "now");
    const words = field.value.trim().toLowerCase();
    hits = words === "" ? [] : places.filter(([, text]) => text.includes(words)).map(([element]) => element);
    for (const hit of hits) hit.classList.add("hit");
    show(0);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    show(event.shiftKey ? now - 1 : now + 1);
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    closed = [];
  });
})();
