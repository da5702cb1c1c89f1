"use strict";
(function () {
  const form = document.querySelector("form");
  const files = Array.from(document.querySelectorAll("details.file"));
  const cards = files.map((file) => Array.from(file.querySelectorAll("article")));
  const texts = new Map();
  for (const list of cards) for (const card of list) texts.set(card, card.textContent.toLowerCase());
  const names = new Map(files.map((file) => [file, file.querySelector("summary").textContent.toLowerCase()]));
  function apply() {
    const levels = new Set(Array.from(form.querySelectorAll("[name=level]:checked"), (box) => box.value));
    const category = form.elements.category.value, rule = form.elements.rule.value;
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const old = form.elements.suppressed ? form.elements.suppressed.checked : false;
    let shown = 0;
    files.forEach((file, number) => {
      let here = 0;
      for (const card of cards[number]) {
        const data = card.dataset, text = texts.get(card) + " " + names.get(file);
        const fits = levels.has(data.level) && (!category || category === data.category) && (!rule || rule === data.rule)
          && (old || !card.classList.contains("suppressed")) && words.every((word) => text.includes(word));
        card.hidden = !fits;
        if (fits) here += 1;
      }
      file.hidden = here === 0;
      shown += here;
    });
    if ((category || rule || words.length) && shown <= 200)
      for (const file of files) if (!file.hidden) file.open = true;
    document.getElementById("count").textContent = shown + (shown === 1 ? " finding" : " findings");
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const link of document.querySelectorAll("[data-choose]"))
    link.addEventListener("click", () => { form.elements.rule.value = link.dataset.choose; apply(); });
  apply();
})();
